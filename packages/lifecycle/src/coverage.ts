/**
 * What share of a stretch may lie between two readings, on the axis of steps or on that of their logarithms, whichever
 * is kinder.
 */
const MOST_GAP = 1 / 8;
/** Room for what floats round. */
const TOLERANCE = 1e-9;

/**
 * How well a stretch of steps is covered by readings: where it begins, the last reading, and the gaps that are too wide
 * for its length.
 */
export interface Coverage {
  readonly first: number;
  readonly last: number;
  /**
   * At most seven: each is longer than an eighth of the stretch. A gap that is narrow enough once stays so, as the
   * stretch grows.
   */
  readonly gaps: readonly Gap[];
}

export type Gap = readonly [from: number, to: number];

export const startCoverage = (step: number): Coverage => ({ first: step, last: step, gaps: [] });

/** The stretch goes on to a step at which there is a reading. */
export function extendCoverage({ first, last, gaps }: Coverage, step: number): Coverage {
  const all: readonly Gap[] = step > last ? [...gaps, [last, step]] : gaps;
  return { first, last: step, gaps: all.filter((gap) => isWide(gap, first, step)) };
}

/** The first gap of a stretch up to a step that leaves too much unseen; null: there is none. */
export const firstGap = (coverage: Coverage, upTo: number): Gap | null =>
  extendCoverage(coverage, upTo).gaps[0] ?? null;

function isWide([from, to]: Gap, first: number, last: number): boolean {
  const most = MOST_GAP + TOLERANCE;
  const place = (step: number): number => Math.log1p(step - first);
  return to - from > most * (last - first) && place(to) - place(from) > most * place(last);
}
