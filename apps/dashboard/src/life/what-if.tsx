import { backtest } from "@tailbone/lifecycle/backtest";
import { completeSettings } from "@tailbone/lifecycle/settings";
import type { Feature } from "@tailbone/protocol/http";
import { type LifeSettings, type SettingsChange, settingsChangeSchema } from "@tailbone/protocol/lifecycle";
import { useQueryState } from "nuqs";
import { useMemo, useRef } from "react";
import { useWidth } from "../charts/use-size";
import type { Features } from "../live/features";
import { runUrl } from "../page-state/urls";
import { Button } from "../ui/button";
import { FormField } from "../ui/form-parts";
import { LaneDrawing } from "./lane-drawing";
import { type Lane, laneOf } from "./lanes";
import type { StepAxis } from "./step-axis";

const FIELDS: readonly { name: keyof LifeSettings; label: string; step: number; min?: number; max?: number }[] = [
  { name: "encodedOn", label: "encoded above", step: 0.01 },
  { name: "encodedOff", label: "not below", step: 0.01 },
  { name: "benefitOn", label: "benefit above", step: 0.01 },
  { name: "usedOff", label: "unused: used below", step: 0.01 },
  { name: "benefitOff", label: "and benefit below", step: 0.01 },
  { name: "confirmations", label: "readings in a row", step: 1, min: 1, max: 20 },
  { name: "alpha", label: "alpha", step: 0.001, min: 0.000001, max: 0.5 },
];

export interface WhatIfProps {
  feature: Feature;
  /** All of the run's, since evidence is weighed among them. */
  features: Features;
  lane: Lane;
  axis: StepAxis;
  /** Its training has ended: what is decided only then is decided. */
  hasEnded: boolean;
  onCheckpoint: (step: number) => void;
}

/** The life that a feature's readings would have given under other thresholds, by the hub's own reducer. */
export function WhatIf({ feature, features, lane, axis, hasEnded, onCheckpoint }: WhatIfProps) {
  const [change, setChange] = useQueryState("thresholds", runUrl.thresholds.withOptions({ history: "replace" }));
  const plot = useRef<HTMLDivElement>(null);
  const width = useWidth(plot);
  const own = completeSettings(feature.settings);
  const settings = { ...own, ...change };
  const other = useMemo(() => {
    if (change === null) return null;
    const changed = features.map((one) =>
      one.name === feature.name ? { ...one, settings: { ...one.settings, ...change } } : one,
    );
    const events = backtest(changed, hasEnded).map((event, index) => ({ ...event, id: `${index}`, timeMs: 0 }));
    return laneOf({ ...feature, state: "absent", doubt: null }, events);
  }, [change, feature, features, hasEnded]);

  function set(name: keyof LifeSettings, text: string): void {
    const next: SettingsChange = { ...change, [name]: Number(text) };
    if (text === "" || !settingsChangeSchema.safeParse(next).success) return;
    void setChange(next);
  }
  return (
    <details className="min-w-0 text-xs" open={change !== null} data-testid="what-if">
      <summary className="w-fit cursor-pointer rounded text-soft hover:text-ink">
        What if the thresholds were others?
      </summary>
      <div className="mt-2 grid min-w-0 gap-3">
        <div className="grid grid-cols-[repeat(auto-fill,minmax(8.5rem,1fr))] gap-3">
          {FIELDS.map(({ name, ...field }) => (
            <FormField
              key={`${name} ${change === null}`}
              type="number"
              {...field}
              defaultValue={settings[name]}
              onChange={(event) => set(name, event.target.value)}
            />
          ))}
        </div>
        <div ref={plot} className="min-w-0 overflow-hidden">
          {other === null ? (
            <p className="text-soft">
              Change one, and the readings of this run are judged anew, here only: the run stays as it is. Settings of a
              feature are given where it is described.
            </p>
          ) : (
            <>
              {width === 0 ? null : (
                <LaneDrawing
                  lane={other}
                  readings={feature.readings}
                  axis={axis}
                  width={width}
                  selectedEvent={null}
                  onEvent={() => {}}
                  onCheckpoint={onCheckpoint}
                />
              )}
              <div className="mt-1 flex flex-wrap items-center gap-3">
                <p role="status">
                  Then it would be <span className="font-medium">{other.sentence}</span>; it is {lane.sentence}.
                </p>
                <Button size="small" onClick={() => void setChange(null)}>
                  As they are
                </Button>
              </div>
            </>
          )}
        </div>
      </div>
    </details>
  );
}
