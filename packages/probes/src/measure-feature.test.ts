import type { Estimate } from "@tailbone/protocol/reading";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { checkFeature } from "./check-feature";
import type { FeatureData } from "./feature-data";
import { measureFeature } from "./measure-feature";
import { bitFeature, buildLinear, buildRedundant, drawBits, redundantFeature } from "./planted.test-util";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

/** Half of what the output depends on is bit 0's, some is bit 1's; bit 5 is encoded and never used. */
const WEIGHTS = [2, 1, 0.5, 0.5, 0.5, 0];
const TOTAL = WEIGHTS.reduce((sum, weight) => sum + weight ** 2, 0);
const bits = drawBits(1200, WEIGHTS.length, 1);
const model = buildLinear(WEIGHTS, 2);
const measure = (feature: FeatureData, step = 10) => measureFeature({ model, feature, step, seed: 3, untrained: null });
const known = (estimate: Estimate | null): Estimate => estimate ?? expect.fail("not measured");

describe.each([true, false])("a planted linear feature (swap: %s)", (isSwapped) => {
  test("is read, and used for as much as it is planted for", async () => {
    const { encoded, used, benefit, learnt, marks, intervention } = await measure(
      bitFeature(bits, WEIGHTS, 0, isSwapped),
    );
    expect(known(encoded).low).toBeGreaterThan(0.8);
    expect(intervention).toBe(isSwapped ? "swap" : "leace");
    expect(marks).toEqual([]);
    expect(learnt).toBeCloseTo(1, 3);
    // Swapping a bit moves the output by twice its weight for half of the examples; erasing it, by its weight for all
    // of them.
    const share = isSwapped ? 4 / TOTAL : 4 / TOTAL / 2;
    expect(known(used).value).toBeGreaterThan(isSwapped ? share * 0.85 : share * 0.6);
    expect(known(used).value).toBeLessThan(share * 1.15);
    expect(known(benefit).low).toBeGreaterThan(0.2);
  });

  test("that is decodable and not used is read, and shown as not used", async () => {
    const { encoded, used, benefit } = await measure(bitFeature(bits, WEIGHTS, 5, isSwapped));
    expect(known(encoded).low).toBeGreaterThan(0.8);
    expect(known(used).high).toBeLessThan(0.02);
    expect(known(benefit).high).toBeLessThan(0.05);
  });
});

test("what is not there is not read", async () => {
  const feature = bitFeature(bits, WEIGHTS, 0, true);
  const labels = drawBits(1200, 1, 99).column(0);
  const { encoded } = await measure({ ...feature, probe: { ...feature.probe, labels } });
  expect(known(encoded).low).toBe(0);
  expect(known(encoded).value).toBeLessThan(0.05);
});

test("few examples of one class leave a reading unsure, however many of the others there are", async () => {
  const feature = bitFeature(bits, WEIGHTS, 0, true);
  let kept = 0;
  const labels = feature.probe.labels.map((label) => (label === 1 && ++kept > 60 ? 0 : label));
  const { encoded, marks, note } = await measure({ ...feature, probe: { ...feature.probe, labels } });
  expect(marks).toContain("few_examples");
  expect(note).toContain("The probe has 120 examples");
  expect(known(encoded).high - known(encoded).low).toBeGreaterThan(0.2);
});

test("probabilities at the end of a model within a model are taken for what they are", async () => {
  const softmax = (layers: tf.layers.Layer[]): tf.Sequential => tf.sequential({ layers });
  const inner = softmax([tf.layers.dense({ units: 2, inputShape: [6], activation: "softmax", name: "output" })]);
  const outer = softmax([tf.layers.dense({ name: "hidden", units: 6, inputShape: [6] }), inner]);
  const flat = softmax([
    tf.layers.dense({ name: "hidden", units: 6, inputShape: [6] }),
    tf.layers.dense({ units: 2, activation: "softmax" }),
  ]);
  flat.setWeights(outer.getWeights());
  const base = bitFeature(bits, WEIGHTS, 0, true);
  const targets = { shape: [1200, 1], dtype: "int32" as const, values: bits.column(0) };
  const feature: FeatureData = { ...base, task: { ...base.task, targets }, loss: "softmaxCrossEntropy" };
  const read = (of: tf.LayersModel) => measureFeature({ model: of, feature, step: 1, seed: 1, untrained: null });
  expect(await read(outer)).toEqual(await read(flat));
});

test("the same seed gives the same reading, another step other draws", async () => {
  const feature = bitFeature(bits, WEIGHTS, 1, false);
  const first = await measure(feature);
  expect(await measure(feature)).toEqual(first);
  const { benefit } = await measure(feature, 11);
  expect(known(benefit).low).not.toBe(known(first.benefit).low);
});

test("an erasure is compared with that of shuffled labels, or of a feature that should not matter", async () => {
  const feature = bitFeature(bits, WEIGHTS, 0, false);
  const shuffled = await measure(feature);
  const [, p] = /Against 20 erasures of shuffled labels, p = ([\d.]+)\./.exec(shuffled.note) ?? [];
  expect(Number(p)).toBeLessThan(0.2);
  const irrelevant = await measure({ ...feature, probe: { ...feature.probe, irrelevant: bits.column(5) } });
  // Erased alone, bit 5 costs nothing, so that all of bit 0's benefit is left: half of the outputs' variance.
  expect(known(irrelevant.benefit).control).toBeCloseTo(0, 2);
  expect(known(irrelevant.benefit).value).toBeCloseTo(4 / TOTAL, 1);
  expect(known(irrelevant.benefit).value).toBeGreaterThan(known(shuffled.benefit).value);
});

