import type { Estimate, Reading } from "@tailbone/protocol/reading";

/** An estimate with an interval of this half-width. */
export const estimate = (value: number, halfWidth: number): Estimate => ({
  value,
  low: value - halfWidth,
  high: value + halfWidth,
  n: 2756,
  control: 0,
  unit: "share",
});

export interface Shown {
  readonly encoded?: number | null;
  readonly used?: number | null;
  readonly benefit?: number | null;
  readonly learnt?: number | null;
}

/** A reading as a swap on a few thousand examples gives it. */
export function readingOf(
  step: number,
  { encoded, used, benefit, learnt = 0.9 }: Shown,
  rest: Partial<Reading> = {},
): Reading {
  const of = (value: number | null | undefined, halfWidth: number) =>
    value === null || value === undefined ? null : estimate(value, halfWidth);
  return {
    feature: "patch",
    step,
    encoded: of(encoded, 0.03),
    used: of(used, 0.004),
    benefit: of(benefit, 0.015),
    learnt,
    untrained: 0.1,
    intervention: "swap",
    shift: null,
    marks: [],
    note: "",
    ...rest,
  };
}
