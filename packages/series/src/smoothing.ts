/**
 * Debiased exponential moving average, as TensorBoard smooths: s_i = w s_{i-1} + (1 - w) x_i, divided by 1 - w^i so
 * that the first values are not drawn towards zero. `weight` is in [0, 1]; 0 returns the values, 1 (which has no limit
 * of its own) is taken as a little less. What is no finite number (null, NaN, infinities) stays as it is, and the
 * average is carried over it.
 */
export function smooth<Gap extends null | never>(values: readonly (number | Gap)[], weight: number): (number | Gap)[] {
  const kept = Math.min(Math.max(weight, 0), 1 - 1e-6);
  let average = 0;
  let debias = 1;
  return values.map((value) => {
    if (value === null || !Number.isFinite(value)) return value;
    average = kept * average + (1 - kept) * value;
    debias *= kept;
    return average / (1 - debias);
  });
}
