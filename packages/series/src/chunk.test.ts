import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pointsArbitrary } from "./arbitraries.test-util";
import {
  type Chunk,
  decodePoints,
  decodeTiles,
  encodePoints,
  encodeTiles,
  joinPoints,
  makeChunks,
  SEALED_POINTS,
  slicePoints,
  TILE_POINTS,
} from "./chunk";
import { mergeSummaries, type Points, type Summary, summarise } from "./summary";

/** Sums of floats depend on their order. */
function expectSame(actual: Summary, expected: Summary): void {
  const { sum: actualSum, ...actualRest } = actual;
  const { sum: expectedSum, ...expectedRest } = expected;
  expect(actualRest).toEqual(expectedRest);
  expect(Math.abs(actualSum - expectedSum)).toBeLessThan(1e-3);
}

const makeChunk = (points: Points): Chunk => {
  const [chunk, ...others] = makeChunks(points);
  if (chunk === undefined || others.length > 0) throw new Error("not one chunk");
  return chunk;
};

describe("a chunk", () => {
  test("keeps every point, in the order of the steps, then of arrival", () => {
    fc.assert(
      fc.property(pointsArbitrary(1, 200), (points) => {
        const rows = (one: typeof points) =>
          Array.from(one.steps, (step, index) => [step, one.timesMs[index], one.values[index]]);
        const expected = rows(points).sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
        expect(rows(makeChunk(points).points)).toEqual(expected);
      }),
    );
  });

  test("is the same, whether its points came in one piece or in several", () => {
    fc.assert(
      fc.property(pointsArbitrary(2, 300), fc.array(fc.nat(300), { maxLength: 5 }), (points, cuts) => {
        const borders = [...new Set([0, ...cuts.filter((cut) => cut < points.steps.length), points.steps.length])].sort(
          (a, b) => a - b,
        );
        const parts = borders.slice(1).map((to, index) => slicePoints(points, borders[index] ?? 0, to));
        expect(makeChunk(joinPoints(parts.map((part) => makeChunk(part).points)))).toEqual(makeChunk(points));
      }),
    );
  });

  test("is read from its bytes as it was written", () => {
    fc.assert(
      fc.property(pointsArbitrary(1, 300), (points) => {
        const chunk = makeChunk(points);
        expect(decodePoints(encodePoints(chunk.points), chunk.points.steps.length)).toEqual(chunk.points);
        expect(decodeTiles(encodeTiles(chunk.tiles), chunk.summary)).toEqual(chunk.tiles);
        expect(chunk.tiles.length).toBe(Math.ceil(points.steps.length / TILE_POINTS));
      }),
    );
  });
});

test("many points become several sealed chunks, none of them twice as long as it must be", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60_000 }), (length) => {
      const steps = Float64Array.from({ length }, (_, index) => length - index);
      const chunks = makeChunks({ steps, timesMs: steps, values: steps });
      expect(joinPoints(chunks.map((chunk) => chunk.points)).steps).toEqual(steps.toReversed());
      expect(Math.max(...chunks.map((chunk) => chunk.summary.count))).toBeLessThan(2 * SEALED_POINTS);
      if (chunks.length > 1) {
        expect(Math.min(...chunks.map((chunk) => chunk.summary.count))).toBeGreaterThanOrEqual(SEALED_POINTS);
      }
    }),
    { numRuns: 30 },
  );
});

describe("a summary", () => {
  test("of two parts merged is the summary of the whole", () => {
    fc.assert(
      fc.property(pointsArbitrary(2, 100), fc.nat(), (points, cut) => {
        const { points: sorted } = makeChunk(points);
        const middle = 1 + (cut % (sorted.steps.length - 1));
        expectSame(mergeSummaries(summarise(sorted, 0, middle), summarise(sorted, middle)), summarise(sorted));
      }),
    );
  });

  test("is the same in whichever order the parts are merged, where no x is twice", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 3, maxLength: 20 }), (xs) => {
        const parts = xs.map((x) => {
          const one = Float64Array.of(x);
          return summarise({
            steps: one,
            timesMs: Float64Array.of(-x),
            values: Float64Array.of(x % 7 === 0 ? Number.NaN : x),
          });
        });
        for (const axis of ["step", "time"] as const) {
          const merge = (a: Summary, b: Summary) => mergeSummaries(a, b, axis);
          const [first, ...rest] = parts;
          if (first === undefined) return;
          const fromLeft = parts.reduce(merge);
          expectSame(parts.toReversed().reduce(merge), fromLeft);
          expectSame(merge(first, rest.reduce(merge)), fromLeft);
        }
      }),
    );
  });
});
