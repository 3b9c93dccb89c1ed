import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { beforeAll, describe, expect, test } from "vitest";
import { applyTo } from "../toy.test-util";
import { registerTrainingKernels } from "./register";

beforeAll(async () => {
  await Promise.all([tf.setBackend("cpu"), tf.ready()]);
  registerTrainingKernels();
});

/** Gradients of a model with respect to all its weights, by the name of the weight. */
async function gradientsOn(backend: string, loss: () => tf.Scalar): Promise<Map<string, Float32Array>> {
  await tf.setBackend(backend);
  const { grads, value } = tf.variableGrads(loss);
  const named = Object.entries(grads).map(([name, grad]): [string, Float32Array] => [
    name,
    Float32Array.from(grad.dataSync()),
  ]);
  tf.dispose([value, ...Object.values(grads)]);
  return new Map(named);
}

/** Largest difference, relative to the largest value. */
function difference(a: Float32Array, b: Float32Array): number {
  let [error, scale] = [0, 0];
  for (const [index, value] of a.entries()) {
    error = Math.max(error, Math.abs(value - (b[index] ?? Number.NaN)));
    scale = Math.max(scale, Math.abs(value));
  }
  return error / scale;
}

async function expectSameGradients(loss: () => tf.Scalar): Promise<void> {
  const onCpu = await gradientsOn("cpu", loss);
  const onWasm = await gradientsOn("wasm", loss);
  expect([...onWasm.keys()]).toEqual([...onCpu.keys()]);
  expect(onCpu.size).toBeGreaterThan(0);
  for (const [name, expected] of onCpu) {
    const actual = onWasm.get(name) ?? new Float32Array();
    expect(actual.length, name).toBe(expected.length);
    expect(
      expected.some((value) => value !== 0),
      `${name} has a gradient`,
    ).toBe(true);
    expect(difference(expected, actual), name).toBeLessThan(1e-4);
  }
}

const { layers } = tf;
const image = [9, 8, 3];
const words = { inputShape: [6] };
const signal = { inputShape: [10, 4] };

