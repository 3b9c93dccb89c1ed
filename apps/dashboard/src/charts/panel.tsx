import type { Outliers } from "@tailbone/protocol/page-state/views";
import { Maximize2 } from "lucide-react";
import { type KeyboardEvent, memo, type ReactNode, useCallback, useMemo, useRef, useState } from "react";
import { formatPlural } from "../format/number";
import type { ChartView } from "../live/chart-view";
import { Button } from "../ui/button";
import { cn } from "../ui/cn";
import { ErrorNotice } from "../ui/notice";
import { Skeleton } from "../ui/skeleton";
import { UnreadableMark } from "../ui/unreadable";
import { atEnd, atPlace, neighbourOf, shownValue } from "./at-place";
import { hubAxis, projectX, type SetRange, type Span, unprojectX } from "./axis";
import { AxisRanges } from "./axis-ranges";
import { BeyondNote } from "./beyond";
import { Crosshair } from "./crosshair";
import { DownloadMenu, type ReadLine } from "./download-menu";
import { useHover } from "./hover";
import { Legend } from "./legend";
import type { Line } from "./line";
import { LiveFrame } from "./live-frame";
import { layOutPlot, type Plot } from "./plot";
import { PlotLines } from "./plot-lines";
import { type EventMark, PlotMarks } from "./plot-marks";
import { Overwritten, PointCount } from "./point-count";
import { type SharedAxis, useSharedAxis } from "./shared-axis";
import { formatIn, type Unit, unitOf } from "./unit";
import { useDrawn } from "./use-drawn";
import { useInView, useWidth } from "./use-size";
import type { SetLimits, YLimits } from "./y-range";

/** How a panel draws its lines. */
export interface PanelSettings {
  readonly logY: boolean;
  /** Weight of the moving average, from 0 (none) to 1. */
  readonly smoothing: number;
  readonly outliers: Outliers;
}

export interface PanelProps {
  /** Its own on the page: what the functions below are called with. */
  panel: string;
  title: string;
  /** The same list for as long as its lines are the same. */
  lines: readonly Line[];
  /** What it shows along x, as the axis shows it; null: everything. */
  range: Span | null;
  onRange: SetRange;
  settings: PanelSettings;
  /** Its own y axis; null: by its data. */
  limits: YLimits | null;
  onLimits: SetLimits;
  onOutliers: (outliers: Outliers) => void;
  /** Lines that are not drawn, by their keys. */
  hidden: readonly string[];
  onHidden: (panel: string, hidden: readonly string[]) => void;
  /** Steps or times of the checkpoints, as the axis shows them. */
  checkpoints: readonly number[];
  /** What happened, as the axis shows it. */
  events: readonly EventMark[];
  height: number;
  /** Missing: it is as large as it gets, and can be downloaded. */
  onEnlarge?: (panel: string) => void;
  readLine: ReadLine;
  /** Beside its name. */
  actions?: ReactNode;
}

/**
 * Lines on the same axes, live. Its attributes say what is on the screen: how many points it stands for, how many
 * marks, and the last step.
 */
