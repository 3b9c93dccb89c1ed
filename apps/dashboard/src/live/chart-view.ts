import type { LiveFrame } from "@tailbone/client/stream";
import type { Buckets, SeriesLeg } from "@tailbone/protocol/http";
import { fromWireNumber } from "@tailbone/protocol/json";
import type { Unreadable } from "@tailbone/protocol/unreadable";
import type { Neighbour } from "@tailbone/series/buckets";
import { joinPoints } from "@tailbone/series/chunk";
import { appendPoints, fromColumns, type LiveBuckets, type OpenWindow } from "@tailbone/series/live-buckets";
import { type Points, spanOf } from "@tailbone/series/summary";

/**
 * Which x a chart shows: on a scale, in its axis' unit (steps, or milliseconds since 1970), in how many buckets at
 * most.
 */
export type Range = OpenWindow;

/**
 * The most buckets of a line, read or live: they are more than half as many, which is what a chart in a grid has
 * pixels.
 */
export const CHART_BUCKETS = 1000;

/** All steps of a run, evenly. */
export const ALL_STEPS: Range = {
  axis: "step",
  scale: "linear",
  origin: 0,
  from: null,
  to: null,
  buckets: CHART_BUCKETS,
};

/** What a resume has overwritten of one leg. */
interface AbandonedView extends LiveBuckets {
  readonly leg: number;
}

/**
 * One series as it is known so far, on a range: its buckets, how many points are in them, and the points next to the
 * range.
 */
export interface ChartView extends LiveBuckets {
  readonly range: Range;
  /** None: it has no points yet. */
  readonly legs: readonly SeriesLeg[];
  readonly abandoned: readonly AbandonedView[];
  /** Points in the whole series. */
  readonly total: number;
  /** Largest x of the series on its axis, also where it lies beyond the range. */
  readonly newest: number | null;
  /** Largest step that was seen; null on the time axis before a point came live. */
  readonly lastStep: number | null;
  /** What is stored of it and is not drawn, because it cannot be read. */
  readonly unreadable: readonly Unreadable[];
}

/** A chart as a snapshot has it; a series that is not in the snapshot has no points yet. */
export function fromSnapshot(snapshot: Buckets["series"][number] | undefined, range: Range): ChartView {
  if (snapshot === undefined) {
    const nothing: LiveBuckets = { window: range, buckets: [], count: 0, before: null, after: null };
    return { ...nothing, range, legs: [], abandoned: [], total: 0, newest: null, lastStep: null, unreadable: [] };
  }
  const toBuckets = (part: Pick<typeof snapshot, "points" | "before" | "after" | "buckets">): LiveBuckets => ({
    window: range,
    buckets: fromColumns(part.buckets, range.axis),
    count: part.points,
    before: fromWire(part.before),
    after: fromWire(part.after),
  });
  const line = toBuckets(snapshot);
  const end = line.buckets.at(-1);
  return {
    ...line,
    range,
    legs: snapshot.legs,
    abandoned: snapshot.abandoned.map((part) => ({ ...toBuckets(part), leg: part.leg })),
    total: snapshot.total,
    newest: end === undefined ? null : spanOf(end, range.axis)[1],
    lastStep: end === undefined || range.axis !== "step" ? null : end.stepTo,
    unreadable: snapshot.unreadable,
  };
}

const fromWire = (neighbour: Buckets["series"][number]["before"]): Neighbour | null =>
  neighbour === null ? null : { x: neighbour.x, value: fromWireNumber(neighbour.value) };

/** Points that came live, and which leg logged them. */
export interface LegPoints {
  readonly leg: number;
  readonly points: Points;
}

/**
 * Adds points that came live. Null: by these frames another part of the series may count than before (a leg goes back
 * over steps, or turns out to be written beside one that seemed to go on from it), or they hold what is overwritten
 * already: read it anew.
 */
export function addLive(
  view: ChartView,
  frames: readonly LiveFrame[],
  parts: readonly LegPoints[] | undefined,
): ChartView | null {
  const isUntied = view.legs.some(
    ({ leg, untilMs }) => untilMs !== null && frames.some((frame) => frame.leg === leg && frame.sealedAtMs > untilMs),
  );
  if (isUntied) return null;
  if (parts === undefined) return view;
  const legs = view.legs.length > 0 ? view.legs : firstLeg(parts);
  for (const { leg, points } of parts) {
    const known = legs.find((one) => one.leg === leg);
    if (known === undefined) return null;
    const { fromStep, cut, resumedAtMs } = known;
    if (resumedAtMs !== null && points.steps.some((step) => step < fromStep)) return null;
    if (cut !== null && points.steps.some((step) => step >= cut)) return null;
  }
  const grown = addPoints(view, joinPoints(parts.map(({ points }) => points)));
  return { ...grown, legs };
}

function firstLeg(parts: readonly LegPoints[]): SeriesLeg[] {
  return parts.slice(0, 1).map(({ leg, points }) => {
    const fromStep = points.steps.reduce((least, step) => Math.min(least, step), Number.POSITIVE_INFINITY);
    return { leg, fromStep, cut: null, resumedAtMs: null, untilMs: null };
  });
}

/** Adds points that came live, those beyond the range only to the counts and as neighbours. */
export function addPoints(view: ChartView, points: Points): ChartView {
  const xs = view.range.axis === "step" ? points.steps : points.timesMs;
  const newest = xs.reduce((most, x) => Math.max(most, x), view.newest ?? Number.NEGATIVE_INFINITY);
  const lastStep = points.steps.reduce((most, step) => Math.max(most, step), view.lastStep ?? Number.NEGATIVE_INFINITY);
  return {
    ...view,
    ...appendPoints(view, points),
    total: view.total + points.steps.length,
    newest,
    lastStep,
  };
}

/** The points of some frames by series, each in the order of arrival. */
export function collectPoints(
  frames: readonly LiveFrame[],
  wants: (series: string) => boolean = () => true,
): Map<string, LegPoints[]> {
  const bySeries = new Map<string, LegPoints[]>();
  for (const { leg, groups } of frames) {
    for (const { names, steps, timesMs, values } of groups) {
      for (const [index, name] of names.entries()) {
        const column = values[index];
        if (column === undefined || !wants(name)) continue;
        const part: LegPoints = { leg, points: { steps, timesMs, values: column } };
        const parts = bySeries.get(name);
        if (parts === undefined) bySeries.set(name, [part]);
        else parts.push(part);
      }
    }
  }
  return bySeries;
}