/** Layers that have, or let through, gradients. */
const MODELS: Readonly<Record<string, () => tf.layers.Layer[]>> = {
  "conv2d, valid": () => [layers.conv2d({ inputShape: image, filters: 4, kernelSize: 3, activation: "relu" })],
  "conv2d, same, strides": () => [
    layers.conv2d({ inputShape: image, filters: 4, kernelSize: [3, 2], strides: [2, 3], padding: "same" }),
    layers.conv2d({ filters: 2, kernelSize: 2, activation: "tanh" }),
  ],
  "conv2d, even kernel": () => [
    layers.conv2d({ inputShape: image, filters: 5, kernelSize: 4, strides: 2, padding: "same" }),
  ],
  "conv2d, one by one": () => [layers.conv2d({ inputShape: image, filters: 5, kernelSize: 1, strides: 2 })],
  conv1d: () => [layers.conv1d({ ...signal, filters: 3, kernelSize: 3, padding: "same" })],
  conv2dTranspose: () => [
    layers.conv2dTranspose({ inputShape: image, filters: 4, kernelSize: 3, strides: 2, padding: "same" }),
  ],
  conv3d: () => [layers.conv3d({ inputShape: [4, 5, 6, 2], filters: 3, kernelSize: 2 })],
  depthwiseConv2d: () => [
    layers.conv2d({ inputShape: image, filters: 3, kernelSize: 1 }),
    layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, padding: "same", strides: 2 }),
  ],
  separableConv2d: () => [layers.separableConv2d({ inputShape: image, filters: 4, kernelSize: 3, depthMultiplier: 2 })],
  embedding: () => [layers.embedding({ ...words, inputDim: 11, outputDim: 5 })],
  simpleRNN: () => [layers.embedding({ ...words, inputDim: 11, outputDim: 5 }), layers.simpleRNN({ units: 4 })],
  lstm: () => [
    layers.embedding({ ...words, inputDim: 11, outputDim: 5 }),
    layers.lstm({ units: 4, returnSequences: true }),
    layers.lstm({ units: 3 }),
  ],
  gru: () => [layers.gru({ ...signal, units: 4 })],
  bidirectional: () => [
    layers.bidirectional({ ...signal, layer: layers.lstm({ units: 3, returnSequences: true }), mergeMode: "concat" }),
  ],
  timeDistributed: () => [layers.timeDistributed({ ...signal, layer: layers.dense({ units: 3 }) })],
  convLstm2d: () => [layers.convLstm2d({ inputShape: [3, 6, 6, 2], filters: 2, kernelSize: 3 })],
  maxPooling2d: () => [
    layers.conv2d({ inputShape: image, filters: 4, kernelSize: 2 }),
    layers.maxPooling2d({ poolSize: 2, padding: "same" }),
  ],
  averagePooling2d: () => [
    layers.conv2d({ inputShape: image, filters: 4, kernelSize: 2 }),
    layers.averagePooling2d({ poolSize: 3, strides: 2 }),
  ],
  "global pooling": () => [
    layers.conv2d({ inputShape: image, filters: 4, kernelSize: 2 }),
    layers.globalMaxPooling2d({}),
  ],
  "pooling of signals": () => [
    layers.conv1d({ ...signal, filters: 4, kernelSize: 2 }),
    layers.maxPooling1d({ poolSize: 2 }),
    layers.globalAveragePooling1d({}),
  ],
  maxPooling3d: () => [
    layers.conv3d({ inputShape: [4, 5, 6, 2], filters: 3, kernelSize: 2 }),
    layers.maxPooling3d({ poolSize: 2 }),
  ],
  "cropping, padding": () => [
    layers.conv2d({ inputShape: image, filters: 2, kernelSize: 2 }),
    layers.cropping2D({
      cropping: [
        [1, 2],
        [0, 1],
      ],
    }),
    layers.zeroPadding2d({ padding: 1 }),
  ],
  normalisation: () => [
    layers.conv2d({ inputShape: image, filters: 4, kernelSize: 2, useBias: false }),
    layers.batchNormalization({}),
    layers.layerNormalization({}),
  ],
  "activations with parameters": () => [
    layers.dense({ inputShape: [7], units: 6 }),
    layers.prelu({ alphaInitializer: "ones" }),
    layers.leakyReLU({}),
    layers.elu({}),
    layers.dense({ units: 5, activation: "softplus" }),
    layers.dense({ units: 4, activation: "selu" }),
    layers.softmax({}),
  ],
};

describe("gradients on wasm are those of the cpu backend", () => {
  test.each(Object.keys(MODELS))("%s", async (name) => {
    const parts = MODELS[name]?.() ?? [];
    const model = tf.sequential({ layers: parts });
    const [batch, ...shape] = model.inputs[0]?.shape ?? [];
    expect(batch).toBeNull();
    const sizes = [3, ...shape.map(Number)];
    const x =
      parts[0]?.getClassName() === "Embedding"
        ? tf.randomUniform(sizes, 0, 11, "int32", 5)
        : tf.randomNormal(sizes, 0, 1, "float32", 5);
    // Drawn with a seed: of two largest values that are nearly the same, backends that round differently take another one.
    for (const [index, weight] of model.weights.entries())
      if (weight.shape.length > 1)
        weight.write(tf.randomNormal(weight.shape.map(Number), 0, 0.5, "float32", 7 + index));
    const target = tf.randomNormal(model.outputs[0]?.shape.map((size) => size ?? 3) ?? [], 0, 1, "float32", 6);
    await expectSameGradients(() => tf.losses.meanSquaredError(target, applyTo(model, x)));
    model.dispose();
  });

  test("of a batch too large to be unfolded at once", async () => {
    const filter = tf.variable<tf.Rank.R4>(tf.randomNormal([3, 3, 16, 2], 0, 1, "float32", 1), true, "large");
    const x = tf.randomNormal<tf.Rank.R4>([20, 40, 40, 16], 0, 1, "float32", 2);
    await expectSameGradients(() => tf.mean(tf.square(tf.conv2d(x, filter, 1, "same"))));
    filter.dispose();
  });

  test("of gather along another axis, with ids in any order and repeated", async () => {
    const table = tf.variable(tf.randomNormal([2, 5, 3], 0, 1, "float32", 1), true, "table");
    const ids = tf.tensor1d([4, 0, 4, 4, 1, 2, 3], "int32");
    await expectSameGradients(() => tf.mean(tf.square(tf.gather(table, ids, 1))));
    table.dispose();
  });
});

