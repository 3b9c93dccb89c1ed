/** What stands for a group of values. */
export type Centre = "mean" | "median" | "iqm";

/**
 * All take values in ascending order and at least one of them: so that what is summed does not depend on the order in
 * which runs came.
 */
export const CENTRES: Record<Centre, (ascending: ArrayLike<number>) => number> = {
  mean: (values) => meanOf(values, 0),
  median: (values) => quantile(values, 0.5),
  iqm: (values) => meanOf(values, trimmedAway(values.length)),
};

/**
 * How many values the interquartile mean leaves out on either side: a quarter of them, rounded down, as
 * `scipy.stats.trim_mean(x, 0.25)` in rliable (Agarwal et al. 2021). Of three values none.
 */
export const trimmedAway = (n: number): number => Math.floor(n / 4);

/** The mean without the `away` smallest and largest. */
function meanOf(ascending: ArrayLike<number>, away: number): number {
  const [low, high] = [ascending[away] ?? Number.NaN, ascending[ascending.length - 1 - away] ?? Number.NaN];
  let sum = 0;
  for (let index = away; index < ascending.length - away; index++) sum += ascending[index] ?? 0;
  // Rounding must not carry it beyond the extremes: equal values have their own mean.
  return Math.min(high, Math.max(low, sum / (ascending.length - 2 * away)));
}

/** The value below which the share `p` lies, linear between neighbours (NumPy's and R's default, type 7). */
export function quantile(ascending: ArrayLike<number>, p: number): number {
  const place = p * (ascending.length - 1);
  const below = ascending[Math.floor(place)] ?? Number.NaN;
  const above = ascending[Math.ceil(place)] ?? Number.NaN;
  return below === above ? below : below + (above - below) * (place - Math.floor(place));
}

/** Standard deviation of a sample (divided by n - 1); null where there is but one value. */
export function deviationOf(ascending: ArrayLike<number>): number | null {
  const n = ascending.length;
  if (n < 2) return null;
  const mean = meanOf(ascending, 0);
  let squares = 0;
  for (let index = 0; index < n; index++) squares += ((ascending[index] ?? 0) - mean) ** 2;
  return Math.sqrt(squares / (n - 1));
}

export const ascending = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);
