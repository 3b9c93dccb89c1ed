import { smooth } from "@tailbone/series/smoothing";
import { countFinite, type Summary, spanOf } from "@tailbone/series/summary";
import type { ChartView } from "../live/chart-view";
import { hubAxis, projectX, type Span, shownX, type XAxisMode } from "./axis";
import { type Tick, xTicks, yTicks } from "./ticks";
import type { Unit } from "./unit";

export interface PlotOptions {
  readonly x: XAxisMode;
  readonly logY: boolean;
  /** Weight of the moving average, from 0 (none) to 1. */
  readonly smoothing: number;
  /** Null: everything there is. */
  readonly window: Span | null;
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

/** A value that has no place on the y axis, and the edge at which it is marked. */
export interface EdgeMark {
  readonly x: number;
  readonly kind: "nan" | "high" | "low";
}

/** Everything of a chart that is drawn. */
export interface Plot {
  readonly rows: readonly PlotRow[];
  /** The bucket of each row. */
  readonly buckets: readonly Summary[];
  /** Some row stands for values that differ. */
  readonly hasBand: boolean;
  readonly edges: readonly EdgeMark[];
  readonly x: Span;
  readonly y: Span;
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
}

/**
 * Lays out a chart. Every finite extreme lies within `y`; NaN and infinities, and on a logarithmic axis what is not positive, are
 * marked at the edges. Null when there is nothing in the window.
 */
export function layOutPlot(view: ChartView, options: PlotOptions): Plot | null {
  const { x: axis, logY, smoothing, window, unit, ticks } = options;
  // While another axis is on its way, what is there cannot be drawn on it.
  if (view.range.axis !== hubAxis(axis.mode)) return null;
  const buckets = window === null ? view.buckets : view.buckets.filter((bucket) => isWithin(bucket, window, axis));
  const [first, last] = [buckets[0], buckets.at(-1)];
  if (first === undefined || last === undefined) return null;

  const values = valuesOf(buckets, logY);
  const smoothed = smoothing > 0 ? smooth(values.means, smoothing) : null;
  const rows: PlotRow[] = buckets.map((bucket, index) => ({
    x: middleOf(bucket, axis),
    band: values.bands[index] ?? null,
    raw: values.means[index] ?? null,
    smooth: smoothed?.[index] ?? null,
  }));
  const span = window ?? openSpan(first, last, axis);
  const y = pad(values.low, values.high);
  return {
    rows,
    buckets,
    hasBand: rows.some(({ band }) => band !== null && band[0] < band[1]),
    edges: rows.flatMap(({ x }, index) => edgesOf(buckets[index], x, logY)),
    x: { from: projectX(span.from, axis), to: projectX(span.to, axis) },
    y,
    xTicks: xTicks(span, axis, ticks.x),
    yTicks: yTicks(y, logY, ticks.y, unit),
  };
}

function isWithin(bucket: Summary, { from, to }: Span, axis: XAxisMode): boolean {
  const [low, high] = spanOf(bucket, hubAxis(axis.mode));
  return shownX(high, axis) >= from && shownX(low, axis) <= to;
}

function middleOf(bucket: Summary, axis: XAxisMode): number {
  const [from, to] = spanOf(bucket, hubAxis(axis.mode));
  return projectX(shownX(from / 2 + to / 2, axis), axis);
}

function openSpan(first: Summary, last: Summary, axis: XAxisMode): Span {
  const from = shownX(spanOf(first, hubAxis(axis.mode))[0], axis);
  const to = shownX(spanOf(last, hubAxis(axis.mode))[1], axis);
  return from < to ? { from, to } : { from: from - 1, to: to + 1 };
}

interface Values {
  readonly means: readonly (number | null)[];
  readonly bands: readonly (readonly [number, number] | null)[];
  readonly low: number;
  readonly high: number;
}

function valuesOf(buckets: readonly Summary[], log: boolean): Values {
  const finite = buckets.filter((bucket) => countFinite(bucket) > 0);
  if (!log) {
    return {
      means: buckets.map(meanOf),
      bands: buckets.map((bucket) => (countFinite(bucket) > 0 ? ([bucket.min, bucket.max] as const) : null)),
      low: finite.reduce((least, { min }) => Math.min(least, min), Number.POSITIVE_INFINITY),
      high: finite.reduce((most, { max }) => Math.max(most, max), Number.NEGATIVE_INFINITY),
    };
  }
  const positive = finite.filter(({ max }) => max > 0);
  const least = (bucket: Summary): number => (bucket.min > 0 ? bucket.min : (meanOf(bucket) ?? 0));
  const low = positive.reduce(
    (smallest, bucket) => Math.min(smallest, least(bucket) > 0 ? least(bucket) : bucket.max),
    Number.POSITIVE_INFINITY,
  );
  const high = positive.reduce((most, { max }) => Math.max(most, max), Number.NEGATIVE_INFINITY);
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
    low: Math.log10(low),
    high: Math.log10(high),
  };
}

/** Mean of a bucket's finite values; null when it has none. Rounding does not carry it beyond the extremes. */
export function meanOf(bucket: Summary): number | null {
  const finite = countFinite(bucket);
  return finite === 0 ? null : Math.min(bucket.max, Math.max(bucket.min, bucket.sum / finite));
}

function edgesOf(bucket: Summary | undefined, x: number, log: boolean): EdgeMark[] {
  if (bucket === undefined) return [];
  const kinds: EdgeMark["kind"][] = [];
  if (bucket.nan > 0) kinds.push("nan");
  if (bucket.posInf > 0) kinds.push("high");
  if (bucket.negInf > 0 || (log && countFinite(bucket) > 0 && bucket.min <= 0)) kinds.push("low");
  return kinds.map((kind) => ({ x, kind }));
}

const PADDING = 0.06;

function pad(low: number, high: number): Span {
  if (!(low <= high)) return { from: 0, to: 1 };
  const size = high - low;
  const room = size > 0 ? size * PADDING : Math.abs(high) * 0.1 || 1;
  const [from, to] = [low - room, high + room];
  return Number.isFinite(to - from) ? { from, to } : { from: low, to: high };
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
