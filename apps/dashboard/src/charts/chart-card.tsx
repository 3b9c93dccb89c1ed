import { Maximize2 } from "lucide-react";
import { type KeyboardEvent, memo, useCallback, useMemo, useRef, useSyncExternalStore } from "react";
import { formatCount, formatPlural } from "../format/number";
import type { ChartState } from "../live/chart-feed";
import type { RunLive } from "../live/run-live";
import { Button } from "../ui/button";
import { ErrorNotice } from "../ui/notice";
import { Skeleton } from "../ui/skeleton";
import { projectX, type Span, unprojectX, type XAxisMode } from "./axis";
import { AxisRanges } from "./axis-ranges";
import { BeyondNote } from "./beyond";
import { Crosshair } from "./crosshair";
import type { HoverStore } from "./hover";
import { layOutPlot, meanOf, nearestRow, type Plot } from "./plot";
import { type EventMark, PlotMarks } from "./plot-marks";
import { SeriesPlot } from "./series-plot";
import { formatIn, unitOf } from "./unit";
import { useInView, useWidth } from "./use-size";
import type { Outliers, SetLimits, YLimits } from "./y-range";

/** What all charts of a page share. */
export interface ChartSettings {
  readonly x: XAxisMode;
  readonly logY: boolean;
  readonly smoothing: number;
  readonly window: Span | null;
  readonly outliers: Outliers;
}

export interface ChartCardProps {
  live: RunLive;
  series: string;
  settings: ChartSettings;
  /** Steps or times of the checkpoints, as the axis shows them. */
  checkpoints: readonly number[];
  /** Where a feature changed its state, as the axis shows it. */
  events: readonly EventMark[];
  colour: string;
  hover: HoverStore;
  height: number;
  onZoom: (window: Span | null) => void;
  /** The chart's own y axis; null: by its data. */
  limits: YLimits | null;
  onLimits: SetLimits;
  onOutliers: (outliers: Outliers) => void;
  /** Missing: it is as large as it gets. */
  onEnlarge?: (series: string) => void;
}

const nothing: ChartState = { view: null, error: null };

/** What is to be drawn of a series, kept live while it is in view. */
export function useDrawn(live: RunLive, series: string, isInView: boolean): ChartState {
  const subscribe = useCallback(
    (listener: () => void) => (isInView ? live.watch(series, listener) : () => {}),
    [live, series, isInView],
  );
  return useSyncExternalStore(
    subscribe,
    () => live.drawn(series),
    () => nothing,
  );
}

