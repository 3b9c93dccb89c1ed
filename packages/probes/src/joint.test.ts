import type { Estimate } from "@tailbone/protocol/reading";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import type { FeatureData } from "./feature-data";
import { type JointData, measureJointly, membersOf } from "./joint";
import { measureFeature } from "./measure-feature";
import { buildRedundant, drawBits, redundantFeature } from "./planted.test-util";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const WIDTH = 6;
const bits = drawBits(1200, WIDTH, 1);
const joint: JointData = { name: "both bits", members: ["bit 0", "bit 1"], settings: {} };
const known = (estimate: Estimate | null): Estimate => estimate ?? expect.fail("not measured");
const pair = (isSwapped: boolean) => [redundantFeature(bits, 0, isSwapped), redundantFeature(bits, 1, isSwapped)];

describe("a redundant pair", () => {
  test("reads as unused one by one, and as all that is used together", async () => {
    const model = buildRedundant(WIDTH);
    for (const feature of pair(false)) {
      const alone = await measureFeature({ model, feature, step: 1, seed: 1, untrained: null });
      expect(known(alone.used).high).toBeLessThan(0.02);
      expect(known(alone.benefit).high).toBeLessThan(0.05);
    }
    const together = await measureJointly(model, joint, pair(false), { step: 1, seed: 1 });
    expect(together).toMatchObject({ feature: "both bits", encoded: null, intervention: "leace" });
    // Both at their mean, the output is: as wrong as chance.
    expect(known(together.benefit).value).toBeGreaterThan(0.5);
    expect(known(together.benefit).low).toBeGreaterThan(0.3);
    expect(together.note).toContain("Taken away together: bit 0, bit 1.");
  });

  test("is swapped together where each has a swap", async () => {
    const model = buildRedundant(WIDTH);
    const { used, benefit, intervention } = await measureJointly(model, joint, pair(true), { step: 1, seed: 1 });
    expect(intervention).toBe("swap");
    // All that the output depends on is another example's.
    expect(known(used).value).toBeCloseTo(1, 1);
    expect(known(benefit).value).toBeCloseTo(2, 0);
  });
});

describe("features that cannot be taken away together are refused, with the reason", () => {
  const [first, second] = pair(false);
  if (first === undefined || second === undefined) throw new Error("a pair");
  const other = drawBits(1200, WIDTH, 2).inputs;
  const [swapped] = pair(true);
  test.each<[string, Partial<JointData>, readonly FeatureData[], RegExp]>([
    ["a name that is none", { members: ["bit 0", "bit 9"] }, [first, second], /no feature "bit 9"/],
    ["one alone", { members: ["bit 0"] }, [first, second], /fewer than two members/],
    ["other task data", {}, [first, { ...second, task: { ...second.task, inputs: other } }], /different task data/],
    ["another layer", {}, [first, { ...second, layer: "beyond" }], /different layers/],
    [
      "other probe data",
      {},
      [first, { ...second, probe: { ...second.probe, inputs: other } }],
      /different probe.inputs/,
    ],
    ["one swap", {}, [swapped ?? first, second], /only one of/],
    [
      "swaps of the same values",
      {},
      [swapped ?? first, { ...(swapped ?? first), name: "bit 1" }],
      /what another one changes/,
    ],
  ])("%s", (_, change, features, message) => {
    expect(() => membersOf({ ...joint, ...change }, features)).toThrow(message);
  });
});
