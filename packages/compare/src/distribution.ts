/// <reference path="./jstat.d.ts" />
import jstat from "jstat";

/** The x below which Student's t with `df` degrees of freedom lies with probability `p`. */
export const tQuantile = (p: number, df: number): number => jstat.studentt.inv(p, df);

/** The probability that Student's t with `df` degrees of freedom lies below `x`. */
export const tBelow = (x: number, df: number): number => jstat.studentt.cdf(x, df);

/** The x below which a standard normal number lies with probability `p`. */
export const normalQuantile = (p: number): number => jstat.normal.inv(p, 0, 1);

/** The probability that a standard normal number lies below `x`. */
export const normalBelow = (x: number): number => jstat.normal.cdf(x, 0, 1);

/** The probability that chi-square with `df` degrees of freedom lies above `x`. */
export const chiSquareAbove = (x: number, df: number): number => (x <= 0 ? 1 : 1 - jstat.lowRegGamma(df / 2, x / 2));

/** The x below which Beta(a, b) lies with probability `p`. */
export const betaQuantile = (p: number, a: number, b: number): number => jstat.beta.inv(p, a, b);

/** The probability of at most `most` heads in `n` throws of a fair coin. */
export function headsAtMost(most: number, n: number): number {
  let term = 2 ** -n;
  let sum = 0;
  for (let heads = 0; heads <= Math.min(most, n); heads++) {
    sum += term;
    term *= (n - heads) / (heads + 1);
  }
  return Math.min(1, sum);
}

/**
 * 95 % interval of a share of `n` of which `right` were right, by Clopper and Pearson (1934): it covers at least as
 * often as it says, however small `n`. `right` may be a half where ties count as halves.
 */
export function shareInterval(right: number, n: number): { low: number; high: number } {
  return {
    low: right <= 0 ? 0 : betaQuantile(0.025, right, n - right + 1),
    high: right >= n ? 1 : betaQuantile(0.975, right + 1, n - right),
  };
}
