import type { Outliers } from "@tailbone/protocol/page-state/views";
import type { Neighbour } from "@tailbone/series/buckets";
import type { LiveBuckets } from "@tailbone/series/live-buckets";
import { smooth } from "@tailbone/series/smoothing";
import { countFinite, type Summary, spanOf, summarise } from "@tailbone/series/summary";
import { hubAxis, projectX, type Span, shownX, type XAxisMode } from "./axis";
import { type Band, spanOfBands } from "./y-range";

/** One mark: where it lies, its extremes, its mean, and its mean smoothed. In coordinates that are linear in pixels. */
export interface PlotRow {
  readonly x: number;
  readonly band: Band | null;
  readonly raw: number | null;
  readonly smooth: number | null;
}

/**
 * A value that has no place on the y axis, or lies beyond its end (`above`, `below`), and the edge at which it is
 * marked.
 */
export interface EdgeMark {
  readonly x: number;
  readonly kind: "nan" | "high" | "low" | "above" | "below";
}

/** What is drawn of a line but for the y axis, which is all lines': a part that counts, or one that was abandoned. */
export interface LaidPart {
  readonly rows: readonly PlotRow[];
  /**
   * Where the line comes into the window and where it leaves it, at its borders: on the way to the points next to it.
   */
  readonly enters: PlotRow | null;
  readonly leaves: PlotRow | null;
  /** The bucket of each row. */
  readonly buckets: readonly Summary[];
  /** Some row stands for values that differ. */
  readonly hasBand: boolean;
  /** What the y axis is to reach to; null: nothing of it has a place there. */
  readonly span: Span | null;
  /** The smallest and the largest finite value; null: there are none. */
  readonly extremes: Span | null;
  /** NaN, infinities, and on a logarithmic axis what is not positive. */
  readonly placeless: readonly EdgeMark[];
}

export interface PartOptions {
  readonly x: XAxisMode;
  readonly logY: boolean;
  /** Weight of the moving average, from 0 (none) to 1. */
  readonly smoothing: number;
  /** Null: everything there is. */
  readonly window: Span | null;
  readonly outliers: Outliers;
}

const known = new WeakMap<LiveBuckets, { readonly key: string; readonly part: LaidPart }>();

/**
 * Lays a part out, once for as long as it stays what it is: of a hundred lines only those that have grown cost
 * anything.
 */
export function layOutPart(view: LiveBuckets, options: PartOptions): LaidPart {
  const { x, logY, smoothing, window, outliers } = options;
  const key = [x.mode, x.log, x.originMs, logY, smoothing, window?.from, window?.to, outliers].join(" ");
  const before = known.get(view);
  if (before?.key === key) return before.part;
  const part = layOut(view, options);
  known.set(view, { key, part });
  return part;
}

function layOut(view: LiveBuckets, { x, logY, smoothing, window, outliers }: PartOptions): LaidPart {
  const { inside: buckets, before, after } = cut(view, window, x);
  const around = [...before, ...buckets, ...after];
  const values = valuesOf(around, logY);
  const smoothed = smoothing > 0 ? smooth(values.means, smoothing) : null;
  const all: PlotRow[] = around.map((bucket, index) => ({
    x: middleOf(bucket, x),
    band: values.bands[index] ?? null,
    raw: values.means[index] ?? null,
    smooth: smoothed?.[index] ?? null,
  }));
  const rows = all.slice(before.length, before.length + buckets.length);
  const border = (end: number | undefined): number => (end === undefined ? Number.NaN : projectX(end, x));
  const enters = before.length === 0 ? null : crossing(all[0], all[1], border(window?.from));
  const leaves = after.length === 0 ? null : crossing(all.at(-2), all.at(-1), border(window?.to));
  const bands = [enters, ...rows, leaves].flatMap((row) => bandOf(row) ?? []);
  return {
    rows,
    enters,
    leaves,
    buckets,
    hasBand: rows.some(({ band }) => band !== null && band[0] < band[1]),
    span: spanOfBands(bands, outliers),
    extremes: extremesOf(buckets),
    placeless: buckets.flatMap((bucket, index) => placelessOf(bucket, rows[index]?.x ?? 0, logY)),
  };
}

export const isDrawn = ({ rows, enters }: LaidPart): boolean => rows.length > 0 || enters !== null;

/** The extremes of a row, or where its line crosses a border. In a list, to be left out where there are none. */
function bandOf(row: PlotRow | null): [Band] | null {
  if (row?.band) return [row.band];
  return row === null || row.raw === null ? null : [[row.raw, row.raw]];
}

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

interface Values {
  readonly means: readonly (number | null)[];
  readonly bands: readonly (Band | null)[];
}

const least = (values: readonly number[]): number =>
  values.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY);

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

function extremesOf(buckets: readonly Summary[]): Span | null {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { min, max } of buckets) {
    if (min < from) from = min;
    if (max > to) to = max;
  }
  return from <= to ? { from, to } : null;
}

function placelessOf(bucket: Summary, x: number, log: boolean): EdgeMark[] {
  const marks: EdgeMark[] = [];
  if (bucket.nan > 0) marks.push({ x, kind: "nan" });
  if (bucket.posInf > 0) marks.push({ x, kind: "high" });
  if (bucket.negInf > 0 || (log && countFinite(bucket) > 0 && bucket.min <= 0)) marks.push({ x, kind: "low" });
  return marks;
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
