"use client";
import { readRawPoints } from "@tailbone/client/raw-points";
import type { RunEvent } from "@tailbone/protocol/http";
import type { PanelSize } from "@tailbone/protocol/page-state/panels";
import type { Outliers } from "@tailbone/protocol/page-state/views";
import type { RunDetail } from "@tailbone/protocol/run";
import { useQueryStates } from "nuqs";
import { useCallback, useDeferredValue, useMemo, useSyncExternalStore } from "react";
import type { CheckpointList } from "../api/calls";
import { hub } from "../api/client";
import { hubAxis, shownX, type XAxisMode } from "../charts/axis";
import { ChartsSkeleton } from "../charts/charts-skeleton";
import type { ReadLine } from "../charts/download-menu";
import { EnlargedPanel } from "../charts/enlarged-panel";
import type { Line } from "../charts/line";
import { linesOfRun } from "../charts/lines-of-runs";
import { Panel, type PanelProps, type PanelSettings } from "../charts/panel";
import type { PanelControlsProps } from "../charts/panel-controls";
import { AxisOfPanels } from "../charts/shared-axis";
import { STATES } from "../life/states";
import type { FollowedRun } from "../live/followed-run";
import { runUrl } from "../page-state/urls";
import { ChartToolbar } from "../panels/chart-toolbar";
import { changePanel } from "../panels/edit-layout";
import { HiddenPanels } from "../panels/hidden-panels";
import { PanelBoard } from "../panels/panel-board";
import type { DrawPanel } from "../panels/panel-cell";
import { PanelDialog } from "../panels/panel-dialog";
import type { PanelActs } from "../panels/panel-menu";
import { PanelsMenu } from "../panels/panels-menu";
import type { ShownPanel } from "../panels/panels-of";
import { UnkeptNotice } from "../panels/unkept-notice";
import { usePanelView } from "../panels/use-panel-view";
import { usePanels } from "../panels/use-panels";
import { ErrorNotice } from "../ui/notice";
import { NoCharts } from "./no-charts";

const CARD_HEIGHT = 190;
const readLine: ReadLine = ({ run, series }) => readRawPoints(hub, run.id, series);
const noSeries = { value: null, error: null };

export interface ChartsTabProps {
  run: Pick<RunDetail, "id" | "name" | "number" | "project">;
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

/** A run's panels, sharing crosshair, window and axes. */
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
  const onEnlarge = useCallback((chart: string) => void setUrl({ chart }, { history: "push" }), [setUrl]);
  const onOutliers = useCallback((outliers: Outliers) => void setUrl({ outliers }), [setUrl]);
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
  const arranged = usePanels({ project: run.project.id, names, system, find: url.find });
  const { page, panels, layout, canArrange } = arranged;
  const view = usePanelView(url, setUrl);
  const acts = useMemo<PanelActs>(
    () => ({ ...arranged.acts, ownRange: view.ownRange, setOwnRange: view.setOwnRange }),
    [arranged.acts, view.ownRange, view.setOwnRange],
  );
  const { id, name, number } = run;
  const linesOf = useMemo(() => {
    const known = new Map<string, readonly Line[]>();
    return (series: readonly string[]): readonly Line[] => {
      const key = JSON.stringify(series);
      const lines = known.get(key) ?? linesOfRun({ id, name, number, charts: live.charts, originMs }, series);
      known.set(key, lines);
      return lines;
    };
  }, [live, id, name, number, originMs]);
  const { rangeOf, limitsOf, hiddenOf, onRange, onLimits, onHidden } = view;
  const propsOf = useCallback(
    ({ spec, title, series }: ShownPanel): Omit<PanelProps, "height"> => ({
      panel: spec.id,
      title,
      lines: linesOf(series),
      range: rangeOf(spec.id),
      limits: limitsOf(spec.id),
      hidden: hiddenOf(spec.id),
      settings,
      checkpoints: marks,
      events: eventMarks,
      onRange,
      onLimits,
      onHidden,
      onOutliers,
      readLine,
    }),
    [linesOf, rangeOf, limitsOf, hiddenOf, settings, marks, eventMarks, onRange, onLimits, onHidden, onOutliers],
  );
  const draw = useCallback<DrawPanel>(
    (panel, actions) => <Panel {...propsOf(panel)} height={heightOf(panel)} actions={actions} onEnlarge={onEnlarge} />,
    [propsOf, onEnlarge],
  );