test.each([
  { size: 2, strides: 2, pad: "valid" },
  { size: 3, strides: 2, pad: "same" },
  { size: 2, strides: 1, pad: 1 },
] as const)(
  "max pooling hands its gradient to the largest value, below zero too: %j",
  async ({ size, strides, pad }) => {
    await tf.setBackend("wasm");
    // All values differ by more than the step of the difference quotient, and most are below zero.
    const values = Float32Array.from({ length: 2 * 6 * 5 * 2 }, (_, index) => ((index * 37) % 120) / 10 - 11);
    const pooled = (x: tf.Tensor4D): tf.Scalar => {
      const y = tf.maxPool(x, size, strides, pad);
      return tf.sum(tf.mul(y, tf.range(1, y.size + 1).reshape(y.shape)));
    };
    const lossOf = (of: Float32Array): number => pooled(tf.tensor4d(of, [2, 6, 5, 2])).dataSync()[0] ?? Number.NaN;
    const gradient = tf
      .grad((x) => pooled(x.as4D(2, 6, 5, 2)))(tf.tensor4d(values, [2, 6, 5, 2]))
      .dataSync();
    for (const [index, value] of values.entries()) {
      const [above, below] = [values.slice(), values.slice()];
      above[index] = value + 0.03;
      below[index] = value - 0.03;
      const quotient = (lossOf(above) - lossOf(below)) / 0.06;
      expect(Math.abs(quotient - (gradient[index] ?? Number.NaN))).toBeLessThan(0.5);
    }
  },
);

test("upsampling sums the gradients of its copies", async () => {
  // Not against the cpu backend: there (4.22) it counts some of them wrong.
  await tf.setBackend("wasm");
  const x = tf.range(0, 24);
  const gradient = tf.grad((of) => tf.sum(tf.square(tf.image.resizeNearestNeighbor(of.as4D(1, 4, 3, 2), [8, 6]))))(x);
  expect([...gradient.dataSync()]).toEqual([...tf.mul(x, 8).dataSync()]);
});

test("ids outside of the segments count for nothing", async () => {
  await tf.setBackend("wasm");
  const sums = tf.unsortedSegmentSum(tf.tensor2d([[1], [2], [4], [8]]), tf.tensor1d([0, -1, 2, 0], "int32"), 2);
  expect([...sums.dataSync()]).toEqual([9, 0]);
});

test("the kernels leave nothing in the backend's memory", async () => {
  await tf.setBackend("wasm");
  const model = tf.sequential({
    layers: [
      layers.separableConv2d({ inputShape: image, filters: 4, kernelSize: 3 }),
      layers.conv2d({ filters: 2, kernelSize: 2 }),
    ],
  });
  const x = tf.ones([2, ...image]);
  const step = (): number => {
    const { value, grads } = tf.variableGrads(() => tf.mean(applyTo(model, x)));
    tf.dispose([value, ...Object.values(grads)]);
    return tf.engine().backend.numDataIds();
  };
  const before = step();
  expect([step(), step()]).toEqual([before, before]);
});
