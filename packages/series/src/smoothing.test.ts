import { expect, test } from "vitest";
import { smooth } from "./smoothing";

test("a constant is smoothed to itself from its first point on", () => {
  for (const value of smooth([3, 3, null, 3], 0.9)) expect(value === null || Math.abs(value - 3) < 1e-12).toBe(true);
});

test("weights are those of the debiased moving average", () => {
  expect(smooth([1, 3], 0.5)).toEqual([1, (0.25 * 1 + 0.5 * 3) / 0.75]);
  expect(smooth([1, null, 3], 0)).toEqual([1, null, 3]);
});

test("what is no finite number stays, and does not spoil what follows; the whole range of weights is allowed", () => {
  expect(smooth([1, Number.NaN, Number.POSITIVE_INFINITY, 3], 0.5)).toEqual([
    1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    (0.25 * 1 + 0.5 * 3) / 0.75,
  ]);
  expect(smooth([1, 3], 1)[1]).toBeCloseTo(2, 5);
});
