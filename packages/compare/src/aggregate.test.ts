import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aggregateCurves } from "./aggregate";
import { type Asked, aggregate, type Band } from "./band";
import { ascending, CENTRES, deviationOf, quantile } from "./centre";
import { seededRandom } from "./random";

const USUAL: Asked = { centre: "usual", band: "interval", seed: 1, resamples: 400 };
const of = (values: readonly number[], asked: Partial<Asked> = {}) =>
  aggregate(
    values.map((value) => ({ value })),
    { ...USUAL, ...asked },
  );

describe("centres and intervals are SciPy's (1.17.1, NumPy 2.4.6)", () => {
  const x = ascending([0.1, 0.4, 0.35, 0.8, 0.55, 0.6, 0.9, 0.2, 0.7, 1.5, 0.65]);

  it("trim_mean(x, .25), mean, std(ddof=1), quantile", () => {
    expect(CENTRES.iqm(x)).toBeCloseTo(0.5785714285714285, 12);
    expect(CENTRES.iqm(ascending([0.1, 0.4, 0.35, 0.8, 0.55]))).toBeCloseTo(0.43333333333333335, 12);
    expect(CENTRES.mean(x)).toBeCloseTo(0.6136363636363636, 12);
    expect(deviationOf(x)).toBeCloseTo(0.3828125579777322, 12);
    expect([0.25, 0.5, 0.75].map((p) => quantile(x, p))).toEqual([0.375, 0.6, 0.75]);
  });

  it("five runs: t.interval(.95, 4, mean, sem)", () => {
    const found = of([0.082, 0.091, 0.077, 0.1, 0.085]);
    expect(found).toMatchObject({ n: 5, centredBy: "mean", band: { method: "student-t" } });
    expect(found?.band?.low).toBeCloseTo(0.07599882894741766, 9);
    expect(found?.band?.high).toBeCloseTo(0.09800117105258233, 9);
  });

  it("an interquartile mean of eight: mstats.trimmed_mean_ci(y, (.25, .25))", () => {
    const found = of([1, 2, 3, 4, 5, 6, 7, 20], { centre: "iqm" });
    expect(found).toMatchObject({ centre: 4.5, band: { method: "trimmed-t" } });
    expect(found?.band?.low).toBeCloseTo(1.31755369, 7);
    expect(found?.band?.high).toBeCloseTo(7.68244631, 7);
  });

  // Hollander and Wolfe: of six, the extremes hold the median in 1 - 2 / 2^6 = 96.9 % of cases; of nine, the second
  // and the eighth value in 1 - 2 * 10 / 2^9 = 96.1 %.
  it("the median lies between two of the values, and with five none are far enough out", () => {
    expect(of([1, 2, 3, 4, 5], { centre: "median" })?.band).toBeNull();
    expect(of([6, 1, 2, 3, 4, 5], { centre: "median" })?.band).toMatchObject({ low: 1, high: 6 });
    expect(of([9, 8, 7, 6, 5, 4, 3, 2, 1], { centre: "median" })?.band).toMatchObject({ low: 2, high: 8 });
  });
});

describe("what is drawn of a group", () => {
  const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 14 });
  const bands: Band[] = ["interval", "standard-deviation", "min-max", "quantiles", "standard-error"];

  it("does not change when runs come in another order", () => {
    const samples = fc.array(fc.record({ value: fc.double(), stratum: fc.constantFrom("a", "b") }), { maxLength: 14 });
    const shuffled = samples.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, fc.constantFrom(...bands), ([before, after], band) => {
        const asked = { ...USUAL, resamples: 50, band };
        expect(aggregate(after, asked)).toEqual(aggregate(before, asked));
      }),
    );
  });

  it("of equal runs has a band of width 0 at their value", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: 2, max: 14 }), (value, n) => {
        for (const band of bands) {
          const found = of(new Array<number>(n).fill(value), { band, resamples: 50 });
          expect(found?.centre).toBe(value + 0);
          expect([found?.band?.low, found?.band?.high]).toEqual([value + 0, value + 0]);
        }
      }),
    );
  });

  it("lies between the extremes, whatever the centre", () => {
    fc.assert(
      fc.property(values, fc.constantFrom("mean" as const, "median" as const, "iqm" as const), (all, centre) => {
        const found = of(all, { centre, band: "min-max" });
        expect(found?.centre).toBeGreaterThanOrEqual(found?.band?.low ?? Number.NaN);
        expect(found?.centre).toBeLessThanOrEqual(found?.band?.high ?? Number.NaN);
      }),
    );
  });

  it("one run has a centre and no interval; what is not finite is counted, and in neither", () => {
    expect(of([3])).toMatchObject({ centre: 3, band: null, n: 1 });
    expect(of([1, Number.NaN, 3, Number.POSITIVE_INFINITY])).toMatchObject({ centre: 2, n: 2, notFinite: 2 });
    expect(of([Number.NaN])).toBeNull();
  });

  it("draws runs within their stratum: two tasks that never vary have a band of width 0", () => {
    const samples = Array.from({ length: 12 }, (_, index) => ({
      value: index % 2,
      stratum: index % 2 === 0 ? "easy" : "hard",
    }));
    expect(aggregate(samples, USUAL)).toMatchObject({ centre: 0.5, band: { low: 0.5, high: 0.5 } });
    expect(of(samples.map(({ value }) => value))?.band?.low).toBeLessThan(0.5);
  });

  it("says at each x how many runs it rests on: one that has ended does not count on", () => {
    const runs = [
      { run: "a", values: [1, 2, 3] },
      { run: "b", values: [3, 4, null] },
      { run: "c", values: [null, 6, null] },
    ];
    const points = aggregateCurves({ x: [0, 10, 20, 30], runs }, USUAL);
    expect(points.map(({ x, centre, n }) => [x, centre, n])).toEqual([
      [0, 2, 2],
      [10, 4, 3],
      [20, 3, 1],
    ]);
  });
});

describe("the default band is a 95 % interval", () => {
  const TRIALS = 2000;

  it.each([3, 5, 10])("of %i normal runs, within four standard errors of the count", (n) => {
    const random = seededRandom(n);
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    let held = 0;
    for (let trial = 0; trial < TRIALS; trial++) {
      const band = of(Array.from({ length: n }, normal), { seed: trial })?.band;
      if (band && band.low <= 0 && band.high >= 0) held++;
    }
    expect(Math.abs(held / TRIALS - 0.95)).toBeLessThan(4 * Math.sqrt((0.95 * 0.05) / TRIALS));
  });
});
