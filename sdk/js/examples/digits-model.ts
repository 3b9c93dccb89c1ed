import * as tf from "@tensorflow/tfjs";

/** A multi-layer perceptron, 784-128-64-10, that begins the same for the same seed. */
export function buildModel(seed: number): tf.Sequential {
  const weights = (layer: number): ReturnType<typeof tf.initializers.glorotUniform> =>
    tf.initializers.glorotUniform({ seed: 10 * seed + layer });
  return tf.sequential({
    layers: [
      tf.layers.dense({
        name: "hidden_1",
        inputShape: [784],
        units: 128,
        activation: "relu",
        kernelInitializer: weights(1),
      }),
      tf.layers.dense({ name: "hidden_2", units: 64, activation: "relu", kernelInitializer: weights(2) }),
      tf.layers.dense({ name: "logits", units: 10, kernelInitializer: weights(3) }),
    ],
  });
}

/** Mean cross-entropy in nats, of one-hot targets and logits, both [count, 10]. */
export function crossEntropy(targets: tf.Tensor, logits: tf.Tensor): tf.Scalar {
  return tf.losses.softmaxCrossEntropy(targets, logits);
}
