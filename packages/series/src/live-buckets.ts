import type { Axis, BucketColumns } from "@tailbone/protocol/http";
import { fromWireNumber } from "@tailbone/protocol/json";
import type { Neighbour } from "./buckets";
import { bucketWidth, cellOf, placeOf, type XScale } from "./scale";
import { mergeSummaries, type Points, type Summary, spanOf, summarise } from "./summary";

/** Buckets from the wire as summaries, so that live points can be added to them. */
export function fromColumns(columns: BucketColumns, axis: Axis): Summary[] {
  return columns.x.map((x, index) => {
    const xEnd = columns.xEnd[index] ?? x;
    const count = columns.count[index] ?? 0;
    const nan = columns.nan[index] ?? 0;
    const posInf = columns.posInf[index] ?? 0;
    const negInf = columns.negInf[index] ?? 0;
    const span = { stepFrom: Number.NaN, stepTo: Number.NaN, timeFrom: Number.NaN, timeTo: Number.NaN };
    return {
      ...span,
      ...(axis === "step" ? { stepFrom: x, stepTo: xEnd } : { timeFrom: x, timeTo: xEnd }),
      count,
      nan,
      posInf,
      negInf,
      min: columns.min[index] ?? Number.POSITIVE_INFINITY,
      max: columns.max[index] ?? Number.NEGATIVE_INFINITY,
      sum: (columns.mean[index] ?? 0) * (count - nan - posInf - negInf),
      first: fromWireNumber(columns.first[index] ?? "NaN"),
      last: fromWireNumber(columns.last[index] ?? "NaN"),
    };
  });
}

/** A window whose open ends (null) are those of the series, and go with it. */
export interface OpenWindow extends XScale {
  readonly from: number | null;
  readonly to: number | null;
  readonly buckets: number;
}

/** A series in a window, to which points are added as they come. */
export interface LiveBuckets {
  readonly window: OpenWindow;
  /** In the order of x. */
  readonly buckets: readonly Summary[];
  /** How many points are in them. */
  readonly count: number;
  readonly before: Neighbour | null;
  readonly after: Neighbour | null;
}

/**
 * Adds points in the order of their arrival. The outcome is what a `BucketGrid` of the same window makes of all the
 * points at once, those that were there and those that came: while they are no more than `window.buckets`, each x has a
 * bucket of its own, and beyond that the buckets get twice as wide whenever the range has outgrown them. What is given
 * is left as it is.
 */
export function appendPoints(live: LiveBuckets, points: Points): LiveBuckets {
  const { window } = live;
  const xs = window.axis === "step" ? points.steps : points.timesMs;
  let { before, after } = live;
  const inside: Summary[] = [];
  for (let index = 0; index < xs.length; index++) {
    const x = xs[index] ?? Number.NaN;
    const value = points.values[index] ?? Number.NaN;
    if (window.from !== null && x < window.from) {
      if (before === null || x >= before.x) before = { x, value };
    } else if (window.to !== null && x > window.to) {
      if (after === null || x < after.x) after = { x, value };
    } else inside.push(summarise(points, index, index + 1));
  }
  if (inside.length === 0) return { ...live, before, after };
  const count = live.count + inside.length;
  return { window, buckets: gather(live, inside, count), count, before, after };
}

function gather({ window, buckets, count: known }: LiveBuckets, added: readonly Summary[], count: number): Summary[] {
  const { axis } = window;
  const startOf = (bucket: Summary): number => spanOf(bucket, axis)[0];
  if (count <= window.buckets) {
    const grown = [...buckets];
    for (const point of added) insert(grown, point, startOf, axis);
    return grown;
  }
  const ends = endsOf([...buckets, ...added], window);
  const width = bucketWidth(...ends, window.buckets);
  const bucketOf = (piece: Summary): number => cellOf(placeOf(startOf(piece), window), width);
  const isAsWide = known > window.buckets && bucketWidth(...endsOf(buckets, window), window.buckets) === width;
  const grown = isAsWide ? [...buckets] : mergeEqual(buckets, bucketOf, axis);
  for (const point of added) insert(grown, point, bucketOf, axis);
  return grown;
}

/** The places at which the window begins and ends. */
function endsOf(pieces: readonly Summary[], window: OpenWindow): [low: number, high: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const piece of pieces) {
    const [from, to] = spanOf(piece, window.axis);
    low = Math.min(low, from);
    high = Math.max(high, to);
  }
  return [placeOf(window.from ?? low, window), placeOf(window.to ?? high, window)];
}

/** Merges neighbours that have the same key. */
function mergeEqual(buckets: readonly Summary[], keyOf: (piece: Summary) => number, axis: Axis): Summary[] {
  const merged: Summary[] = [];
  let openKey = Number.NaN;
  for (const bucket of buckets) {
    const open = merged.at(-1);
    const key = keyOf(bucket);
    if (open !== undefined && key === openKey) merged[merged.length - 1] = mergeSummaries(open, bucket, axis);
    else merged.push(bucket);
    openKey = key;
  }
  return merged;
}

/** Merges a point into the bucket that has its key, or puts it between two. Most points belong to the end. */
function insert(buckets: Summary[], point: Summary, keyOf: (piece: Summary) => number, axis: Axis): void {
  const key = keyOf(point);
  let low = 0;
  let high = buckets.length;
  let middle = Math.max(0, high - 1);
  while (low < high) {
    const found = buckets[middle];
    if (found === undefined || keyOf(found) <= key) low = middle + 1;
    else high = middle;
    middle = (low + high) >> 1;
  }
  const before = buckets[low - 1];
  if (before !== undefined && keyOf(before) === key) buckets[low - 1] = mergeSummaries(before, point, axis);
  else buckets.splice(low, 0, point);
}
