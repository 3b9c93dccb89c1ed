import fc from "fast-check";
import { expect, test } from "vitest";
import { extendCoverage, firstGap, startCoverage } from "./coverage";

const coverageOf = (steps: readonly number[]) => steps.slice(1).reduce(extendCoverage, startCoverage(steps[0] ?? 0));
const gapOf = (steps: readonly number[], upTo = steps.at(-1) ?? 0) => firstGap(coverageOf(steps), upTo);

test("a stretch is covered by readings no further apart than an eighth of it", () => {
  const even = (count: number): number[] => Array.from({ length: count + 1 }, (_, index) => 100 * index);
  expect(gapOf(even(8))).toBeNull();
  expect(gapOf(even(7))).not.toBeNull();
  expect(gapOf(even(8), 900)).toBeNull();
  expect(gapOf(even(8), 5000)).toEqual([800, 5000]);
});

test("log-spaced checkpoints, then even ones, cover theirs on the kinder axis", () => {
  const doubling = [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
  expect(gapOf(doubling)).toBeNull();
  expect(gapOf([...doubling, 1000, 1500, 2000, 2500, 3000])).toBeNull();
  expect(gapOf(doubling.slice(0, 7))).not.toBeNull();
});

test("what is not measured between steps 100 and 5,900 is a gap", () => {
  expect(gapOf([0, 50, 100, 5900, 6000])).toEqual([100, 5900]);
});

test("few gaps are remembered, and those that are decide as all would", () => {
  const steps = fc.uniqueArray(fc.integer({ min: 0, max: 10_000 }), { minLength: 2, maxLength: 60 });
  fc.assert(
    fc.property(steps, (unsorted) => {
      const sorted = unsorted.toSorted((a, b) => a - b);
      const [first = 0, last = 0] = [sorted[0], sorted.at(-1)];
      const isWide = (from: number, to: number): boolean =>
        to - from > (last - first) / 8 + 1e-6 &&
        Math.log((to - first + 1) / (from - first + 1)) > Math.log(last - first + 1) / 8 + 1e-6;
      const found = sorted.slice(1).some((step, index) => isWide(sorted[index] ?? 0, step));
      const coverage = coverageOf(sorted);
      expect(coverage.gaps.length).toBeLessThanOrEqual(7);
      expect(coverage.gaps.length > 0).toBe(found);
    }),
  );
});
