import type { Random } from "./random";

const RESAMPLES = 200;

export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * A statistic of means over examples, with its 95 % interval by the percentile bootstrap: examples are drawn again, all
 * their columns together, so that what is paired stays paired. Without random numbers there is no interval.
 */
export function bootstrap(
  columns: readonly Float64Array[],
  statistic: (means: readonly number[]) => number,
  random: Random | null,
): Interval {
  const count = columns[0]?.length ?? 0;
  const value = statistic(columns.map((column) => column.reduce((sum, each) => sum + each, 0) / count));
  if (random === null) return { value, low: value, high: value };
  const drawn = Array.from({ length: RESAMPLES }, () => {
    const sums = columns.map(() => 0);
    for (let draw = 0; draw < count; draw++) {
      const index = Math.floor(random() * count);
      for (let column = 0; column < columns.length; column++) {
        sums[column] = (sums[column] ?? 0) + (columns[column]?.[index] ?? 0);
      }
    }
    return statistic(sums.map((sum) => sum / count));
  }).sort((a, b) => a - b);
  const at = (share: number): number => drawn[Math.round(share * (RESAMPLES - 1))] ?? value;
  return { value, low: Math.min(value, at(0.025)), high: Math.max(value, at(0.975)) };
}
