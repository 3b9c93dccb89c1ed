import type { BucketColumns } from "@tailbone/protocol/http";
import { toWireNumber } from "@tailbone/protocol/json";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pointsArbitrary } from "./arbitraries.test-util";
import { BucketGrid, toColumns, useOf, type Window } from "./buckets";
import { joinPoints, makeChunks, slicePoints } from "./chunk";
import { appendPoints, fromColumns } from "./live-buckets";
import type { Points } from "./summary";

const windowArbitrary: fc.Arbitrary<Window> = fc
  .tuple(
    fc.constantFrom("step" as const, "time" as const),
    fc.integer({ min: -30, max: 210 }),
    fc.integer({ min: 0, max: 240 }),
    fc.integer({ min: 1, max: 40 }),
  )
  .map(([axis, from, length, buckets]) => ({ axis, from, to: from + length, buckets }));

/** Resolves chunks as the store does: summaries where they cannot be told from their points, tiles, points elsewhere. */
function draw(chunks: readonly Points[], window: Window): BucketGrid {
  const draft = new BucketGrid(window);
  for (const chunk of chunks.flatMap(makeChunks)) {
    const fit = window.axis === "step" || chunk.timeOrdered;
    const use = useOf(chunk.summary, window);
    if (use === "whole" && fit) draft.addSummary(chunk.summary);
    else if (use !== "skip" && !fit) draft.addPoints(chunk.points);
    else if (use !== "skip") {
      for (const [index, tile] of chunk.tiles.entries()) {
        const tileUse = useOf(tile, window);
        if (tileUse === "whole") draft.addSummary(tile);
        if (tileUse === "descend") draft.addPoints(chunk.points, index * 64, index * 64 + tile.count);
      }
    }
  }
  return draft.tooCoarse ? drawExactly(chunks, window) : draft;
}

function drawExactly(chunks: readonly Points[], window: Window): BucketGrid {
  const grid = new BucketGrid(window);
  for (const chunk of chunks.flatMap(makeChunks)) grid.addPoints(chunk.points);
  return grid;
}

interface Row {
  step: number;
  time: number;
  x: number;
  value: number;
}

/** The points of the window, in the order of the axis, then of their steps, then of their arrival. */
function rowsIn(points: Points, { axis, from, to }: Window): Row[] {
  return Array.from(points.steps, (step, index) => {
    const time = points.timesMs[index] ?? Number.NaN;
    return { step, time, x: axis === "step" ? step : time, value: points.values[index] ?? Number.NaN };
  })
    .filter(({ x }) => x >= from && x <= to)
    .sort((a, b) => a.x - b.x || a.step - b.step);
}

function expectAllOf(points: Points, window: Window, columns: BucketColumns): void {
  const inside = rowsIn(points, window).map((row) => row.value);
  const finite = inside.filter(Number.isFinite);
  const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);
  const known = (values: readonly (number | null)[]) => values.filter((value) => value !== null);
  expect(columns.x.length).toBeLessThanOrEqual(window.buckets);
  expect(total(columns.count)).toBe(inside.length);
  expect(total(columns.nan)).toBe(inside.filter(Number.isNaN).length);
  expect(total(columns.posInf)).toBe(inside.filter((value) => value === Number.POSITIVE_INFINITY).length);
  expect(total(columns.negInf)).toBe(inside.filter((value) => value === Number.NEGATIVE_INFINITY).length);
  expect(Math.min(...known(columns.min)) + 0).toBe(Math.min(...finite) + 0);
  expect(Math.max(...known(columns.max)) + 0).toBe(Math.max(...finite) + 0);
  expect(columns.x).toEqual(columns.x.toSorted((a, b) => a - b));
}

/** The contract by the book: rows into equal buckets (or one for each x, where they are few), each by itself. */
function drawNaively(points: Points, window: Window): Omit<BucketColumns, "mean"> {
  const rows = rowsIn(points, window);
  const keyOf = ({ x }: Row): number => {
    if (rows.length <= window.buckets) return x;
    const place = window.to > window.from ? (x / 2 - window.from / 2) / (window.to / 2 - window.from / 2) : 0;
    return Math.min(window.buckets - 1, Math.floor(place * window.buckets));
  };
  const buckets = new Map<number, Row[]>();
  for (const row of rows) buckets.set(keyOf(row), [...(buckets.get(keyOf(row)) ?? []), row]);
  const all = [...buckets.values()];
  const finite = (bucket: Row[]) => bucket.map((row) => row.value).filter(Number.isFinite);
  const count = (is: (value: number) => boolean) => all.map((bucket) => bucket.filter((row) => is(row.value)).length);
  return {
    x: all.map((bucket) => bucket[0]?.x ?? 0),
    xEnd: all.map((bucket) => bucket.at(-1)?.x ?? 0),
    first: all.map((bucket) => toWireNumber(bucket[0]?.value ?? 0)),
    last: all.map((bucket) => toWireNumber(bucket.at(-1)?.value ?? 0)),
    min: all.map((bucket) => (finite(bucket).length > 0 ? Math.min(...finite(bucket)) : null)),
    max: all.map((bucket) => (finite(bucket).length > 0 ? Math.max(...finite(bucket)) : null)),
    count: count(() => true),
    nan: count(Number.isNaN),
    posInf: count((value) => value === Number.POSITIVE_INFINITY),
    negInf: count((value) => value === Number.NEGATIVE_INFINITY),
  };
}

