import type { Frame } from "@tailbone/protocol/frame";
import type { Axis, Buckets } from "@tailbone/protocol/http";
import { appendPoints, fromColumns } from "@tailbone/series/live-buckets";
import { type Points, type Summary, spanOf } from "@tailbone/series/summary";

/** Which x a chart shows: on an axis, in its unit (steps, or milliseconds since 1970); a missing end is open. */
export interface Range {
  readonly axis: Axis;
  readonly from: number | null;
  readonly to: number | null;
}

/** One series as it is known so far, on a range. */
export interface ChartView {
  readonly range: Range;
  readonly buckets: readonly Summary[];
  /** Points in the range, and in the whole series. */
  readonly points: number;
  readonly total: number;
  /** Largest x of the series on its axis, also where it lies beyond the range. */
  readonly newest: number | null;
  /** Largest step that was seen; null on the time axis before a point came live. */
  readonly lastStep: number | null;
}

/**
 * Buckets that a chart asks for, and the most it keeps while points are added live: beyond it neighbours are merged until about a
 * quarter is left, which still is more than a chart in a grid has pixels.
 */
export const SNAPSHOT_BUCKETS = 640;
const LIVE_BUCKETS = 2000;

/** A chart as a snapshot has it; a series that is not in the snapshot has no points yet. */
export function fromSnapshot(snapshot: Buckets["series"][number] | undefined, range: Range): ChartView {
  if (snapshot === undefined) return { range, buckets: [], points: 0, total: 0, newest: null, lastStep: null };
  const buckets = fromColumns(snapshot.buckets, range.axis);
  const end = buckets.at(-1);
  return {
    range,
    buckets,
    points: snapshot.points,
    total: snapshot.total,
    newest: end === undefined ? null : spanOf(end, range.axis)[1],
    lastStep: end === undefined || range.axis !== "step" ? null : end.stepTo,
  };
}

/** Adds points that came live, those beyond the range only to the counts. */
export function addPoints(view: ChartView, points: Points): ChartView {
  const { range } = view;
  const xs = range.axis === "step" ? points.steps : points.timesMs;
  const inside = pointsWithin(points, xs, range);
  const newest = xs.reduce((most, x) => Math.max(most, x), view.newest ?? Number.NEGATIVE_INFINITY);
  const lastStep = points.steps.reduce((most, step) => Math.max(most, step), view.lastStep ?? Number.NEGATIVE_INFINITY);
  return {
    range,
    buckets: inside.steps.length === 0 ? view.buckets : appendPoints(view.buckets, inside, range.axis, LIVE_BUCKETS),
    points: view.points + inside.steps.length,
    total: view.total + points.steps.length,
    newest,
    lastStep,
  };
}

function pointsWithin(points: Points, xs: Float64Array, { from, to }: Range): Points {
  if (from === null && to === null) return points;
  const isInside = (x: number): boolean => (from === null || x >= from) && (to === null || x <= to);
  if (xs.every(isInside)) return points;
  const pick = (column: Float64Array): Float64Array => column.filter((_, index) => isInside(xs[index] ?? Number.NaN));
  return { steps: pick(points.steps), timesMs: pick(points.timesMs), values: pick(points.values) };
}

/** The points of some frames by series, each in the order of arrival. */
export function collectPoints(
  frames: readonly Frame[],
  wants: (series: string) => boolean = () => true,
): Map<string, Points[]> {
  const bySeries = new Map<string, Points[]>();
  for (const { groups } of frames) {
    for (const { names, steps, timesMs, values } of groups) {
      for (const [index, name] of names.entries()) {
        const column = values[index];
        if (column === undefined || !wants(name)) continue;
        const part: Points = { steps, timesMs, values: column };
        const parts = bySeries.get(name);
        if (parts === undefined) bySeries.set(name, [part]);
        else parts.push(part);
      }
    }
  }
  return bySeries;
}
