import type { Neighbour } from "@tailbone/series/buckets";
import type { LiveBuckets } from "@tailbone/series/live-buckets";
import { smooth } from "@tailbone/series/smoothing";
import { countFinite, type Summary, spanOf, summarise } from "@tailbone/series/summary";
import type { ChartView } from "../live/chart-view";
import { hubAxis, projectX, type Span, shownX, type XAxisMode } from "./axis";
import { type Tick, xTicks, yTicks } from "./ticks";
import type { Unit } from "./unit";
import {
  type Band,
  type Beyond,
  beyondOf,
  type Outliers,
  rangeOfY,
  spanOfBands,
  sumBeyond,
  type YLimits,
} from "./y-range";

/* Longer than other files: from buckets to marks in one pure step, each part of which reads what the one before it has laid out. */

export interface PlotOptions {
  readonly x: XAxisMode;
  readonly logY: boolean;
  /** Weight of the moving average, from 0 (none) to 1. */
  readonly smoothing: number;
  /** Null: everything there is. */
  readonly window: Span | null;
  readonly outliers: Outliers;
  /** Null: y from the data alone. */
  readonly limits: YLimits | null;
  readonly unit?: Unit;
  /** About how many ticks each axis has room for. */
  readonly ticks: { readonly x: number; readonly y: number };
}

/** One mark: where it lies, its extremes, its mean, and its mean smoothed. In coordinates that are linear in pixels. */
export interface PlotRow {
  readonly x: number;
  readonly band: readonly [low: number, high: number] | null;
  readonly raw: number | null;
  readonly smooth: number | null;
}

/** A value that has no place on the y axis, or lies beyond its end (`above`, `below`), and the edge at which it is marked. */
export interface EdgeMark {
  readonly x: number;
  readonly kind: "nan" | "high" | "low" | "above" | "below";
}

/** A line of a chart, with the area of its extremes. */
export interface PlotLine {
  readonly rows: readonly PlotRow[];
  /** Where the line comes into the window and where it leaves it, at its borders: on the way to the points next to it. */
  readonly enters: PlotRow | null;
  readonly leaves: PlotRow | null;
  /** The bucket of each row. */
  readonly buckets: readonly Summary[];
  /** Some row stands for values that differ. */
  readonly hasBand: boolean;
  readonly edges: readonly EdgeMark[];
}

/** Where a leg of the run goes on from an earlier one: its place on the x axis, and in words. */
interface ResumeMark {
  readonly at: number;
  readonly leg: number;
  readonly step: number;
  readonly says: string;
}

/** Everything of a chart that is drawn. */
export interface Plot extends PlotLine {
  /** What a resume has overwritten, each leg by itself. */
  readonly abandoned: readonly PlotLine[];
  readonly resumes: readonly ResumeMark[];
  /** The finite values beyond the ends of the y axis, taken together. */
  readonly above: Beyond | null;
  readonly below: Beyond | null;
  readonly x: Span;
  readonly y: Span;
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
}

/**
 * Lays out a chart. Every finite extreme lies within `y` or is marked at its edge, as are NaN and infinities, and on a logarithmic
 * axis what is not positive. Null when there is nothing in the window and no line that crosses it.
 */
export function layOutPlot(view: ChartView, options: PlotOptions): Plot | null {
  const { x: axis, logY, smoothing, window, outliers, limits, unit, ticks } = options;
  // While another axis is on its way, what is there cannot be drawn on it.
  if (view.range.axis !== hubAxis(axis.mode)) return null;
  const span = window ?? openSpan([view, ...view.abandoned], axis);
  if (span === null) return null;
  const x = { from: projectX(span.from, axis), to: projectX(span.to, axis) };
  const lineOf = (part: LiveBuckets) => layOutLine(part, { axis, logY, smoothing, window, x });
  const line = lineOf(view);
  const abandoned = view.abandoned.map(lineOf).filter(isDrawn);
  if (!isDrawn(line) && abandoned.length === 0) return null;
  const spans = [line, ...abandoned].map((one) => {
    return spanOfBands(
      [one.enters, ...one.rows, one.leaves].flatMap((row) => bandOf(row) ?? []),
      outliers,
    );
  });
  const y = rangeOfY(joinSpans(spans, outliers), limits, logY);
  const ends = valuesAt(y, logY);
  const beyond = line.buckets.map((bucket) => beyondOf(bucket, ends, logY));
  const withEdges = (one: Omit<PlotLine, "edges">): PlotLine => ({
    ...one,
    edges: one.rows.flatMap((row, index) => {
      const bucket = one.buckets[index];
      return bucket === undefined ? [] : edgesOf(bucket, beyondOf(bucket, ends, logY), row.x, logY);
    }),
  });
  return {
    ...withEdges(line),
    abandoned: abandoned.map(withEdges),
    resumes: resumesOf(view, axis).filter(({ at }) => at >= x.from && at <= x.to),
    above: sumBeyond(
      beyond.map(({ above }) => above),
      Math.max,
    ),
    below: sumBeyond(
      beyond.map(({ below }) => below),
      Math.min,
    ),
    x,
    y,
    xTicks: xTicks(span, axis, ticks.x),
    yTicks: yTicks(y, logY, ticks.y, unit),
  };
}

