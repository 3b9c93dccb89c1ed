import type { Axis, BucketColumns } from "@tailbone/protocol/http";
import { toWireNumber } from "@tailbone/protocol/json";
import { TILE_POINTS } from "./chunk";
import { bucketWidth, cellOf, placeOf, type XScale } from "./scale";
import { countFinite, mergeSummaries, type Points, type Summary, spanOf, summarise } from "./summary";

/** What to draw: x from `from` to `to` (both inclusive) on a scale, in at most `buckets` marks. */
export interface Window extends XScale {
  readonly from: number;
  readonly to: number;
  readonly buckets: number;
}

/** The point next to a window, on either side: the line is drawn towards it. */
export interface Neighbour {
  readonly x: number;
  readonly value: number;
}

/**
 * A stored summary that reaches over the border of two buckets stands for its points as a whole only where that cannot
 * be seen: when its span is at most this share of a bucket's width, so that it is drawn less than a quarter of a bucket
 * from where its points are. Of a summary of fewer points than a tile has, each is put where it belongs: what was
 * stored by itself a moment ago, and came live to whoever watches, is drawn alike by both.
 */
const WHOLE_SHARE = 1 / 4;

export type Use = "skip" | "whole" | "descend";

/**
 * A bucket that is being filled; on the time axis, where times are equal, the steps of its first and last point decide.
 */
type Open = { -readonly [Key in keyof Summary]: Summary[Key] } & { firstStep: number; lastStep: number };

/**
 * Gathers points and summaries into at most `window.buckets` buckets, even on the window's scale (`bucketWidth`). What
 * is added must be in the order of arrival. Every point of the window is in exactly one bucket, so extremes, NaNs,
 * infinities and counts are kept as they are. Where there are no more points than buckets, each x has a bucket of its
 * own. `first` and `last` go by x, then by step, then by arrival.
 */
export class BucketGrid {
  readonly #window: Window;
  readonly #grid: (Open | undefined)[];
  /** The points one by one, as long as they are few. */
  #few: Summary[] | null = [];
  #count = 0;
  #coarse = false;
  #before: Neighbour | null = null;
  #after: Neighbour | null = null;
  readonly #width: number;
  readonly #first: number;

  constructor(window: Window) {
    this.#window = window;
    this.#grid = new Array(window.buckets);
    const low = placeOf(window.from, window);
    this.#width = bucketWidth(low, placeOf(window.to, window), window.buckets);
    this.#first = cellOf(low, this.#width);
  }

  /** The nearest of the points that were added before the window; where several share its x, the last. */
  get before(): Neighbour | null {
    return this.#before;
  }

  /** The nearest of the points that were added after the window; where several share its x, the first. */
  get after(): Neighbour | null {
    return this.#after;
  }