  if (error !== null) return <ErrorNotice error={error} onRetry={() => live.series.retry()} className="m-4" />;
  const closed = url.closed ?? layout.sections.closed;
  const enlarged = panels.find(({ spec }) => spec.id === url.chart);
  const inOrder = [...page.pinned, ...page.sections.flatMap((one) => (closed.includes(one.prefix) ? [] : one.panels))];
  const controls: PanelControlsProps = {
    values: { ...url, x: mode },
    // A window in steps is none in time.
    onChange: (values) => void setUrl(values.x === undefined ? values : { ...values, zoom: null, zooms: [] }),
    withSteps: !system,
  };
  const toggle = (prefix: string): void => {
    void setUrl({ closed: closed.includes(prefix) ? closed.filter((one) => one !== prefix) : [...closed, prefix] });
  };
  return (
    <AxisOfPanels x={x}>
      <ChartToolbar url={url} setUrl={setUrl} x={x} {...controls}>
        {canArrange && !arranged.isReading ? (
          <PanelsMenu
            layout={layout}
            names={arranged.names}
            acts={acts}
            onAdd={arranged.add}
            closed={url.closed}
            onClosedKept={() => void setUrl({ closed: null })}
          />
        ) : null}
      </ChartToolbar>
      {arranged.problem === null ? null : <UnkeptNotice problem={arranged.problem} mend={arranged.mend} />}
      {names === null || arranged.isReading ? (
        <ChartsSkeleton />
      ) : page.pinned.length + page.sections.length + page.hidden.length === 0 ? (
        <NoCharts search={url.find} isRunning={isRunning} system={system} onClear={() => void setUrl({ find: "" })} />
      ) : (
        <div className="grid grid-cols-[minmax(0,1fr)] gap-5 px-4 pt-3 pb-10">
          <PanelBoard
            page={page}
            draw={draw}
            acts={acts}
            canArrange={canArrange}
            closed={closed}
            onToggle={toggle}
            withHeads={!system}
          />
          <HiddenPanels
            hidden={page.hidden}
            isOpen={url.hidden || page.pinned.length + page.sections.length === 0}
            onOpen={(hidden) => void setUrl({ hidden })}
            onShow={canArrange ? ({ spec }) => acts.change(changePanel(spec, { hidden: false })) : null}
          />
        </div>
      )}
      <EnlargedPanel
        shown={enlarged === undefined ? null : propsOf(enlarged)}
        order={inOrder.map(({ spec }) => spec.id)}
        onOpen={(chart) => void setUrl({ chart }, { history: url.chart === null ? "push" : "replace" })}
        {...controls}
      />
      {arranged.edited === null ? null : (
        <PanelDialog
          panel={arranged.edited.panel?.spec ?? null}
          names={arranged.names}
          onSave={arranged.save}
          onClose={arranged.close}
        />
      )}
    </AxisOfPanels>
  );
}

/**
 * A row of the legend, of which a panel shows three, stands in the plot's place: so panels side by side are of one
 * height.
 */
const LEGEND_ROW = 16;
/** What of a panel stands around its plot and legend, and the gap to the next below it. */
const AROUND = 62;

function heightOf({ spec, series }: ShownPanel): number {
  const legend = series.length === 1 ? 0 : LEGEND_ROW * Math.min(3, Math.ceil(series.length / COLUMNS[spec.size]));
  return (spec.size === "tall" ? 2 * CARD_HEIGHT + AROUND : CARD_HEIGHT) - legend;
}
const COLUMNS: Record<PanelSize, number> = { small: 1, medium: 2, wide: 4, tall: 2 };