interface LineOptions extends Pick<PlotOptions, "logY" | "smoothing" | "window"> {
  readonly axis: XAxisMode;
  readonly x: Span;
}

function layOutLine(part: LiveBuckets, { axis, logY, smoothing, window, x }: LineOptions): Omit<PlotLine, "edges"> {
  const { inside: buckets, before, after } = cut(part, window, axis);
  const around = [...before, ...buckets, ...after];
  const values = valuesOf(around, logY);
  const smoothed = smoothing > 0 ? smooth(values.means, smoothing) : null;
  const all: PlotRow[] = around.map((bucket, index) => ({
    x: middleOf(bucket, axis),
    band: values.bands[index] ?? null,
    raw: values.means[index] ?? null,
    smooth: smoothed?.[index] ?? null,
  }));
  const rows = all.slice(before.length, before.length + buckets.length);
  return {
    rows,
    enters: before.length === 0 ? null : crossing(all[0], all[1], x.from),
    leaves: after.length === 0 ? null : crossing(all.at(-2), all.at(-1), x.to),
    buckets,
    hasBand: rows.some(({ band }) => band !== null && band[0] < band[1]),
  };
}

const isDrawn = ({ rows, enters }: Omit<PlotLine, "edges">): boolean => rows.length > 0 || enters !== null;

/**
 * The span of the line and of what was abandoned. That may have diverged, and must not flatten what counts: beyond the line's own
 * height it is marked at the edge, unless outliers are to be shown.
 */
function joinSpans([line = null, ...others]: readonly (Span | null)[], outliers: Outliers): Span | null {
  return others.reduce((joined, other) => {
    if (joined === null || other === null) return joined ?? other;
    const room = line === null || outliers === "shown" ? 0 : line.to - line.from;
    const [low, high] = line === null || room === 0 ? [-Infinity, Infinity] : [line.from - room, line.to + room];
    return {
      from: Math.min(joined.from, Math.max(low, other.from)),
      to: Math.max(joined.to, Math.min(high, other.to)),
    };
  }, line);
}

function resumesOf({ legs, range }: ChartView, axis: XAxisMode): ResumeMark[] {
  return legs.flatMap(({ leg, fromStep, resumedAtMs }) => {
    if (resumedAtMs === null) return [];
    const at = projectX(shownX(range.axis === "step" ? fromStep : resumedAtMs, axis), axis);
    return [{ at, leg, step: fromStep, says: `resumed at step ${fromStep} (leg ${leg})` }];
  });
}

const least = (values: readonly number[]): number =>
  values.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY);

/** The extremes of a row, or where its line crosses a border. In a list, to be left out where there are none. */
function bandOf(row: PlotRow | null): [Band] | null {
  if (row?.band) return [row.band];
  return row === null || row.raw === null ? null : [[row.raw, row.raw]];
}

/** A y axis by its values. What is not positive has no place on a logarithmic one, and a mark of its own. */
export const valuesAt = (y: Span, log: boolean): Span => (log ? { from: 10 ** y.from, to: 10 ** y.to } : y);

/** The buckets that lie in a window, and the one next to it on each side, or the point, where there is one. */
function cut({ buckets, before, after }: LiveBuckets, window: Span | null, axis: XAxisMode) {
  if (window === null) return { inside: buckets, before: [], after: [] };
  const shown = (x: number): number => shownX(x, axis);
  const spans = buckets.map((bucket) => spanOf(bucket, hubAxis(axis.mode)));
  const from = spans.findIndex(([, high]) => shown(high) >= window.from);
  const start = from === -1 ? buckets.length : from;
  const end = Math.max(start, spans.findLastIndex(([low]) => shown(low) <= window.to) + 1);
  const pointOf = (neighbour: Neighbour | null): Summary[] => {
    if (neighbour === null || (shown(neighbour.x) >= window.from && shown(neighbour.x) <= window.to)) return [];
    const column = Float64Array.of(neighbour.x);
    return [summarise({ steps: column, timesMs: column, values: Float64Array.of(neighbour.value) })];
  };
  return {
    inside: buckets.slice(start, end),
    before: start > 0 ? buckets.slice(start - 1, start) : pointOf(before),
    after: end < buckets.length ? buckets.slice(end, end + 1) : pointOf(after),
  };
}

