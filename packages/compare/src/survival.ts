import { normalQuantile } from "./distribution";

/** When a run's event came, or until when it is known not to have come (then it is censored). */
export interface Lifetime {
  readonly time: number;
  readonly happened: boolean;
}

/** An event as lives have it: after step `after` (null: before the first reading) and by step `by`. */
export interface Onset {
  readonly after: number | null;
  readonly by: number;
}

/**
 * A run's lifetime: of an event the step `by` which it was seen, never one at which it may not have happened yet. So
 * times are late by at most the distance of two checkpoints, alike in groups that are measured at the same steps; where
 * groups are measured at different steps, that difference is in their curves. Without an event the run is censored at
 * the last step at which it was looked for.
 */
export const lifetimeOf = (onset: Onset | null, lastStep: number): Lifetime =>
  onset === null ? { time: lastStep, happened: false } : { time: onset.by, happened: true };

/**
 * How the interval is found: on the survival itself, its logarithm (R's default), or log(-log), which stays in 0..1.
 */
export type Confidence = "plain" | "log" | "log-log";

export interface SurvivalRow {
  readonly time: number;
  readonly atRisk: number;
  readonly events: number;
  readonly censored: number;
  /** The share that lives on after this time. */
  readonly survival: number;
  /** By Greenwood (1926); null once none lives on, and so are `low` and `high`. */
  readonly standardError: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

type FindInterval = (survival: number, relative: number, z: number) => readonly [low: number, high: number];

/** `relative` is Greenwood's standard error divided by the survival. */
const INTERVALS: Record<Confidence, FindInterval> = {
  plain: (s, relative, z) => [Math.max(0, s - z * relative * s), Math.min(1, s + z * relative * s)],
  log: (s, relative, z) => [s * Math.exp(-z * relative), Math.min(1, s * Math.exp(z * relative))],
  "log-log": (s, relative, z) => {
    if (relative === 0) return [s, s];
    const spread = (z * relative) / Math.abs(Math.log(s));
    return [s ** Math.exp(spread), s ** Math.exp(-spread)];
  },
};

/**
 * Kaplan and Meier (1958): S(t) = product over event times u <= t of (1 - d / n), with the variance S^2 sum d / (n (n -
 * d)) and a 95 % interval as R's `survfit` with this `conf.type`. A run that is censored at a time is at risk at it. A
 * row for each time at which something happened or a run was last seen, in their order.
 */
export function kaplanMeier(lifetimes: readonly Lifetime[], confidence: Confidence = "log-log"): SurvivalRow[] {
  const z = normalQuantile(0.975);
  const times = [...new Set(lifetimes.map(({ time }) => time))].toSorted((a, b) => a - b);
  let survival = 1;
  let greenwood = 0;
  let atRisk = lifetimes.length;
  return times.map((time): SurvivalRow => {
    const here = lifetimes.filter((one) => one.time === time);
    const events = here.filter(({ happened }) => happened).length;
    const risked = atRisk;
    survival *= 1 - events / risked;
    greenwood += events / (risked * (risked - events));
    atRisk -= here.length;
    const counts = { time, atRisk: risked, events, censored: here.length - events, survival };
    if (survival === 0) return { ...counts, standardError: null, low: null, high: null };
    const relative = Math.sqrt(greenwood);
    const [low, high] = INTERVALS[confidence](survival, relative, z);
    return { ...counts, standardError: survival * relative, low, high };
  });
}

/** Null: not reached, or, of `high`, that it may never be. */
export interface MedianTime {
  readonly time: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * When half have had their event, with its 95 % interval: where the survival and its two bounds come down to one half
 * (Brookmeyer and Crowley 1982). Where the curve is at one half for a while, the middle of that while, as R has it.
 */
export function medianTime(rows: readonly SurvivalRow[]): MedianTime {
  return {
    time: reachesHalf(rows, ({ survival }) => survival),
    low: reachesHalf(rows, ({ low }) => low),
    high: reachesHalf(rows, ({ high }) => high),
  };
}

/** A bound that is not known, once none lives on, tells nothing: R leaves it out too. */
function reachesHalf(rows: readonly SurvivalRow[], of: (row: SurvivalRow) => number | null): number | null {
  const known = rows.filter((row) => row.events > 0 && of(row) !== null);
  const isHalf = (row: SurvivalRow): boolean => Math.abs((of(row) ?? Number.NaN) - 0.5) < 1e-9;
  const at = known.findIndex((row) => isHalf(row) || (of(row) ?? 1) < 0.5);
  const row = known[at];
  if (row === undefined) return null;
  const next = known[at + 1];
  return isHalf(row) && next !== undefined ? (row.time + next.time) / 2 : row.time;
}
