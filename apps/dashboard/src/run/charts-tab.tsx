"use client";
import { readRawPoints } from "@tailbone/client/raw-points";
import type { RunEvent } from "@tailbone/protocol/http";
import type { Outliers } from "@tailbone/protocol/page-state/views";
import type { RunDetail } from "@tailbone/protocol/run";
import { ChevronDown, ChevronRight } from "lucide-react";
import { useQueryStates } from "nuqs";
import { useCallback, useDeferredValue, useMemo, useState, useSyncExternalStore } from "react";
import type { CheckpointList } from "../api/calls";
import { hub } from "../api/client";
import { hubAxis, type SetRange, shownX, type XAxisMode } from "../charts/axis";
import type { ReadLine } from "../charts/download-menu";
import { EnlargedPanel } from "../charts/enlarged-panel";
import { groupSeries, isSystemSeries, searchSeries } from "../charts/groups";
import type { Line } from "../charts/line";
import { linesOfRun } from "../charts/lines-of-run";
import { Panel, type PanelProps, type PanelSettings } from "../charts/panel";
import type { PanelControlsProps } from "../charts/panel-controls";
import { AxisOfPanels } from "../charts/shared-axis";
import type { SetLimits } from "../charts/y-range";
import { formatPlural } from "../format/number";
import { STATES } from "../life/states";
import type { FollowedRun } from "../live/followed-run";
import { runUrl } from "../page-state/urls";
import { Button } from "../ui/button";
import { EmptyNotice, ErrorNotice } from "../ui/notice";
import { ChartToolbar } from "./chart-toolbar";
import { ChartsSkeleton } from "./charts-skeleton";

const CARD_HEIGHT = 190;
const readLine: ReadLine = ({ run, series }) => readRawPoints(hub, run.id, series);
const nothingHidden: readonly string[] = [];
const noSeries = { value: null, error: null };

export interface ChartsTabProps {
  run: Pick<RunDetail, "id" | "name" | "number">;
  live: FollowedRun;
  /** When the run began: where relative time begins. */
  originMs: number;
  isRunning: boolean;
  checkpoints: CheckpointList;
  /** Where a feature changed its state. */
  events: readonly RunEvent[];
  /** The series of host and process, by the time since the run began, rather than the run's own. */
  system?: boolean;
}

