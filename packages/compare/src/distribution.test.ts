import { describe, expect, it } from "vitest";
import {
  betaQuantile,
  chiSquareAbove,
  headsAtMost,
  normalBelow,
  normalQuantile,
  shareInterval,
  tBelow,
  tQuantile,
} from "./distribution";

/** All expected numbers: SciPy 1.17.1. */
describe("distributions are SciPy's", () => {
  it.each([
    [1, 12.706204736174694],
    [2, 4.302652729749462],
    [4, 2.7764451051977934],
    [9, 2.262157162798205],
    [30, 2.0422724563012378],
  ])("t.ppf(.975, %i)", (df, expected) => {
    expect(tQuantile(0.975, df)).toBeCloseTo(expected, 7);
    expect(tQuantile(0.025, df)).toBeCloseTo(-expected, 7);
  });

  it("t.cdf, norm, chi2.sf, beta.ppf, binom.cdf", () => {
    expect(tBelow(1.5, 3.5)).toBeCloseTo(0.8910909064923275, 7);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 7);
    expect(normalBelow(1.959963984540054)).toBeCloseTo(0.975, 7);
    expect(chiSquareAbove(3.4, 1)).toBeCloseTo(0.06519641907813026, 7);
    expect(chiSquareAbove(7.1, 3)).toBeCloseTo(0.06877781936579971, 7);
    expect(betaQuantile(0.025, 3, 5)).toBeCloseTo(0.09898827844250786, 7);
    expect(betaQuantile(0.975, 1, 3)).toBeCloseTo(0.7075982261787133, 7);
    expect(headsAtMost(2, 9)).toBeCloseTo(0.08984375, 12);
  });

  it("binomtest(7, 9).proportion_ci(method='exact')", () => {
    const { low, high } = shareInterval(7, 9);
    expect(low).toBeCloseTo(0.3999064262836879, 7);
    expect(high).toBeCloseTo(0.9718550265221126, 7);
    expect(shareInterval(0, 9).low).toBe(0);
    expect(shareInterval(9, 9).high).toBe(1);
  });
});
