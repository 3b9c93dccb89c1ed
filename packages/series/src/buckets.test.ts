import type { BucketColumns } from "@tailbone/protocol/http";
import { toWireNumber } from "@tailbone/protocol/json";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pointsArbitrary } from "./arbitraries.test-util";
import { BucketGrid, toColumns, type Window } from "./buckets";
import { makeChunks, slicePoints, TILE_POINTS } from "./chunk";
import { appendPoints, fromColumns, type LiveBuckets, type OpenWindow } from "./live-buckets";
import { cellOf, placeOf } from "./scale";
import type { Points } from "./summary";

const linear = { axis: "step", scale: "linear", origin: 0 } as const;

const windowArbitrary: fc.Arbitrary<Window> = fc
  .tuple(
    fc.constantFrom("step" as const, "time" as const),
    fc.constantFrom("linear" as const, "log" as const),
    fc.constantFrom(0, 20),
    fc.integer({ min: -30, max: 210 }),
    fc.integer({ min: 0, max: 240 }),
    fc.integer({ min: 1, max: 40 }),
  )
  .map(([axis, scale, origin, from, length, buckets]) => ({ axis, scale, origin, from, to: from + length, buckets }));

/**
 * Resolves chunks as the store does: summaries where they cannot be told from their points, tiles, points elsewhere.
 */
function draw(chunks: readonly Points[], window: Window): BucketGrid {
  const draft = new BucketGrid(window);
  for (const chunk of chunks.flatMap(makeChunks)) {
    const fit = window.axis === "step" || chunk.timeOrdered;
    const use = draft.useOf(chunk.summary);
    if (use === "whole" && fit) draft.addSummary(chunk.summary);
    else if (use !== "skip" && !fit) draft.addPoints(chunk.points);
    else if (use !== "skip") {
      for (const [index, tile] of chunk.tiles.entries()) {
        const tileUse = draft.useOf(tile);
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

/** The smallest power of two of which no more than `buckets` multiples lie in the window; by trying them all. */
function widthOf(window: Window): number {
  const cells = (width: number) =>
    Math.floor(placeOf(window.to, window) / width) - Math.floor(placeOf(window.from, window) / width) + 1;
  for (let width = 2 ** -20; window.buckets > 1 && window.from < window.to; width *= 2) {
    if (cells(width) <= window.buckets) return width;
  }
  return Number.POSITIVE_INFINITY;
}

/** The contract by the book: rows into equal buckets (or one for each x, where they are few), each by itself. */
function drawNaively(points: Points, window: Window): Omit<BucketColumns, "mean"> {
  const rows = rowsIn(points, window);
  const width = widthOf(window);
  const keyOf = ({ x }: Row): number => {
    if (rows.length <= window.buckets) return x;
    return cellOf(placeOf(x, window), width);
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
          const width = widthOf(window);
          const exact = drawNaively(points, window);
          if (rowsIn(points, window).length <= window.buckets)
            expect({ x, count }).toEqual({ x: exact.x, count: exact.count });
          for (const [index, from] of x.entries()) {
            if (width === Number.POSITIVE_INFINITY) continue;
            const border = (cellOf(placeOf(from, window), width) + 1) * width;
            expect(placeOf(xEnd[index] ?? Number.NaN, window)).toBeLessThanOrEqual(border + width / 4 + 1e-9);
          }
        },
      ),
    );
  });

  test("drawn from summaries of few points are what they are point by point: as they came live", () => {
    const scales = fc.constantFrom("linear" as const, "log" as const);
    const [lengths, sizes] = [fc.integer({ min: 100, max: 2000 }), fc.integer({ min: 2, max: TILE_POINTS - 1 })];
    fc.assert(
      fc.property(scales, lengths, sizes, fc.integer({ min: 2, max: 20 }), (scale, length, size, buckets) => {
        const steps = Float64Array.from({ length }, (_, step) => step);
        const points: Points = { steps, timesMs: steps, values: steps.map((step) => Math.sin(step / 50)) };
        const window: Window = { ...linear, scale, from: 0, to: length - 1, buckets };
        const { mean: _, ...columns } = draw(cut(points, size), window).toColumns();
        expect(columns).toEqual(drawNaively(points, window));
      }),
    );
  });

  test("of no more points than there are buckets show each x by itself", () => {
    const points = {
      steps: Float64Array.of(0, 1, 1, 1000),
      timesMs: Float64Array.of(0, 1, 2, 3),
      values: Float64Array.of(4, 5, 6, 7),
    };
    const columns = drawExactly([points], { ...linear, from: 0, to: 1000, buckets: 10 }).toColumns();
    expect(columns.x).toEqual([0, 1, 1000]);
    expect(columns.first).toEqual([4, 5, 7]);
    expect(columns.last).toEqual([4, 6, 7]);
  });
});

