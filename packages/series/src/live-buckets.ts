import type { Axis, BucketColumns } from "@tailbone/protocol/http";
import { fromWireNumber } from "@tailbone/protocol/json";
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

/**
 * Adds points that arrived live to buckets that are in the order of the axis. When they become more than `most`, neighbours are
 * merged until about half are left, about equally wide: nothing is dropped, so every extreme and every count stays. A late point
 * joins the bucket it falls into, or stands between two. Returns new buckets; those given are left as they are.
 */
export function appendPoints(buckets: readonly Summary[], points: Points, axis: Axis, most: number): Summary[] {
  const grown = [...buckets];
  for (let index = 0; index < points.steps.length; index++) {
    const point = summarise(points, index, index + 1);
    const [x] = spanOf(point, axis);
    let position = grown.length;
    while (position > 0 && spanOf(grown[position - 1] ?? point, axis)[0] > x) position--;
    const before = grown[position - 1];
    if (before !== undefined && spanOf(before, axis)[1] >= x) grown[position - 1] = mergeSummaries(before, point, axis);
    else grown.splice(position, 0, point);
  }
  return grown.length > most ? thinOut(grown, axis, most) : grown;
}

/**
 * Merges neighbours as long as together they are no wider than four of `most` equal buckets. Two buckets of the outcome that follow
 * each other are wider than that, so about half of `most` are left at the most.
 */
function thinOut(buckets: readonly Summary[], axis: Axis, most: number): Summary[] {
  const low = Math.min(...buckets.map((bucket) => spanOf(bucket, axis)[0]));
  const high = Math.max(...buckets.map((bucket) => spanOf(bucket, axis)[1]));
  const width = most < 4 ? Number.POSITIVE_INFINITY : 4 * (high / most - low / most);
  const thin: Summary[] = [];
  for (const bucket of buckets) {
    const open = thin.at(-1);
    if (open !== undefined && spanOf(bucket, axis)[1] - spanOf(open, axis)[0] <= width) {
      thin[thin.length - 1] = mergeSummaries(open, bucket, axis);
    } else thin.push(bucket);
  }
  return thin;
}
