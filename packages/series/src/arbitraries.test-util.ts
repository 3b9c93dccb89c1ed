import fc from "fast-check";
import type { Points } from "./summary";

/** Steps and times on a small grid, so that they repeat, come late and stand exactly on bucket borders. */
const x = fc.oneof(
  fc.integer({ min: 0, max: 5 }),
  fc.integer({ min: -20, max: 200 }),
  fc.integer({ min: -40, max: 400 }).map((half) => half / 2),
);
const value = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY) },
);

/** Points in the order of their arrival, in any order of their steps. */
export function pointsArbitrary(minLength: number, maxLength: number): fc.Arbitrary<Points> {
  return fc.array(fc.tuple(x, x, value), { minLength, maxLength }).map((rows) => ({
    steps: Float64Array.from(rows, ([step]) => step),
    timesMs: Float64Array.from(rows, ([, time]) => time),
    values: Float64Array.from(rows, ([, , one]) => one),
  }));
}