/** A run's charts in groups, sharing crosshair, window and axes. */
export function ChartsTab({ run, live, originMs, isRunning, checkpoints, events, system = false }: ChartsTabProps) {
  const [url, setUrl] = useQueryStates(runUrl, { history: "replace" });
  const { value: names, error } = useSyncExternalStore(live.series.subscribe, live.series.state, () => noSeries);
  const mode = system && url.x === "step" ? "relative" : url.x;
  const x = useMemo<XAxisMode>(() => ({ mode, log: url.logx, originMs }), [mode, url.logx, originMs]);
  const smoothing = useDeferredValue(url.smooth);
  const settings = useMemo<PanelSettings>(
    () => ({ logY: url.logy, smoothing, outliers: url.outliers }),
    [url.logy, smoothing, url.outliers],
  );
  // All panels of the run show the same stretch.
  const onRange = useCallback<SetRange>((_, zoom) => void setUrl({ zoom }, { history: "push" }), [setUrl]);
  const onEnlarge = useCallback((chart: string) => void setUrl({ chart }, { history: "push" }), [setUrl]);
  const onOutliers = useCallback((outliers: Outliers) => void setUrl({ outliers }), [setUrl]);
  const onLimits = useCallback<SetLimits>(
    (series, limits, history) =>
      void setUrl(
        ({ y }) => {
          const others = y.filter(({ panel }) => panel !== series);
          return { y: limits === null ? others : [...others, { panel: series, ...limits }] };
        },
        { history },
      ),
    [setUrl],
  );
  const limits = useMemo(() => new Map(url.y.map((one) => [one.panel, one])), [url.y]);
  const marks = useMemo(
    () => checkpoints.map(({ step, timeMs }) => shownX(hubAxis(mode) === "step" ? step : timeMs, x)),
    [checkpoints, mode, x],
  );
  const eventMarks = useMemo(
    () =>
      events.map(({ by, timeMs, feature, from, to }) => ({
        at: shownX(hubAxis(mode) === "step" ? by : timeMs, x),
        kind: to,
        colour: STATES[to].colour,
        says: `${feature}: ${from} → ${to}`,
      })),
    [events, mode, x],
  );
  const groups = useMemo(() => {
    const own = (names ?? []).filter((name) => isSystemSeries(name) === system);
    return groupSeries(searchSeries(own, url.find));
  }, [names, url.find, system]);

  const [hidden, setHidden] = useState<ReadonlyMap<string, readonly string[]>>(new Map());
  const onHidden = useCallback(
    (panel: string, lines: readonly string[]) => setHidden((known) => new Map(known).set(panel, lines)),
    [],
  );
  const { id, name, number } = run;
  const linesOf = useMemo(() => {
    const known = new Map<string, readonly Line[]>();
    return (series: string): readonly Line[] => {
      const lines = known.get(series) ?? linesOfRun({ id, name, number, charts: live.charts, originMs }, [series]);
      known.set(series, lines);
      return lines;
    };
  }, [live, id, name, number, originMs]);

  if (error !== null) return <ErrorNotice error={error} onRetry={() => live.series.retry()} className="m-4" />;
  const closedNow = url.closed ?? [];
  const shared = { range: url.zoom, settings, checkpoints: marks, events: eventMarks, onRange, onLimits, onOutliers };
  const panelOf = (series: string): Omit<PanelProps, "height"> => ({
    ...shared,
    panel: series,
    title: series,
    lines: linesOf(series),
    limits: limits.get(series) ?? null,
    hidden: hidden.get(series) ?? nothingHidden,
    onHidden,
    readLine,
  });
  const controls: PanelControlsProps = {
    values: { ...url, x: mode },
    onChange: (values) => void setUrl(values.x === undefined ? values : { ...values, zoom: null }),
    withSteps: !system,
  };
  const toggle = (prefix: string): void => {
    const closed = closedNow.includes(prefix) ? closedNow.filter((one) => one !== prefix) : [...closedNow, prefix];
    void setUrl({ closed });
  };
  return (
    <AxisOfPanels x={x}>
      <ChartToolbar url={url} setUrl={setUrl} x={x} {...controls} />
      {names === null ? (
        <ChartsSkeleton />
      ) : groups.length === 0 ? (
        <NoCharts search={url.find} isRunning={isRunning} system={system} onClear={() => void setUrl({ find: "" })} />
      ) : (
        <div className="grid gap-5 px-4 pt-3 pb-10">
          {groups.map(({ prefix, series }) => {
            const isClosed = closedNow.includes(prefix);
            return (
              <section key={prefix} aria-label={prefix === "" ? "Charts" : prefix}>
                {prefix === "" || system ? null : (
                  <h2 className="mb-2">
                    <button
                      type="button"
                      aria-expanded={!isClosed}
                      onClick={() => toggle(prefix)}
                      className="flex items-center gap-1 rounded font-semibold text-xs hover:text-accent"
                    >
                      {isClosed ? <ChevronRight className="size-3.5" /> : <ChevronDown className="size-3.5" />}
                      {prefix}
                      <span className="ml-1 font-normal text-faint">{formatPlural(series.length, "chart")}</span>
                    </button>
                  </h2>
                )}
                {isClosed ? null : (
                  <div className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,22rem),1fr))] gap-3">
                    {series.map((name) => (
                      <Panel key={name} {...panelOf(name)} height={CARD_HEIGHT} onEnlarge={onEnlarge} />
                    ))}
                  </div>
                )}
              </section>
            );
          })}
        </div>
      )}
      <EnlargedPanel
        shown={url.chart === null ? null : panelOf(url.chart)}
        order={groups.flatMap(({ prefix, series }) => (closedNow.includes(prefix) ? [] : series))}
        onOpen={(chart) => void setUrl({ chart }, { history: url.chart === null ? "push" : "replace" })}
        {...controls}
      />
    </AxisOfPanels>
  );
}

function NoCharts({
  search,
  isRunning,
  system,
  onClear,
}: {
  search: string;
  isRunning: boolean;
  system: boolean;
  onClear: () => void;
}) {
  if (search !== "") {
    return (
      <EmptyNotice title={`No series is called “${search}”.`} className="px-4">
        <div>
          <Button size="small" onClick={onClear}>
            Clear the search
          </Button>
        </div>
      </EmptyNotice>
    );
  }
  if (system) {
    return (
      <EmptyNotice title="No system metrics." className="px-4">
        <p>The SDK measures CPU and memory every five seconds, unless it is told not to.</p>
      </EmptyNotice>
    );
  }
  return (
    <EmptyNotice title={isRunning ? "Waiting for the first point." : "This run has logged no points."} className="px-4">
      <p>
        <code className="font-mono text-ink">run.log({"{ loss }"})</code> draws a chart here, a fraction of a second
        later.
      </p>
    </EmptyNotice>
  );
}