/** One series, live. Its attributes say what is on the screen: how many points it stands for, how many marks, and the last step. */
export const ChartCard = memo(function ChartCard(props: ChartCardProps) {
  const { live, series, settings, checkpoints, events, colour, hover, height, onEnlarge } = props;
  const { limits, onZoom, onLimits, onOutliers } = props;
  const card = useRef<HTMLElement>(null);
  const isInView = useInView(card);
  const width = useWidth(card);
  const { view, error } = useDrawn(live, series, isInView);
  const size = useMemo(() => ({ width: Math.max(0, width - 8), height }), [width, height]);
  const plot = useMemo(() => {
    if (view === null || size.width === 0) return null;
    const ticks = { x: Math.max(2, Math.floor(size.width / 64)), y: Math.max(2, Math.floor(size.height / 34)) };
    return layOutPlot(view, { ...settings, limits, unit: unitOf(series), ticks });
  }, [view, series, settings, limits, size]);
  const drawn = useRef(plot);
  drawn.current = plot;
  const plotOf = useCallback(() => drawn.current, []);
  const marks = useMemo(() => checkpoints.map((at) => projectX(at, settings.x)), [checkpoints, settings.x]);

  const changes = useMemo(
    () => events.map((event) => ({ ...event, at: projectX(event.at, settings.x) })),
    [events, settings.x],
  );

  function moveByKey(event: KeyboardEvent): void {
    if (plot === null) return;
    if (event.key === "Enter" && event.target === event.currentTarget) {
      // Else the same press would be a click on what the dialog puts the focus on.
      event.preventDefault();
      onEnlarge?.(series);
    }
    if (event.key === "Escape") hover.set(null);
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      event.preventDefault();
      hover.set({
        x: neighbour(plot, hover.get()?.x ?? null, event.key === "ArrowLeft" ? -1 : 1, settings.x),
        chart: series,
      });
    }
  }

  return (
    <figure
      ref={card}
      data-testid="chart"
      data-series={series}
      data-points={view?.total ?? 0}
      data-drawn={plot?.rows.length ?? 0}
      data-last-step={view?.lastStep ?? -1}
      className="group min-w-0 rounded-lg border border-line bg-panel px-1 pt-2 pb-1"
      aria-label={`${series}: ${view === null ? "loading" : formatPlural(view.total, "point")}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move its crosshair
      tabIndex={0}
      onKeyDown={moveByKey}
    >
      <figcaption className="flex h-5 items-center gap-2 pr-1 pl-2">
        {onEnlarge === undefined ? null : (
          <span className="min-w-0 truncate font-medium text-xs" title={series}>
            {series}
          </span>
        )}
        <AxisRanges
          series={series}
          plotOf={plotOf}
          x={settings.x}
          logY={settings.logY}
          window={settings.window}
          limits={limits}
          onZoom={onZoom}
          onLimits={onLimits}
        />
        {onEnlarge === undefined ? null : (
          <Button
            look="quiet"
            size="icon"
            className="-ml-1 size-5 opacity-0 focus-visible:opacity-100 group-hover:opacity-100"
            aria-label={`Enlarge ${series}`}
            title="Enlarge"
            onClick={() => onEnlarge(series)}
          >
            <Maximize2 />
          </Button>
        )}
        <Reading series={series} hover={hover} plot={plot} settings={settings} />
      </figcaption>
      <div className="relative" style={{ height }}>
        {error !== null ? (
          <ErrorNotice error={error} onRetry={() => live.charts.retry(series)} className="m-2 p-3 text-xs" />
        ) : plot !== null ? (
          <>
            <SeriesPlot plot={plot} size={size} colour={colour} isSmoothed={settings.smoothing > 0} />
            <PlotMarks plot={plot} size={size} checkpoints={marks} events={changes} colour={colour} />
            <Crosshair
              series={series}
              plot={plot}
              size={size}
              x={settings.x}
              logY={settings.logY}
              events={[...changes, ...plot.resumes]}
              colour={colour}
              store={hover}
              onZoom={onZoom}
              onLimits={onLimits}
            />
          </>
        ) : view !== null && view.range.axis === (settings.x.mode === "step" ? "step" : "time") ? (
          <p className="grid h-full place-items-center text-faint text-xs">
            {view.total === 0 ? "No points yet" : "No points in this range"}
          </p>
        ) : (
          <Skeleton className="mx-2 mt-2 h-[calc(100%-1rem)]" />
        )}
      </div>
      <p className="flex h-4 justify-end gap-2 whitespace-nowrap pr-2 text-2xs text-faint" title={COUNT_HINT}>
        {plot === null || view === null ? null : (
          <>
            <BeyondNote
              plot={plot}
              unit={unitOf(series)}
              onShow={() => (limits === null ? onOutliers("shown") : onLimits(series, null, "push"))}
            />
            <Count plot={plot} points={view.count} total={view.total} />
            <Overwritten points={view.abandoned.reduce((sum, { count }) => sum + count, 0)} />
          </>
        )}
      </p>
    </figure>
  );
});

const COUNT_HINT =
  "Every point of the range is in one of the marks: the line is a mark's mean, the band reaches from its smallest to its largest value.";

function Count({ plot, points, total }: { plot: Plot; points: number; total: number }) {
  const isNotFinite = plot.buckets.reduce((sum, { nan, posInf, negInf }) => sum + nan + posInf + negInf, 0);
  return (
    <>
      {isNotFinite === 0 ? null : <span className="text-bad">{formatCount(isNotFinite)} not finite</span>}
      {points < total ? <span>of {formatCount(total)} in all</span> : null}
      <span className={points < total ? "-order-1" : ""}>
        {formatCount(plot.rows.length)} of {formatPlural(points, "point")}
      </span>
    </>
  );
}

/** What a resume has gone back over is not among the points that count. */
function Overwritten({ points }: { points: number }) {
  if (points === 0) return null;
  return (
    <span title="The run was resumed from an earlier step and has logged these steps anew: they are drawn faint.">
      {formatCount(points)} overwritten
    </span>
  );
}

const noHover = (): null => null;

/** The value at the crosshair; without one, the newest. */
function Reading({
  series,
  hover,
  plot,
  settings,
}: {
  series: string;
  hover: HoverStore;
  plot: Plot | null;
  settings: ChartSettings;
}) {
  const at = useSyncExternalStore(hover.subscribe, hover.get, noHover);
  const index =
    plot === null ? null : at === null ? plot.rows.length - 1 : nearestRow(plot.rows, projectX(at.x, settings.x));
  const bucket = index === null ? undefined : plot?.buckets[index];
  if (bucket === undefined) return <span className="ml-auto" />;
  const value = at === null || bucket.count === 1 ? bucket.last : (meanOf(bucket) ?? bucket.last);
  return (
    <span className={`ml-auto text-xs ${at === null ? "text-soft" : "font-medium"}`}>
      {formatIn(unitOf(series), value)}
    </span>
  );
}

/** The x of the mark before or after the one at `x`. */
function neighbour(plot: Plot, x: number | null, direction: -1 | 1, axis: XAxisMode): number {
  const last = plot.rows.length - 1;
  const index = x === null ? last : (nearestRow(plot.rows, projectX(x, axis)) ?? last) + direction;
  return unprojectX(plot.rows[Math.min(last, Math.max(0, index))]?.x ?? 0, axis);
}
