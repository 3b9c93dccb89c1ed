import { summarise } from "@tailbone/series/summary";
import { describe, expect, test } from "vitest";
import { faultOf } from "./axis-ranges";
import { zoomAround } from "./drag-zoom";
import { type Band, beyondOf, rangeOfY, spanOfBands, sumBeyond } from "./y-range";

const bandsOf = (values: readonly number[]): Band[] => values.map((value) => [value, value]);
const even = (count: number, of: (share: number) => number): number[] =>
  Array.from({ length: count }, (_, index) => of(index / count));
const bucketOf = (...values: number[]) => {
  const column = Float64Array.from(values);
  return summarise({ steps: column, timesMs: column, values: column });
};

describe("the y axis by the data", () => {
  test("reaches to all of a curve that only falls fast, and of noise", () => {
    for (const of of [
      (t: number) => Math.exp(-5 * t),
      (t: number) => 2.3 / (1 + 9 * t),
      (t: number) => Math.sin(99 * t),
    ]) {
      const values = even(500, of);
      expect(spanOfBands(bandsOf(values), "beyond")).toEqual({ from: Math.min(...values), to: Math.max(...values) });
    }
  });

  test("leaves out single values far away on both sides, in a long series and in a short one", () => {
    for (const count of [10, 600]) {
      const values = even(count, (t) => t);
      values[3] = 1e9;
      values[5] = -50;
      expect(spanOfBands(bandsOf(values), "beyond")).toEqual({ from: 0, to: (count - 1) / count });
      expect(spanOfBands(bandsOf(values), "shown")).toEqual({ from: -50, to: 1e9 });
    }
  });

  test("reaches to where a curve begins, to a stretch of it far away, and to its end that begins to diverge", () => {
    const emergence = even(600, (t) => (t < 0.01 ? 100 * t : 1 - 0.001 * Math.cos(99 * t)));
    expect(spanOfBands(bandsOf(emergence), "beyond")?.from).toBe(0);
    const stretch = even(600, (t) => (Math.abs(t - 0.5) < 0.005 ? 100 : t));
    expect(spanOfBands(bandsOf(stretch), "beyond")?.to).toBe(100);
    expect(spanOfBands(bandsOf([...even(600, (t) => t), 50]), "beyond")?.to).toBe(50);
    expect(spanOfBands(bandsOf([1e9, ...even(600, (t) => t)]), "beyond")?.to).toBeLessThan(1);
  });

  test("reaches to what is far away where that is no exception, where all else is flat, and where there is next to nothing", () => {
    const half = even(100, (t) => (t < 0.5 ? t : 1000 + t));
    expect(spanOfBands(bandsOf(half), "beyond")?.to).toBeGreaterThan(1000);
    expect(spanOfBands(bandsOf([0, 0, 0, 7, 0, 0]), "beyond")).toEqual({ from: 0, to: 7 });
    expect(spanOfBands(bandsOf([0, 1, 100]), "beyond")).toEqual({ from: 0, to: 100 });
    expect(spanOfBands([], "beyond")).toBeNull();
  });
});

describe("the y axis by hand", () => {
  test("is as it was given, on both scales, and leaves an end that was not given to the data", () => {
    expect(rangeOfY({ from: 0, to: 1 }, { from: -2, to: 5 }, false)).toEqual({ from: -2, to: 5 });
    expect(rangeOfY({ from: -3, to: 0 }, { from: 0.01, to: 10 }, true)).toEqual({ from: -2, to: 1 });
    expect(rangeOfY({ from: -3, to: 0 }, { from: -1, to: 10 }, true)).toEqual({ from: -3.18, to: 1 });
    expect(rangeOfY({ from: 0, to: 1 }, { from: 5, to: null }, false)).toEqual({ from: 5, to: 6.12 });
  });

  test("keeps what the pointer is at where it is", () => {
    expect(zoomAround({ from: 0, to: 10 }, 2, 0.5)).toEqual({ from: 1, to: 6 });
  });

  test("says what is wrong with it", () => {
    expect(faultOf("y", 0, 1)).toBeNull();
    expect(faultOf("y", null, 1)).toBeNull();
    expect(faultOf("y", 2, 1)).toContain("smaller");
    expect(faultOf("y", Number.NaN, 1)).toContain("numbers");
  });
});

test("of what lies beyond, all is counted that is known to", () => {
  const y = { from: 0, to: 10 };
  expect(beyondOf(bucketOf(11, 12, 13), y, false).above).toEqual({ points: 3, isExact: true, value: 13 });
  expect(beyondOf(bucketOf(5, 12), y, false)).toEqual({ above: { points: 1, isExact: false, value: 12 }, below: null });
  expect(beyondOf(bucketOf(Number.POSITIVE_INFINITY), y, false)).toEqual({ above: null, below: null });
  const all = [bucketOf(11), bucketOf(5, 40), bucketOf(1)].map((bucket) => beyondOf(bucket, y, false).above);
  expect(sumBeyond(all, Math.max)).toEqual({ points: 2, isExact: false, value: 40 });
});
