import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { logRank } from "./log-rank";
import { kaplanMeier, type Lifetime, lifetimeOf, medianTime } from "./survival";

const lives = (times: readonly number[], censored: readonly number[]): Lifetime[] =>
  times.map((time, index) => ({ time, happened: !censored.includes(index) }));

/** `aml` of R's package `survival` (Miller 1997, Survival Analysis): weeks of remission. */
const maintained = lives([9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161], [2, 5, 8, 10]);
const nonmaintained = lives([5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45], [5]);

describe("Kaplan and Meier, as R's survfit has it", () => {
  it("summary(survfit(Surv(time, status) ~ x, aml)): the maintained, conf.type log", () => {
    const rows = kaplanMeier(maintained, "log").filter(({ events }) => events > 0);
    const expected = [
      [9, 11, 1, 0.909, 0.0867, 0.7541, 1],
      [13, 10, 1, 0.818, 0.1163, 0.6192, 1],
      [18, 8, 1, 0.716, 0.1397, 0.4884, 1],
      [23, 7, 1, 0.614, 0.1526, 0.3769, 0.999],
      [31, 5, 1, 0.491, 0.1642, 0.2549, 0.946],
      [34, 4, 1, 0.368, 0.1627, 0.1549, 0.875],
      [48, 2, 1, 0.184, 0.1535, 0.0359, 0.944],
    ];
    expect(rows).toHaveLength(expected.length);
    for (const [index, [time, atRisk, events, ...figures]] of expected.entries()) {
      const row = rows[index];
      expect([row?.time, row?.atRisk, row?.events]).toEqual([time, atRisk, events]);
      const found = [row?.survival, row?.standardError, row?.low, row?.high];
      for (const [place, figure] of figures.entries())
        expect(Math.abs((found[place] ?? 9) - figure)).toBeLessThan(6e-4);
    }
  });

  it("medians 31 (18, none) and 23 (8, none)", () => {
    expect(medianTime(kaplanMeier(maintained, "log"))).toEqual({ time: 31, low: 18, high: null });
    expect(medianTime(kaplanMeier(nonmaintained, "log"))).toEqual({ time: 23, low: 8, high: null });
  });

  // lifelines 0.30.3, KaplanMeierFitter, whose interval is log-log.
  it("with a log-log interval", () => {
    const rows = kaplanMeier(maintained);
    const at = (time: number) => rows.find((row) => row.time === time);
    expect(at(9)?.low).toBeCloseTo(0.50808, 5);
    expect(at(9)?.high).toBeCloseTo(0.986674, 5);
    expect(at(48)?.low).toBeCloseTo(0.011738, 5);
    expect(at(48)?.high).toBeCloseTo(0.525015, 5);
    expect(kaplanMeier(nonmaintained).find(({ time }) => time === 43)?.high).toBeCloseTo(0.348904, 5);
    expect(kaplanMeier(nonmaintained).at(-1)).toMatchObject({ survival: 0, low: null, high: null });
  });

  const all = fc.array(fc.record({ time: fc.integer({ min: 0, max: 30 }), happened: fc.boolean() }), { minLength: 1 });

  it("without censoring it is the share that lives on", () => {
    fc.assert(
      fc.property(all, (drawn) => {
        const group = drawn.map(({ time }) => ({ time, happened: true }));
        for (const { time, survival } of kaplanMeier(group)) {
          expect(survival).toBeCloseTo(group.filter((one) => one.time > time).length / group.length, 10);
        }
      }),
    );
  });

  it("censoring a run never adds an event, nor lowers the curve; the order of runs changes nothing", () => {
    fc.assert(
      fc.property(all, fc.nat(), (drawn, pick) => {
        const fewer = drawn.map((one, index) => (index === pick % drawn.length ? { ...one, happened: false } : one));
        const [before, after] = [kaplanMeier(drawn), kaplanMeier(fewer)];
        for (const [index, row] of after.entries()) {
          expect(row.events).toBeLessThanOrEqual(before[index]?.events ?? 0);
          expect(row.survival).toBeGreaterThanOrEqual((before[index]?.survival ?? 1) - 1e-12);
        }
        expect(kaplanMeier(drawn.toReversed())).toEqual(before);
      }),
    );
  });

  it("an event of a life counts when it was seen, and a run without one until it was last looked at", () => {
    expect(lifetimeOf({ after: 100, by: 200 }, 1000)).toEqual({ time: 200, happened: true });
    expect(lifetimeOf({ after: null, by: 0 }, 1000)).toEqual({ time: 0, happened: true });
    expect(lifetimeOf(null, 1000)).toEqual({ time: 1000, happened: false });
  });
});

describe("log-rank test", () => {
  // R: survdiff(Surv(time, status) ~ x, aml): 7 observed, 10.69 expected, 3.4 on 1 df, p = 0.07.
  // To go through its 1.35 million deals would take too long: p is chi-square's.
  it("of aml has R's chi-square (and lifelines 0.30.3's, with more digits)", () => {
    const found = logRank(maintained, nonmaintained);
    expect(found?.observed).toBe(7);
    expect(found?.expected).toBeCloseTo(10.69, 2);
    expect(found?.chiSquare).toBeCloseTo(3.3963886989776024, 9);
    expect(found?.method).toBe("chi-square");
    expect(found?.p).toBeCloseTo(0.0653393220405049, 7);
  });

  // Over all 70 deals (NumPy 2.4.6, each with its own O - E): 4 are as far as the one seen, |O - E| = 2.192857.
  it("of few events is exact over all deals", () => {
    const first = lives([100, 200, 200, 400], []);
    const second = lives([300, 500, 700, 900], [3]);
    const found = logRank(first, second);
    expect(found).toMatchObject({ method: "permutation", observed: 4 });
    expect(Math.abs((found?.observed ?? 0) - (found?.expected ?? 0))).toBeCloseTo(2.192857142857143, 9);
    expect(found?.p).toBeCloseTo(4 / 70, 9);
  });

  it("three against three can't come below one in ten, however clear", () => {
    const found = logRank(lives([1, 2, 3], []), lives([10, 20, 30], []));
    expect([found?.p, found?.smallestP]).toEqual([0.1, 0.1]);
  });

  it("has nothing to test without events or runs", () => {
    expect(logRank(lives([1, 2], [0, 1]), lives([3], [0]))).toBeNull();
    expect(logRank([], lives([3], []))).toBeNull();
  });
});
