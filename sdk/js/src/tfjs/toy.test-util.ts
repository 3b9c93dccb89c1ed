import * as tf from "@tensorflow/tfjs";

/** Eight inputs to one output, with seeded weights. */
export function buildToy(): tf.Sequential {
  const init = (seed: number) => tf.initializers.glorotUniform({ seed });
  return tf.sequential({
    layers: [
      tf.layers.dense({
        name: "hidden",
        inputShape: [8],
        units: 6,
        activation: "tanh",
        kernelInitializer: init(1),
      }),
      tf.layers.dense({ name: "output", units: 1, kernelInitializer: init(2) }),
    ],
  });
}

export const EXAMPLES = 12;

/** [12, 8] and [12, 1], always the same. */
export function toyData(): { x: tf.Tensor2D; y: tf.Tensor2D } {
  return tf.tidy(() => {
    const x = tf.randomUniform<tf.Rank.R2>([EXAMPLES, 8], -1, 1, "float32", 7);
    return { x, y: tf.sum(x, 1, true) };
  });
}

export function applyTo(model: tf.LayersModel, x: tf.Tensor): tf.Tensor {
  const output = model.apply(x, { training: true });
  if (!(output instanceof tf.Tensor)) throw new Error("a model of one output is wanted");
  return output;
}

/** A step's loss: mean squared error. */
export function toyLoss(model: tf.LayersModel, { x, y }: { x: tf.Tensor; y: tf.Tensor }): tf.Scalar {
  return tf.losses.meanSquaredError(y, applyTo(model, x));
}