describe("a logarithmic axis", () => {
  test("has a bucket of its own for every early checkpoint, however long the run", () => {
    const length = 1_000_000;
    const steps = Float64Array.from({ length }, (_, step) => step);
    const values = Float64Array.from(steps, (step) => (Number.isInteger(Math.log2(step)) ? 1 : 0));
    const window: Window = { ...linear, scale: "log", from: 0, to: length - 1, buckets: 1000 };
    const { x, xEnd, max } = draw([{ steps, timesMs: steps, values }], window).toColumns();
    expect(x.length).toBeGreaterThan(400);
    expect(x.slice(0, 11)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const bucketOf = (step: number) => x.findLastIndex((from) => from <= step);
    for (let step = 1; step <= 32; step *= 2) {
      expect([x[bucketOf(step)], xEnd[bucketOf(step)]]).toEqual([step, step]);
    }
    const checkpoints = Array.from({ length: 20 }, (_, power) => bucketOf(2 ** power));
    expect(new Set(checkpoints).size).toBe(20);
    for (const bucket of checkpoints) expect(max[bucket]).toBe(1);
  });

  test("mirrors what lies before its origin", () => {
    const column = Float64Array.from({ length: 201 }, (_, index) => index - 100);
    const window: Window = { ...linear, scale: "log", from: -100, to: 100, buckets: 24 };
    const { x, xEnd, count } = drawExactly([{ steps: column, timesMs: column, values: column }], window).toColumns();
    expect(count.reduce((sum, one) => sum + one, 0)).toBe(201);
    expect(x.filter((from, index) => from < 0 && (xEnd[index] ?? 0) > 0)).toEqual([]);
    expect(x.some((from) => from < -50)).toBe(true);
  });
});

describe("the points next to a window", () => {
  test("are the nearest on both sides", () => {
    fc.assert(
      fc.property(pointsArbitrary(1, 100), windowArbitrary, (points, window) => {
        const grid = drawExactly([points], window);
        const xs = [...(window.axis === "step" ? points.steps : points.timesMs)];
        expect(grid.before?.x ?? Number.NEGATIVE_INFINITY).toBe(Math.max(...xs.filter((x) => x < window.from)));
        expect(grid.after?.x ?? Number.POSITIVE_INFINITY).toBe(Math.min(...xs.filter((x) => x > window.to)));
      }),
    );
  });
});

const openWindowArbitrary: fc.Arbitrary<OpenWindow> = fc
  .tuple(windowArbitrary, fc.boolean(), fc.boolean())
  .map(([window, isFromOpen, isToOpen]) => ({
    ...window,
    from: isFromOpen ? null : window.from,
    to: isToOpen ? null : window.to,
  }));

/**
 * What is read anew of all points: as the store has it, with the ends of the series where those of the window are open.
 */
function readAnew(points: Points, window: OpenWindow): LiveBuckets {
  const xs = window.axis === "step" ? points.steps : points.timesMs;
  const grid = new BucketGrid({ ...window, from: window.from ?? Math.min(...xs), to: window.to ?? Math.max(...xs) });
  for (const chunk of makeChunks(points)) grid.addPoints(chunk.points);
  const buckets = fromColumns(grid.toColumns(), window.axis);
  return { window, buckets, count: grid.count, before: grid.before, after: grid.after };
}

describe("live points", () => {
  test("added to history make the very picture that is read anew, wherever history ends and however they come", () => {
    fc.assert(
      fc.property(
        pointsArbitrary(2, 200),
        openWindowArbitrary,
        fc.integer({ min: 0, max: 200 }),
        fc.integer({ min: 1, max: 50 }),
        (all, window, split, size) => {
          const stored = Math.min(split, all.steps.length);
          const nothing: LiveBuckets = { window, buckets: [], count: 0, before: null, after: null };
          const history = stored === 0 ? nothing : readAnew(slicePoints(all, 0, stored), window);
          const live = cut(slicePoints(all, stored, all.steps.length), size).reduce(appendPoints, history);
          const anew = readAnew(all, window);
          expect(live.count).toBe(anew.count);
          // Of points of one time and of neighbours of one x, which the wire does not order, any may be the first.
          const { mean, first, last, ...columns } = toColumns(live.buckets, window.axis);
          const {
            mean: anewMean,
            first: anewFirst,
            last: anewLast,
            ...anewColumns
          } = toColumns(anew.buckets, window.axis);
          expect(columns).toEqual(anewColumns);
          expect([live.before?.x, live.after?.x]).toEqual([anew.before?.x, anew.after?.x]);
          if (window.axis === "step") {
            expect([first, last, live.before, live.after]).toEqual([anewFirst, anewLast, anew.before, anew.after]);
          }
          for (const [index, value] of mean.entries()) expect(value ?? 0).toBeCloseTo(anewMean[index] ?? 0, 6);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("one by one for long leave buckets of equal width, more than half as many as they may be", () => {
    const window: OpenWindow = { ...linear, from: null, to: null, buckets: 500 };
    let live: LiveBuckets = { window, buckets: [], count: 0, before: null, after: null };
    for (let step = 0; step < 20_000; step++) {
      const one = Float64Array.of(step);
      live = appendPoints(live, { steps: one, timesMs: one, values: one });
      if (step % 50 !== 0) continue;
      expect(live.buckets.length).toBeLessThanOrEqual(500);
      if (step >= 500) expect(live.buckets.length).toBeGreaterThan(250);
    }
    expect(new Set(live.buckets.slice(0, -1).map(({ stepTo, stepFrom }) => stepTo - stepFrom))).toEqual(new Set([63]));
  });
});
