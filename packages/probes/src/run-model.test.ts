import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import type { TensorData } from "./rows";
import { captureLayer, findLayer, layerNames, nextLayer, openLayer, runModel, runReplaced } from "./run-model";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const inputs = (...shape: number[]): TensorData => ({
  shape,
  dtype: "float32",
  values: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => Math.sin(index)),
});

const dense = (name: string, units: number) => tf.layers.dense({ name, units });

function buildBranches(): tf.LayersModel {
  const input = tf.input({ shape: [4] });
  const left = dense("left", 3).apply(input);
  const right = dense("right", 3).apply(input);
  const inner = tf.sequential({
    name: "inner",
    layers: [tf.layers.dense({ name: "deep", units: 2, inputShape: [6] })],
  });
  const joined = tf.layers.concatenate().apply([left, right].filter((part) => part instanceof tf.SymbolicTensor));
  const output = inner.apply(joined);
  if (!(output instanceof tf.SymbolicTensor)) throw new Error("a symbolic output is wanted");
  return tf.model({ inputs: input, outputs: output });
}

test("layers of branches and of models within models are found, seen and replaced", async () => {
  const model = buildBranches();
  expect(layerNames(model)).toEqual(expect.arrayContaining(["left", "right", "inner", "inner/deep"]));
  const x = inputs(700, 4);
  const clean = await runModel(model, x);
  const left = await captureLayer(model, "left", x);
  expect([left.count, left.width]).toEqual([700, 3]);
  expect(await captureLayer(model, "inner/deep", x)).toEqual(clean);
  const silent = await runReplaced(model, "left", x, (output) => tf.zerosLike(output));
  expect(silent).not.toEqual(clean);
  expect(await runReplaced(model, "inner/deep", x, (output) => tf.mul(output, 2))).toEqual({
    ...clean,
    values: clean.values.map((value) => 2 * value),
  });
  expect(await runModel(model, x)).toEqual(clean);
});

test("a recurrent layer is seen as a whole", async () => {
  const model = tf.sequential({
    layers: [
      tf.layers.lstm({ name: "reader", units: 3, inputShape: [5, 2], returnSequences: true }),
      tf.layers.flatten(),
    ],
  });
  expect((await captureLayer(model, "reader", inputs(10, 5, 2))).width).toBe(15);
});

test("a model opened behind a layer says the same as one that is run as a whole", async () => {
  const sequential = tf.sequential({
    layers: [
      tf.layers.lstm({ name: "reader", units: 3, inputShape: [5, 2] }),
      tf.layers.dropout({ rate: 0.5 }),
      tf.sequential({ layers: [tf.layers.dense({ units: 4, inputShape: [3], activation: "tanh" })] }),
      dense("last", 2),
    ],
  });
  const zero = (output: tf.Tensor): tf.Tensor => tf.mul(output, 0.5);
  for (const [model, name, x] of [
    [sequential, "reader", inputs(700, 5, 2)],
    [sequential, "last", inputs(700, 5, 2)],
    [buildBranches(), "left", inputs(700, 4)],
    [buildBranches(), "inner/deep", inputs(700, 4)],
  ] as const) {
    const before = tf.memory().numTensors;
    const opened = openLayer(model, name, x);
    expect(await opened.run(zero)).toEqual(await runReplaced(model, name, x, zero));
    const next = nextLayer(model, name);
    if (next === null) expect(opened.runNext).toBeNull();
    else
      expect(await opened.runNext?.(zero)).toEqual(await captureLayer(model, next, x, { layer: name, replace: zero }));
    opened.close();
    expect(tf.memory().numTensors).toBe(before);
  }
});

test("an error within leaves the model as it was", async () => {
  const model = buildBranches();
  const x = inputs(10, 4);
  const before = await runModel(model, x);
  const fail = () => {
    throw new Error("no");
  };
  await expect(runReplaced(model, "left", x, fail)).rejects.toThrow("no");
  expect(Object.hasOwn(findLayer(model, "left"), "call")).toBe(false);
  expect(await runModel(model, x)).toEqual(before);
});
