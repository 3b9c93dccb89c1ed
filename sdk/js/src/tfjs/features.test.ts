import "@tensorflow/tfjs-backend-wasm";
import type { Reading } from "@tailbone/protocol/reading";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test, vi } from "vitest";
import type { ReadingOptions } from "../run";
import { feature, jointly } from "./feature";
import { RecordedRun } from "./recorded-run.test-util";
import { buildToy, EXAMPLES, toyData } from "./toy.test-util";
import { watch } from "./watch";

const BITS = 30;
const SWITCH = 500;

beforeAll(async () => {
  await tf.setBackend("wasm");
});

/** Uniform +-1 bits, [count, 30]. */
const drawBits = (count: number, seed: number): tf.Tensor2D =>
  tf.tidy(() => tf.sub(tf.mul(tf.randomUniform([count, BITS], 0, 2, "int32", seed).toFloat(), 2), 1).as2D(count, BITS));

const bit = (x: tf.Tensor2D, index: number): tf.Tensor2D => x.slice([0, index], [-1, 1]).as2D(-1, 1);

/** The inputs with one bit of other examples. */
const swapBit = (x: tf.Tensor2D, index: number): tf.Tensor2D =>
  tf.tidy(() =>
    tf.concat2d([x.slice([0, 0], [-1, index]), tf.reverse(bit(x, index), 0), x.slice([0, index + 1], [-1, -1])], 1),
  );

/** y = x0 for 500 steps, then y = x1 x2. */
const targetOf = (x: tf.Tensor2D, step: number): tf.Tensor2D =>
  step < SWITCH ? bit(x, 0) : tf.mul(bit(x, 1), bit(x, 2)).as2D(-1, 1);

function buildNet(seed: number): tf.Sequential {
  const init = (offset: number) => tf.initializers.heNormal({ seed: seed + offset });
  return tf.sequential({
    layers: [
      tf.layers.dense({
        name: "hidden",
        inputShape: [BITS],
        units: 100,
        activation: "relu",
        kernelInitializer: init(0),
      }),
      tf.layers.dense({ name: "output", units: 1, kernelInitializer: init(1) }),
    ],
  });
}

function bitFeature(index: number, when: number): ReturnType<typeof feature> {
  const x = drawBits(1500, 100 + index);
  return feature(`x${index}`, {
    layer: "hidden",
    probe: { inputs: x, labels: bit(x, index).greater(0).toInt().flatten() },
    task: { inputs: x, targets: targetOf(x, when), swapped: swapBit(x, index) },
    loss: "meanSquaredError",
  });
}

const used = (readings: readonly ReadingOptions[], name: string, step: number): number =>
  readings.find((one) => one.feature === name && one.step === step)?.used?.value ?? Number.NaN;

test("a planted vestige is seen: x0 is used until the switch and not after it, and is encoded all along", async () => {
  const run = new RecordedRun();
  const model = buildNet(1);
  const optimizer = tf.train.sgd(0.05);
  const watched = watch(run, model, {
    optimizer,
    checkpoints: { log: false, every: 100 },
    features: [bitFeature(0, 0), bitFeature(5, 0)],
    norms: false,
  });
  for (let step = 0; step <= 1000; step++) {
    const x = drawBits(64, 10_000 + step);
    await watched.step(() =>
      optimizer.minimize(() => tf.losses.meanSquaredError(targetOf(x, step), model.apply(x) as tf.Tensor), true),
    );
    x.dispose();
    // As a step on real data takes some time, so that nothing is left out for want of it.
    if (step % 100 === 0)
      await vi.waitUntil(() => run.readings.some((one) => one.step === step), { timeout: 20_000, interval: 5 });
  }
  await run.finish();
  expect(run.features).toEqual(["x0", "x5"]);
  expect(run.readings.every(({ marks }) => !marks?.includes("skipped"))).toBe(true);
  for (const step of [100, 200, 300, 400, 500]) expect(used(run.readings, "x0", step)).toBeGreaterThan(0.5);
  for (const step of [700, 800, 900, 1000]) expect(used(run.readings, "x0", step)).toBeLessThan(0.02);
  for (const one of run.readings) expect(one.encoded?.value).toBeGreaterThan(0.5);
  for (const step of [100, 300, 500]) expect(used(run.readings, "x5", step)).toBeLessThan(0.02);
}, 60_000);