const cut = (points: Points, size: number): Points[] =>
  Array.from({ length: Math.ceil(points.steps.length / size) }, (_, index) =>
    slicePoints(points, index * size, (index + 1) * size),
  );

describe("buckets", () => {
  test("hold every point, extreme, NaN and infinity of the window, and nothing from outside, on both axes", () => {
    fc.assert(
      fc.property(
        pointsArbitrary(1, 300),
        windowArbitrary,
        fc.integer({ min: 1, max: 300 }),
        (points, window, size) => {
          expectAllOf(points, window, draw(cut(points, size), window).toColumns());
        },
      ),
      { numRuns: 300 },
    );
  });

  test("of points are what the contract says by the book, however the points were stored", () => {
    fc.assert(
      fc.property(
        pointsArbitrary(1, 300),
        windowArbitrary,
        fc.integer({ min: 1, max: 300 }),
        (points, window, size) => {
          const { mean: _, ...columns } = drawExactly(cut(points, size), window).toColumns();
          expect(columns).toEqual(drawNaively(points, window));
        },
      ),
      { numRuns: 300 },
    );
  });

  test("drawn from summaries are off by less than a quarter of a bucket, and exact where points are few", () => {
    fc.assert(
      fc.property(
        pointsArbitrary(1, 300),
        windowArbitrary,
        fc.integer({ min: 1, max: 300 }),
        (points, window, size) => {
          const { x, xEnd, count } = draw(cut(points, size), window).toColumns();
          const width = (window.to - window.from) / window.buckets;
          const exact = drawNaively(points, window);
          if (rowsIn(points, window).length <= window.buckets)
            expect({ x, count }).toEqual({ x: exact.x, count: exact.count });
          for (const [index, from] of x.entries()) {
            const border = window.from + (Math.floor((from - window.from) / width + 1e-9) + 1) * width;
            if (width > 0) expect(xEnd[index]).toBeLessThanOrEqual(border + width / 4 + 1e-9);
          }
        },
      ),
    );
  });

  test("of no more points than there are buckets show each x by itself", () => {
    const points = {
      steps: Float64Array.of(0, 1, 1, 1000),
      timesMs: Float64Array.of(0, 1, 2, 3),
      values: Float64Array.of(4, 5, 6, 7),
    };
    const columns = drawExactly([points], { axis: "step", from: 0, to: 1000, buckets: 10 }).toColumns();
    expect(columns.x).toEqual([0, 1, 1000]);
    expect(columns.first).toEqual([4, 5, 7]);
    expect(columns.last).toEqual([4, 6, 7]);
  });
});

describe("live points", () => {
  test("added to buckets from the wire keep every extreme and count, and stay within the limit", () => {
    fc.assert(
      fc.property(
        pointsArbitrary(1, 100),
        pointsArbitrary(1, 100),
        fc.integer({ min: 1, max: 30 }),
        fc.constantFrom("step" as const, "time" as const),
        (stored, live, most, axis) => {
          const window: Window = { axis, from: -30, to: 210, buckets: most };
          const columns = drawExactly([stored], window).toColumns();
          const grown = appendPoints(fromColumns(columns, axis), live, axis, most);
          expectAllOf(joinPoints([stored, live]), window, toColumns(grown, axis));
        },
      ),
    );
  });

  test("one by one for long leave buckets of about equal width", () => {
    let buckets = fromColumns(toColumns([], "step"), "step");
    for (let step = 0; step < 20_000; step++) {
      const one = Float64Array.of(step);
      buckets = appendPoints(buckets, { steps: one, timesMs: one, values: one }, "step", 500);
    }
    expect(buckets.length).toBeGreaterThan(200);
    expect(buckets.length).toBeLessThanOrEqual(500);
    expect(Math.max(...buckets.map((bucket) => bucket.stepTo - bucket.stepFrom))).toBeLessThanOrEqual(
      (4 * 20_000) / 500,
    );
  });
});
