import type { Outliers } from "@tailbone/protocol/page-state/views";
import { countFinite, type Summary } from "@tailbone/series/summary";
import type { Span } from "./axis";

/** Ends of a y axis that were chosen by hand, as values; null: the data's own. */
export interface YLimits {
  readonly from: number | null;
  readonly to: number | null;
}

/** Sets the y axis of one panel by hand; null: by its data. */
export type SetLimits = (panel: string, limits: YLimits | null, history: "push" | "replace") => void;

/** The smallest and the largest value of a mark, as places on the y axis. */
export type Band = readonly [low: number, high: number];

/**
 * At most this share of the marks is beyond the axis at each end, and one mark where they are few but enough to have a
 * middle.
 */
const TRIMMED = 0.02;
const FEWEST = 5;
/** What lies further from the middle of the data than this many times its height may be an outlier. */
const REACH = 3;
/** The same for a curve's beginning and end, where it starts from afar or begins to diverge. */
const REACH_AT_ENDS = 1000;
/** More neighbours than these are no outliers but a stretch of the curve. */
const LONGEST = 3;

/**
 * From the lowest to the highest place that the axis shows, for marks in the order of x; null where there are none. The
 * middle of the data is what is left between the marks' lows and highs when the extreme 2 % of either are taken away.
 * An outlier lies more than three times its height away from it, and at most two more lie beside it; at the beginning
 * and end of the curve it lies a thousand times its height away. So no single values flatten a chart, and no part of a
 * curve is taken for one.
 */
export function spanOfBands(bands: readonly Band[], outliers: Outliers): Span | null {
  if (bands.length === 0) return null;
  const lows = Float64Array.from(bands, ([low]) => low);
  const highs = Float64Array.from(bands, ([, high]) => high);
  const [sortedLows, sortedHighs] = [lows.toSorted(), highs.toSorted()];
  const [from, to] = [sortedLows[0] ?? 0, sortedHighs.at(-1) ?? 0];
  if (outliers === "shown" || bands.length < FEWEST) return { from, to };
  const trimmed = Math.max(1, Math.floor(bands.length * TRIMMED));
  const [low, high] = [sortedLows[trimmed] ?? from, sortedHighs.at(-1 - trimmed) ?? to];
  // Of a line that is flat but for outliers they are all there is to see.
  if (!(low < high)) return { from, to };
  return {
    from: -highestOf(
      lows.map((one) => -one),
      -low,
      high - low,
    ),
    to: highestOf(highs, high, high - low),
  };
}

/** The highest of some places that is no outlier above the middle of the data, which ends at `top`. */
function highestOf(places: Float64Array, top: number, height: number): number {
  const last = places.length - 1;
  let highest = top;
  let begin = 0;
  for (let index = 0; index <= last + 1; index++) {
    const place = places[index];
    if (place !== undefined && place > top + REACH * height) continue;
    // From `begin` up to here all lie far away.
    const isAtEnd = begin === 0 || index > last;
    const reach = index - begin > LONGEST ? Number.POSITIVE_INFINITY : isAtEnd ? REACH_AT_ENDS : 0;
    for (let far = begin; far < index; far++) {
      const one = places[far] ?? top;
      if (one <= top + reach * height) highest = Math.max(highest, one);
    }
    if (place !== undefined) highest = Math.max(highest, place);
    begin = index + 1;
  }
  return highest;
}

/** From the lowest beginning to the highest end. */
export function unionOf(spans: readonly (Span | null)[]): Span | null {
  return spans.reduce<Span | null>((joined, span) => {
    if (joined === null || span === null) return joined ?? span;
    return { from: Math.min(joined.from, span.from), to: Math.max(joined.to, span.to) };
  }, null);
}

/** Of so many lines of the same series a quarter may leave the others. */
const FEWEST_LINES = 5;

/**
 * The span of lines of the same series, of different runs. Where runs are many, some diverge: a line that has its
 * beginning among the others, and leaves what three quarters of them share by more than three times its height, goes on
 * beyond the axis. One that lies apart from them altogether does not.
 */
export function spanOfLines(spans: readonly Span[], outliers: Outliers): Span | null {
  if (outliers === "shown" || spans.length < FEWEST_LINES) return unionOf(spans);
  const quarter = Math.floor(spans.length / 4);
  const low = spans.map(({ from }) => from).sort((a, b) => a - b)[quarter] ?? 0;
  const high = spans.map(({ to }) => to).sort((a, b) => b - a)[quarter] ?? 0;
  const reach = REACH * (high - low);
  if (!(reach > 0)) return unionOf(spans);
  return unionOf(
    spans.map(({ from, to }) => ({
      from: from < low - reach && to > low ? low : from,
      to: to > high + reach && from < high ? high : to,
    })),
  );
}

const PADDING = 0.06;

/**
 * The y axis: the span of what is drawn with some room around it, or the limits as they were given. Places on the axis.
 */
export function rangeOfY(span: Span | null, limits: YLimits | null, log: boolean): Span {
  const own = pad(span);
  const placeOf = (limit: number | null): number | null =>
    limit === null || !log ? limit : limit > 0 ? Math.log10(limit) : null;
  const [from, to] = [placeOf(limits?.from ?? null), placeOf(limits?.to ?? null)];
  const range = { from: from ?? own.from, to: to ?? own.to };
  if (range.from < range.to) return range;
  // An end of the data's own that lies beyond the one that was given makes room for it.
  const room = own.to - own.from;
  return to === null ? { from: range.from, to: range.from + room } : { from: range.to - room, to: range.to };
}

function pad(span: Span | null): Span {
  if (span === null) return { from: 0, to: 1 };
  const size = span.to - span.from;
  const room = size > 0 ? size * PADDING : Math.abs(span.to) * 0.1 || 1;
  const [from, to] = [span.from - room, span.to + room];
  return Number.isFinite(to - from) ? { from, to } : span;
}

/** What of a chart, or of one of its marks, lies beyond an end of the y axis. */
export interface Beyond {
  /** How many points, at least: of a mark that crosses the edge only its extreme is known. */
  readonly points: number;
  readonly isExact: boolean;
  /** The value furthest away. */
  readonly value: number;
}

/**
 * What of a mark lies beyond the ends of the axis, which are values here. Infinities have marks of their own, and so
 * has what is not positive on a logarithmic axis.
 */
export function beyondOf(
  bucket: Summary,
  y: Span,
  log: boolean,
): { readonly above: Beyond | null; readonly below: Beyond | null } {
  const finite = countFinite(bucket);
  const beyond = (isAll: boolean, value: number): Beyond => ({
    points: isAll ? finite : 1,
    isExact: isAll || finite === 1,
    value,
  });
  return {
    above: finite > 0 && bucket.max > y.to ? beyond(bucket.min > y.to, bucket.max) : null,
    below:
      finite > 0 && bucket.min < y.from && (!log || bucket.min > 0) ? beyond(bucket.max < y.from, bucket.min) : null,
  };
}

/** All that lies beyond one end, taken together. */
export function sumBeyond(all: readonly (Beyond | null)[], furthest: (a: number, b: number) => number): Beyond | null {
  return all.reduce<Beyond | null>((sum, one) => {
    if (sum === null || one === null) return sum ?? one;
    return {
      points: sum.points + one.points,
      isExact: sum.isExact && one.isExact,
      value: furthest(sum.value, one.value),
    };
  }, null);
}
