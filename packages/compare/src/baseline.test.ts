import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { differ, type Paired, probabilityAbove, sayDifference } from "./baseline";

const runs = (values: readonly number[], pairs?: readonly string[]): Paired[] =>
  values.map((value, index) => (pairs === undefined ? { value } : { value, pair: pairs[index] ?? "" }));
const ours = [0.082, 0.091, 0.077, 0.1, 0.085];
const theirs = [0.12, 0.131, 0.115, 0.122, 0.118];
const seeds = ["1", "2", "3", "4", "5"];

describe("differences to a baseline", () => {
  // SciPy 1.17.1: ttest_rel(a, b).confidence_interval().
  it("are paired by seed where runs pair, in whatever order they come", () => {
    const found = differ(runs(ours, seeds), runs(theirs.toReversed(), seeds.toReversed()), 1);
    expect(found).toMatchObject({ method: "paired-t", pairs: 5 });
    expect(found?.interval?.low).toBeCloseTo(-0.04325648985931972, 9);
    expect(found?.interval?.high).toBeCloseTo(-0.025143510140680263, 9);
    expect(found && sayDifference(found)).toContain("below its baseline");
  });

  // SciPy 1.17.1: ttest_ind(a, b, equal_var=False).confidence_interval().
  it("are Welch's where they don't: no key, or one that is there twice", () => {
    for (const found of [
      differ(runs(ours), runs(theirs), 1),
      differ(runs(ours, ["1", "1", "2", "3", "4"]), runs(theirs, seeds), 1),
    ]) {
      expect(found).toMatchObject({ method: "welch", pairs: null, n: [5, 5] });
      expect(found?.interval?.low).toBeCloseTo(-0.04552768850862408, 8);
      expect(found?.interval?.high).toBeCloseTo(-0.02287231149137594, 8);
    }
  });

  it("from ten on come from the bootstrap, the same for the same seed and any order", () => {
    const many = Array.from({ length: 12 }, (_, index) => (index * 7) % 12);
    const found = differ(runs(many), runs(many.map((value) => value + 20)), 3);
    expect(found).toMatchObject({ method: "bootstrap", value: -20 });
    expect(differ(runs(many.toReversed()), runs(many.map((value) => value + 20)), 3)).toEqual(found);
    expect(found?.interval?.high).toBeLessThan(0);
  });

  it("with one run tell nothing, and where nothing is shown that is no proof that nothing is there", () => {
    const one = differ(runs([1]), runs([2]), 1);
    expect(one && sayDifference(one)).toContain("Nothing can be told");
    const same = differ(runs(ours), runs(ours), 1);
    expect(same && sayDifference(same)).toContain("does not show that there is none");
  });
});

describe("probability of improvement", () => {
  // SciPy 1.17.1: mannwhitneyu([1, 2, 2, 3, 5], [2, 2, 4, 6]).statistic is 7, of 20 pairs.
  it("is Mann and Whitney's U over the pairs, ties as halves", () => {
    expect(probabilityAbove([1, 2, 2, 3, 5], [2, 2, 4, 6])).toBe(7 / 20);
  });

  it("of one over the other and of the other over the one make one", () => {
    const values = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1 });
    fc.assert(
      fc.property(values, values, (a, b) => {
        expect((probabilityAbove(a, b) ?? 0) + (probabilityAbove(b, a) ?? 0)).toBeCloseTo(1, 12);
      }),
    );
  });
});