  /** Whether a summary lies outside the window, may be used as it is, or must be resolved into finer ones. */
  useOf(summary: Summary): Use {
    const window = this.#window;
    const [from, to] = spanOf(summary, window.axis);
    if (to < window.from || from > window.to) return "skip";
    if (from < window.from || to > window.to) return "descend";
    const [low, high] = [placeOf(from, window), placeOf(to, window)];
    if (from === to || (summary.count >= TILE_POINTS && high - low <= this.#width * WHOLE_SHARE)) return "whole";
    return cellOf(low, this.#width) === cellOf(high, this.#width) ? "whole" : "descend";
  }

  #bucketOf(x: number): number {
    return cellOf(placeOf(x, this.#window), this.#width) - this.#first;
  }

  /** How many points of the window were added. */
  get count(): number {
    return this.#count;
  }

  /**
   * True when the points are so few that each is to be seen, but some were added as a summary: add all of them anew as
   * points.
   */
  get tooCoarse(): boolean {
    return this.#coarse && this.#few !== null;
  }

  /** Adds a summary of which `useOf` says that it may be used whole. */
  addSummary(summary: Summary): void {
    const { axis } = this.#window;
    const [from, to] = spanOf(summary, axis);
    if (from !== to) this.#coarse = true;
    this.#keep(summary);
    const bucket = this.#bucketOf(from);
    const open = this.#grid[bucket];
    if (open === undefined) this.#grid[bucket] = openBucket(summary);
    else widen(open, summary, axis);
  }

  /**
   * Adds those of the points `from` to `to` of a chunk that are in the window; of the others, those next to it are kept
   * in mind.
   */
  addPoints(points: Points, from = 0, to = points.steps.length): void {
    const { axis } = this.#window;
    const xs = axis === "step" ? points.steps : points.timesMs;
    for (let index = from; index < to; index++) {
      const x = xs[index] ?? Number.NaN;
      if (x < this.#window.from) {
        if (!(this.#before !== null && this.#before.x > x))
          this.#before = { x, value: points.values[index] ?? Number.NaN };
        continue;
      }
      if (x > this.#window.to) {
        if (!(this.#after !== null && this.#after.x <= x))
          this.#after = { x, value: points.values[index] ?? Number.NaN };
        continue;
      }
      if (this.#few !== null) this.#keep(summarise(points, index, index + 1));
      else this.#count++;
      const bucket = this.#bucketOf(x);
      const open = this.#grid[bucket];
      if (open === undefined) this.#grid[bucket] = openBucket(summarise(points, index, index + 1));
      else widenByPoint(open, axis, points, index);
    }
  }

  #keep(piece: Summary): void {
    this.#count += piece.count;
    if (this.#count > this.#window.buckets) this.#few = null;
    else this.#few?.push(piece);
  }

  toColumns(): BucketColumns {
    const { axis } = this.#window;
    return toColumns(
      this.#few === null ? this.#grid.filter((one) => one !== undefined) : oneForEachX(this.#few, axis),
      axis,
    );
  }
}

function openBucket(summary: Summary): Open {
  return { ...summary, firstStep: summary.stepFrom, lastStep: summary.stepTo };
}

/** Adds a summary of which the first and last point (by step) are also first and last on the axis. */
function widen(open: Open, piece: Summary, axis: Axis): void {
  const [openFrom, openTo] = spanOf(open, axis);
  const [from, to] = spanOf(piece, axis);
  if ((from - openFrom || piece.stepFrom - open.firstStep) < 0) {
    open.first = piece.first;
    open.firstStep = piece.stepFrom;
  }
  if ((to - openTo || piece.stepTo - open.lastStep) >= 0) {
    open.last = piece.last;
    open.lastStep = piece.stepTo;
  }
  open.stepFrom = Math.min(open.stepFrom, piece.stepFrom);
  open.stepTo = Math.max(open.stepTo, piece.stepTo);
  open.timeFrom = Math.min(open.timeFrom, piece.timeFrom);
  open.timeTo = Math.max(open.timeTo, piece.timeTo);
  open.count += piece.count;
  open.nan += piece.nan;
  open.posInf += piece.posInf;
  open.negInf += piece.negInf;
  open.min = Math.min(open.min, piece.min);
  open.max = Math.max(open.max, piece.max);
  open.sum += piece.sum;
}

/** The same for one point, without an object in between: a chart may read a million of them. */
function widenByPoint(open: Open, axis: Axis, points: Points, index: number): void {
  const step = points.steps[index] ?? Number.NaN;
  const time = points.timesMs[index] ?? Number.NaN;
  const value = points.values[index] ?? Number.NaN;
  const before = axis === "time" ? time - open.timeFrom || step - open.firstStep : step - open.stepFrom;
  const after = axis === "time" ? time - open.timeTo || step - open.lastStep : step - open.stepTo;
  if (before < 0) {
    open.first = value;
    open.firstStep = step;
  }
  if (after >= 0) {
    open.last = value;
    open.lastStep = step;
  }
  if (step < open.stepFrom) open.stepFrom = step;
  if (step > open.stepTo) open.stepTo = step;
  if (time < open.timeFrom) open.timeFrom = time;
  if (time > open.timeTo) open.timeTo = time;
  open.count++;
  if (Number.isNaN(value)) open.nan++;
  else if (value === Number.POSITIVE_INFINITY) open.posInf++;
  else if (value === Number.NEGATIVE_INFINITY) open.negInf++;
  else {
    if (value < open.min) open.min = value;
    if (value > open.max) open.max = value;
    open.sum += value;
  }
}

function oneForEachX(points: readonly Summary[], axis: Axis): Summary[] {
  const fromOf = (point: Summary): number => spanOf(point, axis)[0];
  const filled: Summary[] = [];
  for (const point of points.toSorted((a, b) => fromOf(a) - fromOf(b) || a.stepFrom - b.stepFrom)) {
    const open = filled.at(-1);
    if (open !== undefined && fromOf(open) === fromOf(point)) {
      filled[filled.length - 1] = mergeSummaries(open, point, axis);
    } else filled.push(point);
  }
  return filled;
}

/** Summaries as the columns of the wire. */
export function toColumns(summaries: readonly Summary[], axis: Axis): BucketColumns {
  return {
    x: summaries.map((one) => spanOf(one, axis)[0]),
    xEnd: summaries.map((one) => spanOf(one, axis)[1]),
    first: summaries.map((one) => toWireNumber(one.first)),
    min: summaries.map((one) => (countFinite(one) > 0 ? one.min : null)),
    max: summaries.map((one) => (countFinite(one) > 0 ? one.max : null)),
    last: summaries.map((one) => toWireNumber(one.last)),
    mean: summaries.map((one) => {
      const finite = countFinite(one);
      // Rounding must not carry it beyond the extremes.
      return finite > 0 ? Math.min(one.max, Math.max(one.min, one.sum / finite)) : null;
    }),
    count: summaries.map((one) => one.count),
    nan: summaries.map((one) => one.nan),
    posInf: summaries.map((one) => one.posInf),
    negInf: summaries.map((one) => one.negInf),
  };
}
