import { aggregate, MANY } from "./band";
import { bootstrapInterval, type Interval, pooled } from "./bootstrap";
import { ascending, CENTRES, deviationOf } from "./centre";
import { tQuantile } from "./distribution";
import { gather } from "./group";

/** One run's value; `pair`: what it may be paired by, such as its seed. */
export interface Paired {
  readonly value: number;
  readonly pair?: string;
}

export interface Difference {
  /** Of the group less the baseline. */
  readonly value: number;
  /** 95 %; null where so few runs have none. */
  readonly interval: Interval | null;
  readonly method: "paired-t" | "welch" | "bootstrap" | "paired-bootstrap";
  /** Pairs, or null: the runs don't pair. */
  readonly pairs: number | null;
  readonly n: readonly [group: number, baseline: number];
}

/**
 * How much a group differs from its baseline at one x, with a 95 % interval. Paired where every run has a key of its
 * own and those of the smaller side all have their like on the other: runs without their like are then left out. Below
 * ten: paired t, or Welch's t (1947) for two groups; from ten on of interquartile means, by the bootstrap of the pairs
 * or of each group. Values that are not finite are left out first. Null where a side has none.
 */
export function differ(group: readonly Paired[], baseline: readonly Paired[], seed: number): Difference | null {
  const [ours, theirs] = [finite(group), finite(baseline)];
  if (ours.length === 0 || theirs.length === 0) return null;
  const pairs = pairUp(ours, theirs);
  if (pairs !== null) {
    const found = aggregate(
      pairs.map(([a, b]) => ({ value: a - b })),
      { centre: "usual", band: "interval", seed },
    );
    if (found === null) return null;
    const method = pairs.length < MANY ? "paired-t" : "paired-bootstrap";
    return { value: found.centre, interval: found.band, method, pairs: pairs.length, n: [pairs.length, pairs.length] };
  }
  const [a, b] = [ascending(ours.map(({ value }) => value)), ascending(theirs.map(({ value }) => value))];
  const n = [a.length, b.length] as const;
  if (Math.min(...n) < MANY) return { ...welch(a, b), method: "welch", pairs: null, n };
  const interval = bootstrapInterval(
    [a, b],
    ([drawnA = new Float64Array(), drawnB = new Float64Array()]) =>
      CENTRES.iqm(pooled([drawnA])) - CENTRES.iqm(pooled([drawnB])),
    { seed, resamples: 2000, percentiles: "expanded" },
  );
  return { value: CENTRES.iqm(a) - CENTRES.iqm(b), interval, method: "bootstrap", pairs: null, n };
}

const finite = (runs: readonly Paired[]): Paired[] => runs.filter(({ value }) => Number.isFinite(value));

/** Pairs of values, or null where the sides don't pair: a key is missing or there twice, or has no like. */
function pairUp(group: readonly Paired[], baseline: readonly Paired[]): (readonly [number, number])[] | null {
  const [ours, theirs] = [byPair(group), byPair(baseline)];
  if (ours === null || theirs === null) return null;
  const pairs = [...ours].flatMap(([pair, value]) => {
    const other = theirs.get(pair);
    return other === undefined ? [] : [[value, other] as const];
  });
  return pairs.length >= 2 && pairs.length === Math.min(ours.size, theirs.size) ? pairs : null;
}

function byPair(runs: readonly Paired[]): Map<string, number> | null {
  if (runs.some(({ pair }) => pair === undefined)) return null;
  const gathered = gather(runs, ({ pair }) => pair ?? "");
  return gathered.size < runs.length ? null : new Map(runs.map(({ pair, value }) => [pair ?? "", value]));
}

/** Difference of means with unequal variances, degrees of freedom by Welch and Satterthwaite. */
function welch(a: readonly number[], b: readonly number[]): { value: number; interval: Interval | null } {
  const value = CENTRES.mean(a) - CENTRES.mean(b);
  const [deviationA, deviationB] = [deviationOf(a), deviationOf(b)];
  if (deviationA === null || deviationB === null) return { value, interval: null };
  const [varA, varB] = [deviationA ** 2 / a.length, deviationB ** 2 / b.length];
  const sum = varA + varB;
  if (sum === 0) return { value, interval: { low: value, high: value } };
  const df = sum ** 2 / (varA ** 2 / (a.length - 1) + varB ** 2 / (b.length - 1));
  const half = tQuantile(0.975, df) * Math.sqrt(sum);
  return { value, interval: { low: value - half, high: value + half } };
}

/**
 * P(X > Y) + P(X = Y) / 2 over all pairs of a run of one and of the other: Mann and Whitney's U over m n, and rliable's
 * probability of improvement (Agarwal et al. 2021) for one task.
 */
export function probabilityAbove(group: readonly number[], baseline: readonly number[]): number | null {
  if (group.length === 0 || baseline.length === 0) return null;
  let above = 0;
  for (const x of group) for (const y of baseline) above += x > y ? 1 : x === y ? 0.5 : 0;
  return above / (group.length * baseline.length);
}

/** What may be claimed of a difference, and what not. */
export function sayDifference({ interval, n }: Difference): string {
  const runs = `${n[0]} and ${n[1]} runs`;
  if (interval === null) return `Nothing can be told with ${runs}: a difference needs two of each at least.`;
  if (interval.low > 0) return `With ${runs}, the group lies above its baseline.`;
  if (interval.high < 0) return `With ${runs}, the group lies below its baseline.`;
  return `With ${runs}, no difference is shown. That does not show that there is none: all in the interval is possible.`;
}
