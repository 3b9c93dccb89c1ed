import { MARK_WORDS } from "@tailbone/lifecycle/say-reading";
import { completeSettings } from "@tailbone/lifecycle/settings";
import type { Feature } from "@tailbone/protocol/http";
import { useRef, useState } from "react";
import { HoverStore, useHover } from "../charts/hover";
import { useWidth } from "../charts/use-size";
import { formatPlural, formatStep } from "../format/number";
import type { Features } from "../live/features";
import { EventList } from "./event-list";
import { EvidencePlot } from "./evidence-plot";
import { EVIDENCE_SERIES, estimateOf, rangeOfSeries, SERIES_MEANING, thresholdsIn } from "./evidence-series";
import { isSkipped, type Lane } from "./lanes";
import { LifePlane } from "./life-plane";
import { ReadingMark } from "./reading-mark";
import { ReadingSaid } from "./reading-said";
import { StateChip } from "./state-legend";
import type { StepAxis } from "./step-axis";
import { WhatIf } from "./what-if";

export interface FeatureEvidenceProps {
  feature: Feature;
  features: Features;
  hasEnded: boolean;
  lane: Lane;
  axis: StepAxis;
  selectedEvent: string | null;
  onEvent: (event: string) => void;
  onCheckpoint: (step: number) => void;
}

const PLOT_HEIGHT = 132;
/** None of the colours that a state has. */
const COLOUR = "var(--accent)";

/** What one feature's states rest on: its three series, its way through their plane, its events. */
export function FeatureEvidence(props: FeatureEvidenceProps) {
  const { feature, features, hasEnded, lane, axis, selectedEvent, onEvent, onCheckpoint } = props;
  const [hover] = useState(() => new HoverStore());
  const plots = useRef<HTMLDivElement>(null);
  const width = useWidth(plots);
  const limits = completeSettings(feature.settings);
  const { readings } = feature;
  const shown = EVIDENCE_SERIES.filter((series) => readings.some((reading) => estimateOf(reading, series) !== null));
  const hasPlane = readings.some(({ encoded, used }) => encoded !== null && used !== null);
  return (
    <section aria-label={feature.name} className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3 rounded-lg border border-line bg-panel px-3 py-2.5">
        <header className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h2 className="font-semibold text-sm">{feature.name}</h2>
          <StateChip state={lane.state} />
          {lane.doubt === null ? null : <span className="font-medium text-warn text-xs">undecided</span>}
          {feature.layer === null ? null : (
            <span className="text-faint text-xs">
              at layer <code className="font-mono">{feature.layer}</code>
            </span>
          )}
        </header>
        <EvidenceSentence feature={feature} hover={hover} />
        <SkippedCount count={readings.filter(isSkipped).length} />
        <div className={hasPlane ? "grid gap-4 lg:grid-cols-[minmax(0,1fr)_24rem]" : "grid"}>
          <div ref={plots} data-testid="life-series" className="grid min-w-0 content-start gap-2">
            {shown.map((series) => (
              <figure key={series} data-series={series} className="min-w-0">
                <figcaption className="flex gap-2 text-xs">
                  <span className="font-medium">{series}</span>
                  <span className="min-w-0 truncate text-faint">{SERIES_MEANING[series]}</span>
                </figcaption>
                {width === 0 ? (
                  <div style={{ height: PLOT_HEIGHT }} />
                ) : (
                  <EvidencePlot
                    series={series}
                    readings={readings}
                    thresholds={thresholdsIn(series, limits)}
                    axis={axis}
                    y={rangeOfSeries(series, readings, limits)}
                    size={{ width, height: PLOT_HEIGHT }}
                    colour={COLOUR}
                    hover={hover}
                    onCheckpoint={onCheckpoint}
                  />
                )}
              </figure>
            ))}
            {shown.length === 0 ? <p className="text-soft">No reading yet.</p> : <EvidenceKey readings={readings} />}
          </div>
          {hasPlane ? (
            <LifePlane
              feature={feature.name}
              readings={readings}
              limits={limits}
              axis={axis}
              named={lane.events.map(({ by }) => by)}
              onCheckpoint={onCheckpoint}
            />
          ) : null}
        </div>
        <WhatIf {...{ feature, features, lane, axis, hasEnded, onCheckpoint }} />
      </div>
      <section aria-label={`Events of ${feature.name}`}>
        <h3 className="mb-2 font-semibold text-xs">Events</h3>
        <EventList events={lane.events} selected={selectedEvent} onSelect={onEvent} onCheckpoint={onCheckpoint} />
      </section>
    </section>
  );
}

/** The reading at the pointer in a sentence; without one, the newest. */
function EvidenceSentence({ feature, hover }: { feature: Feature; hover: HoverStore }) {
  const at = useHover(hover);
  const newest = feature.readings.findLast((reading) => !isSkipped(reading));
  const reading = at === null ? newest : feature.readings.find(({ step }) => step === at.x);
  if (reading === undefined) return null;
  return (
    <div className="min-h-5 max-w-5xl text-sm">
      <ReadingSaid
        feature={feature}
        reading={reading}
        before={<span className="mr-2 text-soft">Step {formatStep(reading.step)}</span>}
      />
    </div>
  );
}

const SkippedCount = ({ count }: { count: number }) =>
  count === 0 ? null : (
    <p className="text-warn text-xs">{formatPlural(count, "checkpoint")} not measured: measuring was behind.</p>
  );

/** What the lines and the points mean. */
function EvidenceKey({ readings }: { readings: Feature["readings"] }) {
  const marks = new Set(readings.flatMap((reading) => reading.marks));
  marks.delete("skipped");
  const line = (dashes: string, word: string) => (
    <li className="inline-flex items-center gap-1.5">
      <svg aria-hidden width={20} height={6}>
        <path d="M0 3h20" stroke="var(--ink-soft)" strokeDasharray={dashes} />
      </svg>
      {word}
    </li>
  );
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 pl-13 text-2xs text-faint max-sm:pl-0">
      <li className="inline-flex items-center gap-1.5">
        <span aria-hidden className="h-2.5 w-5 bg-ink/15" />
        95 % interval
      </li>
      {line("1 2.5", "control")}
      {line("4 3", "threshold")}
      {readings.some(({ untrained }) => untrained !== null) ? line("8 2 1 2", "untrained model") : null}
      {[...marks].map((mark) => (
        <li key={mark} className="inline-flex items-center gap-1.5">
          <svg aria-hidden width={12} height={12}>
            <ReadingMark x={6} y={6} marks={[mark]} colour="var(--ink-soft)" />
          </svg>
          {MARK_WORDS[mark]}
        </li>
      ))}
    </ul>
  );
}
