import { describe, expect, it } from "vitest";
import { adjustHolm, compareOrder, type PairOfOnsets, precedenceOf, sayOrder, signTest } from "./order";

const clear: PairOfOnsets = { first: { after: 10, by: 20 }, second: { after: 30, by: 40 }, lastStep: 100 };
const reversed: PairOfOnsets = { first: clear.second, second: clear.first, lastStep: 100 };

describe("order", () => {
  it("is known only where the intervals don't overlap", () => {
    expect(precedenceOf(clear)).toBe("first");
    expect(precedenceOf(reversed)).toBe("second");
    expect(precedenceOf({ ...clear, second: { after: 20, by: 40 } })).toBe("first");
    expect(precedenceOf({ ...clear, second: { after: 15, by: 40 } })).toBe("tie");
    expect(precedenceOf({ ...clear, second: { after: null, by: 40 } })).toBe("tie");
  });

  it("what had not come by the end came later; of two such nothing is known", () => {
    expect(precedenceOf({ ...clear, second: null })).toBe("first");
    expect(precedenceOf({ ...clear, first: null, second: null })).toBe("tie");
  });

  // SciPy 1.17.1, binomtest(heads, n).pvalue.
  it("the sign test is SciPy's", () => {
    expect(signTest(8, 8)).toBeCloseTo(0.0078125, 12);
    expect(signTest(7, 9)).toBeCloseTo(0.1796875, 12);
    expect(signTest(5, 5)).toBeCloseTo(0.0625, 12);
  });

  it("below five runs that tell it says that it can't; ties count for neither", () => {
    const tie: PairOfOnsets = { first: null, second: null, lastStep: 100 };
    const four = compareOrder([clear, clear, clear, clear, tie, tie]);
    expect(four).toMatchObject({ first: 4, second: 0, ties: 2, p: null });
    expect(sayOrder(four)).toContain("can't tell an order");
    expect(sayOrder(compareOrder(new Array<PairOfOnsets>(8).fill(clear)))).toContain("consistent");
    expect(sayOrder(compareOrder([...new Array<PairOfOnsets>(5).fill(clear), reversed]))).toContain("no order");
  });

  // By Holm's rule: .01 * 3; then .03 * 2; then .04 * 1, not below the one before.
  it("over several pairs p-values are adjusted as Holm has it", () => {
    const adjusted = adjustHolm([0.04, 0.01, 0.03]);
    for (const [index, p] of [0.06, 0.03, 0.06].entries()) expect(adjusted[index]).toBeCloseTo(p, 12);
  });
});
