import { quantile } from "./centre";
import { normalBelow, tQuantile } from "./distribution";
import { seededRandom } from "./random";

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  readonly seed: number;
  readonly resamples: number;
  /**
   * `plain`: between the 2.5th and the 97.5th percentile, as rliable. `expanded`: between percentiles that are further
   * out by what the bootstrap is too narrow for few values.
   */
  readonly percentiles: "plain" | "expanded";
}

/**
 * 95 % interval of a statistic by the stratified percentile bootstrap: values are drawn again within each stratum, as
 * rliable draws runs within each task (Agarwal et al. 2021). `statistic` gets the drawn values of each stratum, each in
 * ascending order; so must `strata` be. Null where no stratum has two values.
 *
 * The plain percentile interval is too narrow for few values, not least because it has a normal's tails where Student's
 * belong. `expanded` moves them out to a' / 2 = Phi(-t(.975, n - s)) for `s` strata: the part for t of the correction
 * by Hesterberg 2015 (The American Statistician 69:371, section 5.3). His other part, sqrt(n / (n - 1)), is for a mean;
 * with it the interval of an interquartile mean of ten normal values covers 97 %.
 */
export function bootstrapInterval(
  strata: readonly (readonly number[])[],
  statistic: (drawn: readonly Float64Array[]) => number,
  { seed, resamples, percentiles }: BootstrapOptions,
): Interval | null {
  const n = strata.reduce((sum, { length }) => sum + length, 0);
  const df = n - strata.length;
  if (df < 1) return null;
  const random = seededRandom(seed);
  const drawn = strata.map(({ length }) => new Float64Array(length));
  const found = new Float64Array(resamples);
  for (let round = 0; round < resamples; round++) {
    for (const [index, values] of strata.entries()) {
      const into = drawn[index];
      if (into === undefined) continue;
      for (let draw = 0; draw < values.length; draw++) {
        into[draw] = values[Math.floor(random() * values.length)] ?? Number.NaN;
      }
      into.sort();
    }
    found[round] = statistic(drawn);
  }
  found.sort();
  const tail = percentiles === "plain" ? 0.025 : Math.min(0.025, normalBelow(-tQuantile(0.975, df)));
  return { low: quantile(found, tail), high: quantile(found, 1 - tail) };
}

/** Values of all strata in ascending order, as a statistic that looks at them as one group wants them. */
export function pooled(drawn: readonly Float64Array[]): Float64Array {
  const [only] = drawn;
  if (only !== undefined && drawn.length === 1) return only;
  const all = new Float64Array(drawn.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const each of drawn) {
    all.set(each, at);
    at += each.length;
  }
  return all.sort();
}
