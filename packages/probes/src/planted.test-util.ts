import * as tf from "@tensorflow/tfjs";
import type { FeatureData } from "./feature-data";
import { drawNormal, seededRandom } from "./random";
import type { TensorData } from "./rows";

/** Inputs of +-1 bits, with bit `planted` of other examples' in `swapped`. */
export interface Bits {
  readonly inputs: TensorData;
  readonly swapped: (bit: number) => TensorData;
  readonly column: (bit: number) => Int32Array;
}

export function drawBits(count: number, width: number, seed: number): Bits {
  const random = seededRandom(seed);
  const values = Float32Array.from({ length: count * width }, () => (random() < 0.5 ? -1 : 1));
  return {
    inputs: { shape: [count, width], dtype: "float32", values },
    swapped: (bit) => {
      const other = values.slice();
      for (let index = 0; index < count; index++) {
        other[index * width + bit] = values[((index * 7 + 13) % count) * width + bit] ?? 0;
      }
      return { shape: [count, width], dtype: "float32", values: other };
    },
    column: (bit) => Int32Array.from({ length: count }, (_, index) => ((values[index * width + bit] ?? 0) > 0 ? 1 : 0)),
  };
}

/**
 * A linear model: `hidden` is an orthogonal rotation of the inputs, so that every bit is encoded, and the output weighs
 * the bits.
 */
export function buildLinear(weights: readonly number[], seed: number): tf.Sequential {
  const width = weights.length;
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ name: "hidden", inputShape: [width], units: width, useBias: false }),
      tf.layers.dense({ name: "output", units: 1, useBias: false }),
    ],
  });
  const random = seededRandom(seed);
  const drawn = tf.tensor2d(
    Float32Array.from({ length: width * width }, () => drawNormal(random)),
    [width, width],
  );
  const rotation = tf.linalg.qr(drawn)[0];
  const out = tf.matMul(rotation, tf.tensor2d([...weights], [width, 1]), true);
  model.getLayer("hidden").setWeights([rotation]);
  model.getLayer("output").setWeights([out]);
  return model;
}

/** One bit of the inputs as a feature; the target is what the weights make of the bits. */
export function bitFeature(bits: Bits, weights: readonly number[], bit: number, isSwapped: boolean): FeatureData {
  const [count = 0, width = 0] = bits.inputs.shape;
  const targets = Float32Array.from({ length: count }, (_, index) =>
    weights.reduce((sum, weight, column) => sum + weight * (bits.inputs.values[index * width + column] ?? 0), 0),
  );
  return {
    name: `bit ${bit}`,
    layer: "hidden",
    probe: { inputs: bits.inputs, labels: bits.column(bit), irrelevant: null },
    task: {
      inputs: bits.inputs,
      targets: { shape: [count, 1], dtype: "float32", values: targets },
      swapped: isSwapped ? bits.swapped(bit) : null,
      irrelevant: null,
    },
    loss: "meanSquaredError",
    ablation: "leace",
    settings: {},
  };
}

/**
 * A redundant pair: `hidden` shows the bits as they are, and the output is 4 (bit 0 + bit 1), cut off at -1 and 1:
 * where both are the same, one at its mean changes nothing.
 */
export function buildRedundant(width: number): tf.Sequential {
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ name: "hidden", units: width, inputShape: [width], useBias: false }),
      tf.layers.dense({ name: "beyond", units: 2, activation: "relu" }),
      tf.layers.dense({ name: "output", units: 1 }),
    ],
  });
  model.getLayer("hidden").setWeights([tf.eye(width)]);
  const both = Array.from({ length: width }, (_, bit) => (bit < 2 ? [4, 4] : [0, 0]));
  model.getLayer("beyond").setWeights([tf.tensor2d(both), tf.tensor1d([1, -1])]);
  model.getLayer("output").setWeights([tf.tensor2d([[1], [-1]]), tf.tensor1d([-1])]);
  return model;
}

/** Bit 0 or 1 of a redundant pair: in the task's inputs they are the same, in the probe's they are not. */
export function redundantFeature(bits: Bits, bit: 0 | 1, isSwapped = false): FeatureData {
  const [count = 0, width = 0] = bits.inputs.shape;
  const values = Float32Array.from(bits.inputs.values);
  for (let index = 0; index < count; index++) values[index * width + 1] = values[index * width] ?? 0;
  const others = values.slice();
  for (let index = 0; index < count; index++)
    others[index * width + bit] = values[((index * 7 + 13) % count) * width] ?? 0;
  const targets = Float32Array.from({ length: count }, (_, index) => values[index * width] ?? 0);
  const inputs: TensorData = { shape: [count, width], dtype: "float32", values };
  const swapped = isSwapped ? { ...inputs, values: others } : null;
  return {
    name: `bit ${bit}`,
    layer: "hidden",
    probe: { inputs: bits.inputs, labels: bits.column(bit), irrelevant: bits.column(width - 1) },
    task: { inputs, targets: { shape: [count, 1], dtype: "float32", values: targets }, swapped, irrelevant: null },
    loss: "meanSquaredError",
    ablation: "leace",
    settings: {},
  };
}
