import { type Aggregate, type Asked, aggregate, type Sample } from "./band";

/** What each run has at each of the places `x`; null where it has nothing: it has not begun, or has ended. */
export interface Aligned {
  readonly x: readonly number[];
  readonly runs: readonly AlignedRun[];
}

export interface AlignedRun {
  readonly run: string;
  readonly stratum?: string;
  readonly values: readonly (number | null)[];
}

export interface AggregatePoint extends Aggregate {
  readonly x: number;
}

/**
 * Centre and band at each x where any run has a value, with how many have one: a run that has ended does not count on.
 * The same draws are made at each x, so that a bootstrapped band is as smooth as its runs are.
 */
export function aggregateCurves({ x, runs }: Aligned, asked: Asked): AggregatePoint[] {
  return x.flatMap((at, index) => {
    const samples = runs.flatMap(({ values, stratum }): Sample[] => {
      const value = values[index] ?? null;
      if (value === null) return [];
      return [stratum === undefined ? { value } : { value, stratum }];
    });
    const found = aggregate(samples, asked);
    return found === null ? [] : [{ x: at, ...found }];
  });
}