/** Where the line between two rows crosses a border of the window; null where there is no line. */
function crossing(a: PlotRow | undefined, b: PlotRow | undefined, x: number): PlotRow | null {
  if (a === undefined || b === undefined || !(a.x <= x && x <= b.x && a.x < b.x)) return null;
  const share = (x - a.x) / (b.x - a.x);
  const between = (from: number | null, to: number | null): number | null =>
    from === null || to === null ? null : from * (1 - share) + to * share;
  return { x, band: null, raw: between(a.raw, b.raw), smooth: between(a.smooth, b.smooth) };
}

function middleOf(bucket: Summary, axis: XAxisMode): number {
  const [from, to] = spanOf(bucket, hubAxis(axis.mode));
  return projectX(shownX(from / 2 + to / 2, axis), axis);
}

function openSpan(parts: readonly LiveBuckets[], axis: XAxisMode): Span | null {
  const ends = parts.flatMap(({ buckets }) => [buckets[0], buckets.at(-1)].filter((bucket) => bucket !== undefined));
  if (ends.length === 0) return null;
  const spans = ends.map((bucket) => spanOf(bucket, hubAxis(axis.mode)));
  const from = shownX(Math.min(...spans.map(([low]) => low)), axis);
  const to = shownX(Math.max(...spans.map(([, high]) => high)), axis);
  return from < to ? { from, to } : { from: from - 1, to: to + 1 };
}

interface Values {
  readonly means: readonly (number | null)[];
  readonly bands: readonly (readonly [number, number] | null)[];
}

function valuesOf(buckets: readonly Summary[], log: boolean): Values {
  if (!log) {
    return {
      means: buckets.map(meanOf),
      bands: buckets.map((bucket) => (countFinite(bucket) > 0 ? ([bucket.min, bucket.max] as const) : null)),
    };
  }
  const positive = buckets.filter((bucket) => countFinite(bucket) > 0 && bucket.max > 0);
  const lowOf = (bucket: Summary): number => (bucket.min > 0 ? bucket.min : (meanOf(bucket) ?? 0));
  const low = least(positive.map((bucket) => (lowOf(bucket) > 0 ? lowOf(bucket) : bucket.max)));
  return {
    means: buckets.map((bucket) => {
      const mean = meanOf(bucket);
      return mean !== null && mean > 0 ? Math.log10(mean) : null;
    }),
    bands: buckets.map((bucket) =>
      countFinite(bucket) > 0 && bucket.max > 0
        ? ([Math.log10(bucket.min > 0 ? bucket.min : low), Math.log10(bucket.max)] as const)
        : null,
    ),
  };
}

/** Mean of a bucket's finite values; null when it has none. Rounding does not carry it beyond the extremes. */
export function meanOf(bucket: Summary): number | null {
  const finite = countFinite(bucket);
  return finite === 0 ? null : Math.min(bucket.max, Math.max(bucket.min, bucket.sum / finite));
}

function edgesOf(
  bucket: Summary | undefined,
  beyond: ReturnType<typeof beyondOf> | undefined,
  x: number,
  log: boolean,
): EdgeMark[] {
  if (bucket === undefined) return [];
  const kinds: EdgeMark["kind"][] = [];
  if (bucket.nan > 0) kinds.push("nan");
  if (bucket.posInf > 0) kinds.push("high");
  if (bucket.negInf > 0 || (log && countFinite(bucket) > 0 && bucket.min <= 0)) kinds.push("low");
  if (beyond?.above) kinds.push("above");
  if (beyond?.below) kinds.push("below");
  return kinds.map((kind) => ({ x, kind }));
}

/** Index of the row that lies nearest to a place on the x axis; null when there is none. */
export function nearestRow(rows: readonly PlotRow[], x: number): number | null {
  if (rows.length === 0) return null;
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.x ?? 0) < x) low = middle + 1;
    else high = middle;
  }
  const before = rows[low - 1];
  const after = rows[low];
  if (before === undefined || after === undefined) return low;
  return x - before.x < after.x - x ? low - 1 : low;
}
