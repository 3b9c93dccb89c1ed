import type { Axis } from "@tailbone/protocol/http";

/** Points of one series: three columns of equal length. */
export interface Points {
  readonly steps: Float64Array;
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
}

/**
 * What is known of a set of points without looking at them: enough to draw them as one mark and to merge them with
 * others. `min`, `max` and `sum` are over finite values (min > max: there are none); `first` and `last` go by step,
 * then by arrival.
 */
export interface Summary {
  readonly count: number;
  readonly nan: number;
  readonly posInf: number;
  readonly negInf: number;
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  readonly first: number;
  readonly last: number;
  readonly stepFrom: number;
  readonly stepTo: number;
  readonly timeFrom: number;
  readonly timeTo: number;
}

/** The smallest and largest x of a summary on an axis. */
export function spanOf(summary: Summary, axis: Axis): readonly [from: number, to: number] {
  return axis === "step" ? [summary.stepFrom, summary.stepTo] : [summary.timeFrom, summary.timeTo];
}

/**
 * Summarises the points `from` (inclusive) to `to` (exclusive), which are in the order of their steps, then of their
 * arrival. There must be at least one.
 */
export function summarise(points: Points, from = 0, to = points.steps.length): Summary {
  const { steps, timesMs, values } = points;
  let nan = 0;
  let posInf = 0;
  let negInf = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0;
  let timeFrom = Number.POSITIVE_INFINITY;
  let timeTo = Number.NEGATIVE_INFINITY;
  for (let index = from; index < to; index++) {
    const value = at(values, index);
    const time = at(timesMs, index);
    if (time < timeFrom) timeFrom = time;
    if (time > timeTo) timeTo = time;
    if (Number.isNaN(value)) nan++;
    else if (value === Number.POSITIVE_INFINITY) posInf++;
    else if (value === Number.NEGATIVE_INFINITY) negInf++;
    else {
      if (value < min) min = value;
      if (value > max) max = value;
      sum += value;
    }
  }
  return {
    count: to - from,
    nan,
    posInf,
    negInf,
    min,
    max,
    sum,
    first: at(values, from),
    last: at(values, to - 1),
    stepFrom: at(steps, from),
    stepTo: at(steps, to - 1),
    timeFrom,
    timeTo,
  };
}

/**
 * A summary of both sets; where their ends meet at the same x, `a` came before `b`. Associative but for the rounding of
 * `sum`.
 */
export function mergeSummaries(a: Summary, b: Summary, axis: Axis = "step"): Summary {
  const [aFrom, aTo] = spanOf(a, axis);
  const [bFrom, bTo] = spanOf(b, axis);
  return {
    count: a.count + b.count,
    nan: a.nan + b.nan,
    posInf: a.posInf + b.posInf,
    negInf: a.negInf + b.negInf,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    sum: a.sum + b.sum,
    first: aFrom <= bFrom ? a.first : b.first,
    last: bTo >= aTo ? b.last : a.last,
    stepFrom: Math.min(a.stepFrom, b.stepFrom),
    stepTo: Math.max(a.stepTo, b.stepTo),
    timeFrom: Math.min(a.timeFrom, b.timeFrom),
    timeTo: Math.max(a.timeTo, b.timeTo),
  };
}

/** The summary of no points at all, which merged with another is the other. */
export const NOTHING: Summary = {
  count: 0,
  nan: 0,
  posInf: 0,
  negInf: 0,
  min: Number.POSITIVE_INFINITY,
  max: Number.NEGATIVE_INFINITY,
  sum: 0,
  first: Number.NaN,
  last: Number.NaN,
  stepFrom: Number.POSITIVE_INFINITY,
  stepTo: Number.NEGATIVE_INFINITY,
  timeFrom: Number.POSITIVE_INFINITY,
  timeTo: Number.NEGATIVE_INFINITY,
};

/** Whether there may be points of which this is the summary: what is stored can be of another hand. */
export function isSound(summary: Summary): boolean {
  const { count, nan, posInf, negInf, stepFrom, stepTo, timeFrom, timeTo } = summary;
  if (!(count > 0 && nan >= 0 && posInf >= 0 && negInf >= 0 && countFinite(summary) >= 0)) return false;
  if (!(stepFrom <= stepTo && timeFrom <= timeTo)) return false;
  return (
    [count, nan, posInf, negInf].every(Number.isSafeInteger) &&
    [stepFrom, stepTo, timeFrom, timeTo].every(Number.isFinite)
  );
}

/** How many values of a summary are finite. */
export function countFinite(summary: Summary): number {
  return summary.count - summary.nan - summary.posInf - summary.negInf;
}

/** A summary as it is stored: this many floats, in this order. */
export const SUMMARY_FLOATS = 13;

export function writeSummary(summary: Summary, into: Float64Array, offset: number): void {
  into.set(
    [
      summary.count,
      summary.nan,
      summary.posInf,
      summary.negInf,
      summary.min,
      summary.max,
      summary.sum,
      summary.first,
      summary.last,
      summary.stepFrom,
      summary.stepTo,
      summary.timeFrom,
      summary.timeTo,
    ],
    offset,
  );
}

export function readSummary(from: Float64Array, offset: number): Summary {
  return {
    count: at(from, offset),
    nan: at(from, offset + 1),
    posInf: at(from, offset + 2),
    negInf: at(from, offset + 3),
    min: at(from, offset + 4),
    max: at(from, offset + 5),
    sum: at(from, offset + 6),
    first: at(from, offset + 7),
    last: at(from, offset + 8),
    stepFrom: at(from, offset + 9),
    stepTo: at(from, offset + 10),
    timeFrom: at(from, offset + 11),
    timeTo: at(from, offset + 12),
  };
}

/** An element that is known to be there. */
function at(array: Float64Array, index: number): number {
  return array[index] ?? Number.NaN;
}
