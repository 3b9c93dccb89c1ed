import { chiSquareAbove } from "./distribution";
import type { Lifetime } from "./survival";

export interface LogRank {
  /** Events of the first group, and how many there would have been had both the same hazard. */
  readonly observed: number;
  readonly expected: number;
  readonly chiSquare: number;
  readonly p: number;
  /** `permutation`: exact, over all ways to deal the runs to groups of these sizes; `chi-square`: for many events. */
  readonly method: "permutation" | "chi-square";
  /** What `p` could be at best, with so many runs; null where chi-square has no such bound. */
  readonly smallestP: number | null;
}

/** Below so many events in all the permutation decides. */
const FEW_EVENTS = 20;
/** More deals than this are not gone through. */
const MOST_DEALS = 200_000;

/**
 * The log-rank test between two groups (Mantel 1966): (O - E)^2 / V with the hypergeometric variance, as R's
 * `survdiff`. With few events its p-value is the share of all deals of the runs to the groups that are as far from what
 * was expected; two-sided. Null where there is nothing to test: no event, or a group without runs.
 */
export function logRank(first: readonly Lifetime[], second: readonly Lifetime[]): LogRank | null {
  const all = [...first, ...second];
  const times = [...new Set(all.flatMap(({ time, happened }) => (happened ? [time] : [])))];
  if (times.length === 0 || first.length === 0 || second.length === 0) return null;
  let [observed, expected, variance] = [0, 0, 0];
  for (const time of times) {
    const [n, n1] = [countAtRisk(all, time), countAtRisk(first, time)];
    const [d, d1] = [countEvents(all, time), countEvents(first, time)];
    observed += d1;
    expected += (d * n1) / n;
    if (n > 1) variance += (d * (n1 / n) * (1 - n1 / n) * (n - d)) / (n - 1);
  }
  const chiSquare = variance === 0 ? 0 : (observed - expected) ** 2 / variance;
  const found = { observed, expected, chiSquare };
  const events = all.filter(({ happened }) => happened).length;
  if (events >= FEW_EVENTS || deals(all.length, first.length) > MOST_DEALS) {
    return { ...found, p: chiSquareAbove(chiSquare, 1), method: "chi-square", smallestP: null };
  }
  return { ...found, ...dealAnew(all, first.length), method: "permutation" };
}

const countAtRisk = (group: readonly Lifetime[], time: number): number =>
  group.filter((one) => one.time >= time).length;
const countEvents = (group: readonly Lifetime[], time: number): number =>
  group.filter((one) => one.happened && one.time === time).length;

/** In how many ways `k` of `n` can be chosen. */
function deals(n: number, k: number): number {
  let ways = 1;
  for (let at = 1; at <= Math.min(k, n - k); at++) ways = (ways * (n - Math.min(k, n - k) + at)) / at;
  return Math.round(ways);
}

/**
 * O - E of a group is the sum of its runs' scores, 1 if the event happened less the cumulative hazard of all (Nelson
 * and Aalen) at the run's time: so each deal costs one sum.
 */
function dealAnew(all: readonly Lifetime[], size: number): { p: number; smallestP: number } {
  const events = all.filter(({ happened }) => happened);
  const scores = all.map(({ time, happened }) =>
    events.reduce(
      (score, one) => (one.time <= time ? score - 1 / countAtRisk(all, one.time) : score),
      happened ? 1 : 0,
    ),
  );
  const sums: number[] = [];
  const choose = (from: number, left: number, sum: number): void => {
    if (left === 0) sums.push(Math.abs(sum));
    else for (let at = from; at <= scores.length - left; at++) choose(at + 1, left - 1, sum + (scores[at] ?? 0));
  };
  choose(0, size, 0);
  const share = (least: number): number => sums.filter((sum) => sum >= least - 1e-9).length / sums.length;
  const [seen = 0] = sums;
  return { p: share(seen), smallestP: share(sums.reduce((most, sum) => Math.max(most, sum), 0)) };
}
