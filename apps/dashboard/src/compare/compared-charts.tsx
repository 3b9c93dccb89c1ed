import { readRawPoints } from "@tailbone/client/raw-points";
import type { RunDetail } from "@tailbone/protocol/run";
import { useQueryStates } from "nuqs";
import { useDeferredValue, useMemo } from "react";
import { hub } from "../api/client";
import type { XAxisMode } from "../charts/axis";
import { ChartsSkeleton } from "../charts/charts-skeleton";
import type { ReadLine } from "../charts/download-menu";
import { EnlargedPanel } from "../charts/enlarged-panel";
import { groupSeries, isSystemSeries, searchSeries } from "../charts/groups";
import type { Line } from "../charts/line";
import { linesOfRuns } from "../charts/lines-of-runs";
import { Panel, type PanelProps, type PanelSettings } from "../charts/panel";
import type { PanelControlsProps } from "../charts/panel-controls";
import { AxisOfPanels } from "../charts/shared-axis";
import { formatPlural } from "../format/number";
import type { FollowedRuns } from "../live/use-followed-runs";
import { compareUrl } from "../page-state/urls";
import { ChartToolbar } from "../panels/chart-toolbar";
import { usePanelView } from "../panels/use-panel-view";
import { EmptyNotice } from "../ui/notice";
import { useSeriesOfRuns } from "./use-series-of-runs";

const HEIGHT = 220;
const readLine: ReadLine = ({ run, series }) => readRawPoints(hub, run.id, series);
const noMarks: never[] = [];

export interface ComparedChartsProps {
  runs: readonly RunDetail[];
  /** Has each of the runs. */
  lives: FollowedRuns;
}

/** A panel for each series that any of the runs has, with a line for each run that has it. */
export function ComparedCharts({ runs, lives }: ComparedChartsProps) {
  const [url, setUrl] = useQueryStates(compareUrl, { history: "replace" });
  const originMs = Math.min(...runs.map(({ startedAtMs }) => startedAtMs));
  const x = useMemo<XAxisMode>(() => ({ mode: url.x, log: url.logx, originMs }), [url.x, url.logx, originMs]);
  const smoothing = useDeferredValue(url.smooth);
  const settings = useMemo<PanelSettings>(
    () => ({ logY: url.logy, smoothing, outliers: url.outliers }),
    [url.logy, smoothing, url.outliers],
  );
  // The same lists for as long as they say the same: each head that comes makes new runs.
  const key = JSON.stringify(runs.map(({ id, name, number, startedAtMs }) => [id, name, number, startedAtMs]));
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` says what of the runs is drawn
  const drawn = useMemo(
    () =>
      runs.flatMap(({ id, name, number, startedAtMs }) => {
        const live = lives.get(id);
        return live === undefined ? [] : [{ id, name, number, originMs: startedAtMs, live, charts: live.charts }];
      }),
    [key, lives],
  );
  const names = useSeriesOfRuns(useMemo(() => drawn.map(({ live }) => live), [drawn]));
  const lines = useMemo(() => {
    const all = [...new Set(names.flatMap((own) => own ?? []))].filter((name) => !isSystemSeries(name));
    const having = (series: string) => drawn.filter((_, index) => names[index]?.includes(series));
    return new Map<string, readonly Line[]>(all.map((series) => [series, linesOfRuns(having(series), series)]));
  }, [names, drawn]);
  const groups = groupSeries(searchSeries([...lines.keys()], url.find));
  const view = usePanelView(url, setUrl);

  const propsOf = (series: string): Omit<PanelProps, "height"> => ({
    panel: series,
    title: series,
    lines: lines.get(series) ?? noMarks,
    range: view.rangeOf(series),
    limits: view.limitsOf(series),
    hidden: view.hiddenOf(series),
    settings,
    checkpoints: noMarks,
    events: noMarks,
    onRange: view.onRange,
    onLimits: view.onLimits,
    onHidden: view.onHidden,
    onOutliers: (outliers) => void setUrl({ outliers }),
    readLine,
  });
  const controls: PanelControlsProps = {
    values: url,
    // A window in steps is none in time.
    onChange: (values) => void setUrl(values.x === undefined ? values : { ...values, zoom: null, zooms: [] }),
    withSteps: true,
  };
  return (
    <AxisOfPanels x={x}>
      <ChartToolbar url={url} setUrl={setUrl} x={x} {...controls} />
      {lines.size === 0 && names.includes(null) ? (
        <ChartsSkeleton />
      ) : groups.length === 0 ? (
        <EmptyNotice
          title={url.find === "" ? "None of these runs has logged anything yet." : `No series fits “${url.find}”.`}
          className="px-4"
        />
      ) : (
        <div className="grid grid-cols-[minmax(0,1fr)] gap-5 px-4 pt-3 pb-10">
          {groups.map(({ prefix, series }) => (
            <section key={prefix} aria-label={prefix === "" ? "Series" : prefix} className="grid gap-2">
              {prefix === "" ? null : <h2 className="font-medium text-soft text-xs">{prefix}</h2>}
              <div className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,26rem),1fr))] gap-3">
                {series.map((name) => (
                  <Panel
                    key={name}
                    {...propsOf(name)}
                    height={HEIGHT}
                    onEnlarge={(chart) => void setUrl({ chart }, { history: "push" })}
                    actions={<Absent had={lines.get(name)?.length ?? 0} of={drawn.length} />}
                  />
                ))}
              </div>
            </section>
          ))}
        </div>
      )}
      <EnlargedPanel
        shown={url.chart === null || !lines.has(url.chart) ? null : propsOf(url.chart)}
        order={groups.flatMap(({ series }) => series)}
        onOpen={(chart) => void setUrl({ chart }, { history: url.chart === null ? "push" : "replace" })}
        {...controls}
      />
    </AxisOfPanels>
  );
}

/** Runs that do not have a series are not there in silence. */
const Absent = ({ had, of }: { had: number; of: number }) =>
  had === of ? null : (
    <span className="whitespace-nowrap text-faint text-xs">
      in {had} of {formatPlural(of, "run")}
    </span>
  );