describe("features of a toy", () => {
  const toyFeature = (name = "sign", layer = "hidden"): ReturnType<typeof feature> => {
    const x = tf.randomUniform<tf.Rank.R2>([300, 8], -1, 1, "float32", 3);
    return feature(name, {
      layer,
      probe: { inputs: x, labels: x.slice([0, 0], [-1, 1]).greater(0).toInt().flatten() },
      task: { inputs: x, targets: tf.sum(x, 1, true) },
      loss: "meanSquaredError",
    });
  };

  async function train(run: RecordedRun, model: tf.Sequential, steps: number, seed = 0): Promise<void> {
    const optimizer = tf.train.sgd(0.1);
    const { x, y } = toyData();
    expect(x.shape[0]).toBe(EXAMPLES);
    const watched = watch(run, model, {
      optimizer,
      seed,
      checkpoints: { log: false, every: 5 },
      features: [toyFeature()],
    });
    for (let step = 0; step < steps; step++) {
      await watched.step(() =>
        optimizer.minimize(() => tf.losses.meanSquaredError(y, model.apply(x) as tf.Tensor), true),
      );
    }
    await run.finish();
  }

  test("whatever is left out is said: each checkpoint has a reading of each feature, the untrained model and the last state a measured one", async () => {
    const run = new RecordedRun();
    const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    await train(run, buildToy(), 101);
    const told = stderr.mock.calls.map(([text]) => String(text)).join("");
    stderr.mockRestore();
    const steps = run.readings.map(({ step }) => step ?? Number.NaN);
    expect([...steps].sort((a, b) => a - b)).toEqual([...Array.from({ length: 21 }, (_, index) => 5 * index), 101]);
    const measured = run.readings.filter(({ marks }) => !marks?.includes("skipped"));
    expect(told.includes("Measuring features is behind the training")).toBe(measured.length < run.readings.length);
    expect(measured[0]?.step).toBe(0);
    expect(measured.at(-1)?.step).toBe(101);
    for (const { used: share, marks } of measured) {
      expect(share?.low).toBeLessThanOrEqual(share?.high ?? Number.NaN);
      expect(marks).toContain("few_examples");
    }
  });

  test("the same seed gives the same readings", async () => {
    const [first, second, other] = [new RecordedRun(), new RecordedRun(), new RecordedRun()];
    await train(first, buildToy(), 5);
    await train(second, buildToy(), 5);
    await train(other, buildToy(), 5, 7);
    expect(second.readings).toEqual(first.readings);
    expect(other.readings).not.toEqual(first.readings);
  });

  test("a layer of the script's own is measured in place, and the cost is told", async () => {
    class Twice extends tf.layers.Layer {
      static className = "TwiceForTest";
      override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
        return tf.mul(Array.isArray(inputs) ? (inputs[0] ?? tf.scalar(0)) : inputs, 2);
      }
    }
    const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ name: "hidden", inputShape: [8], units: 6 }),
        new Twice({ name: "twice" }),
        tf.layers.dense({ units: 1 }),
      ],
    });
    const run = new RecordedRun();
    const optimizer = tf.train.sgd(0.01);
    const { x, y } = toyData();
    const watched = watch(run, model, { optimizer, checkpoints: { log: false, every: 1 }, features: [toyFeature()] });
    const measured = (): ReadingOptions[] => run.readings.filter(({ encoded }) => encoded !== null);
    await vi.waitUntil(
      async () => {
        await watched.step(() =>
          optimizer.minimize(() => tf.losses.meanSquaredError(y, model.apply(x) as tf.Tensor), true),
        );
        return measured().length > 2;
      },
      { timeout: 30_000, interval: 5 },
    );
    const told = stderr.mock.calls.map(([text]) => String(text)).join("");
    stderr.mockRestore();
    expect(told).toContain("cannot be rebuilt on another thread");
    expect(told).toMatch(/held the training up for \d+ ms/);
  }, 40_000);

  test("what does not fit the model is refused before the training", () => {
    const start = (...features: ReturnType<typeof feature>[]) => watch(new RecordedRun(), buildToy(), { features });
    expect(() => start(toyFeature("sign", "hiden"))).toThrow(/no layer "hiden"/);
    expect(() => start(toyFeature(), toyFeature())).toThrow(/Two features are called "sign"/);
    expect(() => watch(new RecordedRun(), buildToy(), { features: [toyFeature()], checkpoints: false })).toThrow(
      /without checkpoints/,
    );
    expect(() => start(toyFeature(), jointly("both", [toyFeature(), toyFeature("other")]))).toThrow(
      /there is no feature "other"/,
    );
    expect(() => start(toyFeature(), jointly("alone", [toyFeature()]))).toThrow(/fewer than two members/);
    const wrong: Partial<Reading> = {};
    expect(() =>
      Reflect.apply(feature, undefined, ["sign", { ...wrong, layer: "hidden", probe: {}, task: {} }]),
    ).toThrow(/no tensor/);
  });

  test("features are taken away together as well, and seen against other data from when those are set", async () => {
    const [run, model] = [new RecordedRun(), buildToy()];
    const optimizer = tf.train.sgd(0);
    const { x, y } = toyData();
    const features = [toyFeature("sign"), toyFeature("same")];
    const watched = watch(run, model, {
      optimizer,
      checkpoints: { log: false, every: 1 },
      features: [...features, jointly("both", features)],
    });
    const inputs = tf.randomUniform<tf.Rank.R2>([300, 8], -1, 1, "float32", 3);
    const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const step = () =>
      watched.step(() => optimizer.minimize(() => tf.losses.meanSquaredError(y, model.apply(x) as tf.Tensor), true));
    await step();
    // The targets are what the model says: all of it is learnt, and nothing is lost to what it was trained for.
    for (const name of ["sign", "same"]) watched.setTask(name, { inputs, targets: model.predict(inputs) as tf.Tensor });
    watched.setTask("sign", { inputs, targets: toyData().y });
    watched.setTask("both", { inputs, targets: toyData().y });
    await step();
    await run.finish();
    const told = stderr.mock.calls.map(([text]) => String(text)).join("");
    stderr.mockRestore();
    expect(told).toMatch(/task.inputs has 300 examples and task.targets 12\..* stay as they were/);
    expect(told).toMatch(/no feature "both" with task data/);
    const learnt = (name: string) =>
      run.readings.filter((one) => one.feature === name).map((one) => [one.step, (one.learnt ?? Number.NaN) > 0.99]);
    for (const name of ["sign", "same", "both"]) {
      expect(learnt(name)).toEqual([
        [0, false],
        [1, false],
        [2, true],
      ]);
    }
    expect(run.readings.find(({ feature: name }) => name === "both")?.encoded).toBeNull();
  });
});