test.each(["mean", "resample", "zero"] as const)(
  "a feature may be taken away by %s ablation as well",
  async (ablation) => {
    const used = await measure({ ...bitFeature(bits, WEIGHTS, 0, false), ablation });
    expect(used.intervention).toBe(ablation);
    expect(known(used.benefit).low).toBeGreaterThan(0.2);
    const unused = await measure({ ...bitFeature(bits, WEIGHTS, 5, false), ablation });
    expect(known(unused.benefit).high).toBeLessThan(0.05);
    expect([used.marks, unused.marks]).toEqual([[], []]);
  },
);

test("where ways of taking a feature away disagree, the reading says so", async () => {
  const feature = redundantFeature(bits, 0);
  const { benefit, marks, note } = await measureFeature({
    ...{ model: buildRedundant(WEIGHTS.length), feature },
    ...{ step: 1, seed: 1, untrained: null },
  });
  expect(known(benefit).high).toBeLessThan(0.05);
  expect(marks).toContain("methods_disagree");
  expect(note).toMatch(/leace 0, mean 0, resample 0\.\d+\./);
});

test("a model that has diverged gives a marked reading, and no numbers", async () => {
  const broken = buildLinear(WEIGHTS, 2);
  broken.getLayer("hidden").setWeights([tf.fill([WEIGHTS.length, WEIGHTS.length], Number.NaN)]);
  const feature = bitFeature(bits, WEIGHTS, 0, true);
  const reading = await measureFeature({ model: broken, feature, step: 1, seed: 1, untrained: null });
  expect(reading).toMatchObject({ encoded: null, used: null, benefit: null, marks: ["not_measurable"] });
});

test("no tensor stays behind", async () => {
  const feature = bitFeature(bits, WEIGHTS, 0, false);
  await measure(feature);
  const before = tf.memory().numTensors;
  await measure(feature);
  expect(tf.memory().numTensors).toBe(before);
});

/** Over many draws: how often the interval holds what is planted. */
async function countHolding(what: "used" | "benefit", isSwapped: boolean, planted: number): Promise<number> {
  let holding = 0;
  for (let round = 0; round < 60; round++) {
    const drawn = drawBits(200, WEIGHTS.length, 1000 + round);
    const plain = bitFeature(drawn, WEIGHTS, 0, isSwapped);
    const feature = { ...plain, probe: { ...plain.probe, irrelevant: drawn.column(5) } };
    const reading = await measureFeature({ model, feature, step: round, seed: round, untrained: null });
    const { low, high } = known(reading[what]);
    if (low <= planted && planted <= high) holding++;
  }
  return holding;
}

// A swap moves the output by twice the weight for half of the examples, and costs the square of that; erasing moves it
// by the weight for all of them.
test.each([
  ["used", 4 / TOTAL],
  ["benefit", 8 / TOTAL],
] as const)("the intervals of %s by a swap hold what is planted, nearly always", async (what, planted) => {
  // 95 % stated; fewer than 50 of 60 would come by chance once in ten thousand times.
  expect(await countHolding(what, true, planted)).toBeGreaterThanOrEqual(50);
});

test("the intervals of benefit by erasure hold what is planted, nearly always", async () => {
  expect(await countHolding("benefit", false, 4 / TOTAL)).toBeGreaterThanOrEqual(50);
});

describe("a feature that cannot be measured is refused before the training, and says why", () => {
  const feature = bitFeature(bits, WEIGHTS, 0, true);
  const { probe, task } = feature;
  test.each([
    ["a layer that does not exist", { ...feature, layer: "hiden" }, /no layer "hiden".*|hidden, output/],
    [
      "too few labels",
      { ...feature, probe: { ...probe, labels: probe.labels.subarray(1) } },
      /1200 examples and probe.labels 1199/,
    ],
    ["one class", { ...feature, probe: { ...probe, labels: new Int32Array(1200) } }, /one class only/],
    [
      "a rare class",
      { ...feature, probe: { ...probe, labels: Int32Array.from({ length: 1200 }, (_, i) => (i < 3 ? 1 : 0)) } },
      /class 1 .* has 3 examples/,
    ],
    [
      "targets of another length",
      { ...feature, task: { ...task, targets: { ...task.targets, shape: [1199, 1] } } },
      /task.targets 1199/,
    ],
    [
      "targets of another width",
      { ...feature, task: { ...task, targets: { ...task.targets, shape: [1200, 2], values: new Float32Array(2400) } } },
      /task.targets has 2 values an example and the model 1 outputs/,
    ],
    [
      "targets that are not numbers",
      {
        ...feature,
        task: { ...task, targets: { ...task.targets, values: new Float32Array(1200).fill(Number.NaN, 7) } },
      },
      /task.targets has NaN in example 7/,
    ],
    [
      "a label that is no class",
      { ...feature, probe: { ...probe, labels: Int32Array.from(probe.labels, (label, i) => (i === 3 ? 1e9 : label)) } },
      /probe.labels has the class 1000000000/,
    ],
    [
      "inputs of another shape",
      {
        ...feature,
        task: { ...task, swapped: { ...task.inputs, shape: [1200, 5], values: task.inputs.values.subarray(0, 6000) } },
      },
      /task.swapped has the shape/,
    ],
  ])("%s", (_, wrong, message) => {
    expect(() => checkFeature(wrong, model)).toThrow(message);
  });

  test("a layer that is too wide to be erased at", () => {
    const wide = tf.sequential({
      layers: [tf.layers.dense({ name: "hidden", units: 600, inputShape: [6] }), tf.layers.dense({ units: 1 })],
    });
    expect(() => checkFeature(bitFeature(bits, WEIGHTS, 0, false), wide)).toThrow(/erased at hidden, which has 600/);
    expect(() => checkFeature(bitFeature(bits, WEIGHTS, 0, true), wide)).not.toThrow();
  });
});