export const Panel = memo(function Panel(props: PanelProps) {
  const { panel, title, lines, range, settings, limits, hidden, checkpoints, events, height, actions } = props;
  const { onRange, onLimits, onOutliers, onHidden, onEnlarge, readLine } = props;
  const axis = useSharedAxis();
  const { x, hover } = axis;
  const figure = useRef<HTMLElement>(null);
  const isInView = useInView(figure);
  const width = useWidth(figure);
  const { drawn, retry } = useDrawn(lines, range, x, isInView);
  const [lifted, setLifted] = useState<string | null>(null);
  const isLarge = onEnlarge === undefined;
  const isOne = lines.length === 1;
  const size = useMemo(() => ({ width: Math.max(0, width - 8), height }), [width, height]);
  const unit = commonUnit(lines);
  const hiddenKeys = useMemo(() => new Set(hidden), [hidden]);
  const plot = useMemo(() => {
    if (size.width === 0) return null;
    const inputs = lines.flatMap(({ key, series, originMs }) => {
      const view = hiddenKeys.has(key) ? null : (drawn.get(key)?.view ?? null);
      return view === null ? [] : [{ key, series, originMs, view }];
    });
    const ticks = { x: Math.max(2, Math.floor(size.width / 64)), y: Math.max(2, Math.floor(size.height / 34)) };
    return layOutPlot(inputs, { ...settings, x, window: range, limits, unit, ticks });
  }, [drawn, lines, hiddenKeys, settings, x, range, limits, unit, size]);
  const latest = useRef(plot);
  latest.current = plot;
  const plotOf = useCallback(() => latest.current, []);
  const marks = useMemo(() => checkpoints.map((at) => projectX(at, x)), [checkpoints, x]);
  const changes = useMemo(() => events.map((event) => ({ ...event, at: projectX(event.at, x) })), [events, x]);
  const views = [...drawn].flatMap(([key, { view }]) => (view === null || hiddenKeys.has(key) ? [] : [view]));
  const error = [...drawn.values()].find((state) => state.view === null && state.error !== null)?.error ?? null;
  const total = sumOf(views, (view) => view.total);

  function moveByKey(event: KeyboardEvent): void {
    if (plot === null || event.target !== event.currentTarget) return;
    if (event.key === "Enter" && onEnlarge !== undefined) {
      // Else the same press would be a click on what the dialog puts the focus on.
      event.preventDefault();
      onEnlarge(panel);
    }
    if (event.key === "Escape") hover.set(null);
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      event.preventDefault();
      const at = hover.get();
      const place = at === null ? null : projectX(at.x, x);
      const next = neighbourOf(plot, place, event.key === "ArrowLeft" ? -1 : 1);
      if (next !== null) hover.set({ x: unprojectX(next, x), panel });
    }
  }

  return (
    <figure
      ref={figure}
      data-testid="chart"
      data-series={title}
      data-lines={lines.length}
      data-points={total}
      data-drawn={plot?.lines.reduce((sum, { rows }) => sum + rows.length, 0) ?? 0}
      data-last-step={Math.max(-1, ...views.map(({ lastStep }) => lastStep ?? -1))}
      className="group min-w-0 rounded-lg border border-line bg-panel px-1 pt-2 pb-1"
      aria-label={`${title}: ${views.length === 0 ? "loading" : formatPlural(total, "point")}${isOne ? "" : ` in ${formatPlural(lines.length, "line")}`}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move its crosshair
      tabIndex={0}
      onKeyDown={moveByKey}
    >
      <figcaption className="flex h-5 items-center gap-2 pr-1 pl-2">
        {isLarge ? null : (
          <span className="min-w-0 truncate font-medium text-xs" title={title}>
            {title}
          </span>
        )}
        {/* What nobody points at takes no room from the name. */}
        <span className={cn("flex shrink-0 items-center gap-1", !isLarge && QUIET)}>
          <AxisRanges
            panel={panel}
            title={title}
            plotOf={plotOf}
            x={x}
            logY={settings.logY}
            range={range}
            limits={limits}
            onRange={onRange}
            onLimits={onLimits}
          />
          {isLarge ? null : (
            <Button
              look="quiet"
              size="icon"
              className="-ml-1 size-5 opacity-0 focus-visible:opacity-100 group-hover:opacity-100"
              aria-label={`Enlarge ${title}`}
              title="Enlarge"
              onClick={() => onEnlarge(panel)}
            >
              <Maximize2 />
            </Button>
          )}
          {actions}
        </span>
        <UnreadableMark items={views.flatMap(({ unreadable }) => unreadable)} />
        {isOne ? <Reading unit={unit} plot={plot} axis={axis} /> : <span className="ml-auto" />}
        {isLarge ? (
          <DownloadMenu
            title={title}
            figure={figure}
            plotOf={plotOf}
            lines={lines.filter(({ key }) => !hiddenKeys.has(key))}
            x={x}
            logY={settings.logY}
            readLine={readLine}
          />
        ) : null}
      </figcaption>
      <div className="relative" style={{ height }}>
        {error !== null && plot === null ? (
          <ErrorNotice error={error} onRetry={retry} className="m-2 p-3 text-xs" />
        ) : plot !== null ? (
          <>
            <svg aria-hidden data-picture className="block" width={size.width} height={size.height}>
              <LiveFrame x={plot.x} y={plot.y} xTicks={plot.xTicks} yTicks={plot.yTicks} size={size} />
              <PlotLines plot={plot} size={size} looks={lines} isSmoothed={settings.smoothing > 0} lifted={lifted} />
            </svg>
            <PlotMarks plot={plot} size={size} checkpoints={marks} events={changes} looks={lines} />
            <Crosshair
              panel={panel}
              plot={plot}
              size={size}
              axis={axis}
              logY={settings.logY}
              events={[...changes, ...plot.resumes]}
              lines={lines}
              onRange={onRange}
              onLimits={onLimits}
            />
          </>
        ) : (
          <NoPlot views={views} axis={axis} areAllHidden={lines.every(({ key }) => hiddenKeys.has(key))} />
        )}
      </div>
      {isOne ? null : (
        <Legend
          lines={lines}
          plot={plot}
          axis={axis}
          hidden={hiddenKeys}
          onHidden={(next) => onHidden(panel, next)}
          onLift={setLifted}
          isLarge={isLarge}
        />
      )}
      <p className="flex h-4 justify-end gap-2 whitespace-nowrap pr-2 text-2xs text-faint">
        {plot === null ? null : (
          <>
            <BeyondNote
              plot={plot}
              unit={unit}
              onShow={() => (limits === null ? onOutliers("shown") : onLimits(panel, null, "push"))}
            />
            <PointCount plot={plot} views={views} />
            <Overwritten views={views} />
          </>
        )}
      </p>
    </figure>
  );
});

/** Of no width until the pointer is over the panel or the focus within, a menu is open, or something of it is set. */
const QUIET =
  "w-0 overflow-hidden focus-within:w-auto focus-within:overflow-visible group-hover:w-auto group-hover:overflow-visible has-[[aria-pressed=true]]:w-auto has-[[data-state=open]]:w-auto pointer-coarse:w-auto";

function sumOf(views: readonly ChartView[], numberOf: (view: ChartView) => number): number {
  return views.reduce((sum, view) => sum + numberOf(view), 0);
}

/** The unit that all lines have; else numbers stand alone. */
function commonUnit(lines: readonly Line[]): Unit {
  const units = new Set(lines.map(({ series }) => unitOf(series)));
  const [only] = units;
  return units.size === 1 && only !== undefined ? only : "plain";
}

/** Why there is nothing to draw. */
function NoPlot({
  views,
  axis,
  areAllHidden,
}: {
  views: readonly ChartView[];
  axis: SharedAxis;
  areAllHidden: boolean;
}) {
  const isThere = views.some(({ range }) => range.axis === hubAxis(axis.x.mode));
  if (!isThere) return <Skeleton className="mx-2 mt-2 h-[calc(100%-1rem)]" />;
  return (
    <p className="grid h-full place-items-center text-faint text-xs">
      {areAllHidden
        ? "All lines are hidden"
        : sumOf(views, ({ total }) => total) === 0
          ? "No points yet"
          : "No points in this range"}
    </p>
  );
}

/** The value of an only line at the crosshair; without one, the newest. */
function Reading({ unit, plot, axis }: { unit: Unit; plot: Plot | null; axis: SharedAxis }) {
  const hover = useHover(axis.hover);
  const line = plot?.lines[0];
  const at =
    plot === null || line === undefined
      ? null
      : hover === null
        ? atEnd(line)
        : atPlace(line, projectX(hover.x, axis.x), plot.x);
  return (
    <span className={`ml-auto text-xs ${hover === null ? "text-soft" : "font-medium"}`}>
      {at === null ? "" : formatIn(unit, hover === null ? at.bucket.last : shownValue(at))}
    </span>
  );
}
