import type { Frame } from "@tailbone/protocol/frame";
import type { Buckets } from "@tailbone/protocol/http";
import { fromWireNumber } from "@tailbone/protocol/json";
import type { Neighbour } from "@tailbone/series/buckets";
import { appendPoints, fromColumns, type LiveBuckets } from "@tailbone/series/live-buckets";
import type { XScale } from "@tailbone/series/scale";
import { type Points, spanOf } from "@tailbone/series/summary";

/** Which x a chart shows: on a scale, in its axis' unit (steps, or milliseconds since 1970); a missing end is open. */
export interface Range extends XScale {
  readonly from: number | null;
  readonly to: number | null;
}

/** All steps of a run, evenly. */
export const ALL_STEPS: Range = { axis: "step", scale: "linear", origin: 0, from: null, to: null };

/** One series as it is known so far, on a range: its buckets, how many points are in them, and the points next to the range. */
export interface ChartView extends LiveBuckets {
  readonly range: Range;
  /** Points in the whole series. */
  readonly total: number;
  /** Largest x of the series on its axis, also where it lies beyond the range. */
  readonly newest: number | null;
  /** Largest step that was seen; null on the time axis before a point came live. */
  readonly lastStep: number | null;
}

/** The most buckets of a chart, read or live: they are more than half as many, which is what a chart in a grid has pixels. */
export const CHART_BUCKETS = 1000;

/** A chart as a snapshot has it; a series that is not in the snapshot has no points yet. */
export function fromSnapshot(snapshot: Buckets["series"][number] | undefined, range: Range): ChartView {
  const window = { ...range, buckets: CHART_BUCKETS };
  if (snapshot === undefined) {
    const nothing: LiveBuckets = { window, buckets: [], count: 0, before: null, after: null };
    return { ...nothing, range, total: 0, newest: null, lastStep: null };
  }
  const buckets = fromColumns(snapshot.buckets, range.axis);
  const end = buckets.at(-1);
  return {
    window,
    buckets,
    count: snapshot.points,
    before: fromWire(snapshot.before),
    after: fromWire(snapshot.after),
    range,
    total: snapshot.total,
    newest: end === undefined ? null : spanOf(end, range.axis)[1],
    lastStep: end === undefined || range.axis !== "step" ? null : end.stepTo,
  };
}

const fromWire = (neighbour: Buckets["series"][number]["before"]): Neighbour | null =>
  neighbour === null ? null : { x: neighbour.x, value: fromWireNumber(neighbour.value) };

/** Adds points that came live, those beyond the range only to the counts and as neighbours. */
export function addPoints(view: ChartView, points: Points): ChartView {
  const xs = view.range.axis === "step" ? points.steps : points.timesMs;
  const newest = xs.reduce((most, x) => Math.max(most, x), view.newest ?? Number.NEGATIVE_INFINITY);
  const lastStep = points.steps.reduce((most, step) => Math.max(most, step), view.lastStep ?? Number.NEGATIVE_INFINITY);
  return {
    ...appendPoints(view, points),
    range: view.range,
    total: view.total + points.steps.length,
    newest,
    lastStep,
  };
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
