import fc from "fast-check";
import { expect, test } from "vitest";
import { SEALED_POINTS } from "./chunk";
import { FAN_OUT, planMerge, type Unsealed } from "./merge-plan";

interface Stored extends Unsealed {
  rewrites: number;
}

/**
 * Appends chunks of the given sizes as the store does, and returns what is left, with how often its points were
 * rewritten.
 */
function append(sizes: readonly number[]): { chunks: Stored[]; mostUnsealed: number } {
  const chunks: Stored[] = [];
  let mostUnsealed = 0;
  for (const count of sizes) {
    chunks.push({ count, level: 0, rewrites: 0 });
    const sealed = chunks.findLastIndex((chunk) => chunk.count >= SEALED_POINTS) + 1;
    const plan = planMerge(chunks.slice(sealed));
    if (plan !== null) {
      const merged = chunks.splice(-plan.length);
      expect(merged.length).toBe(plan.length);
      chunks.push({
        count: merged.reduce((sum, chunk) => sum + chunk.count, 0),
        level: plan.level,
        rewrites: 1 + Math.max(...merged.map((chunk) => chunk.rewrites)),
      });
    }
    mostUnsealed = Math.max(mostUnsealed, chunks.filter((chunk) => chunk.count < SEALED_POINTS).length);
  }
  return { chunks, mostUnsealed };
}

test("points one by one: few chunks stay open, and none is rewritten more than three times", () => {
  const { chunks, mostUnsealed } = append(Array.from({ length: 20_000 }, () => 1));
  expect(chunks.reduce((sum, chunk) => sum + chunk.count, 0)).toBe(20_000);
  expect(mostUnsealed).toBeLessThanOrEqual(3 * FAN_OUT);
  expect(Math.max(...chunks.map((chunk) => chunk.rewrites))).toBeLessThanOrEqual(3);
});

test("points in frames of any size: none is lost, few chunks stay open, a sealed one is left alone", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 6000 }), { minLength: 1, maxLength: 400 }), (sizes) => {
      const { chunks, mostUnsealed } = append(sizes);
      expect(chunks.reduce((sum, chunk) => sum + chunk.count, 0)).toBe(sizes.reduce((sum, size) => sum + size, 0));
      expect(mostUnsealed).toBeLessThanOrEqual(3 * FAN_OUT);
    }),
  );
});
