// A real model, small enough for a test: one hidden layer that learns XOR of two bits, watched through `tailbone/tfjs`.
import * as tf from "@tensorflow/tfjs";
import { init } from "tailbone";
import { watch } from "tailbone/tfjs";

const learningRate = 0.05;
const run = await init({
  project: "tiny",
  name: `xor ${process.pid}`,
  config: { learningRate, hidden: 8 },
  tags: ["xor"],
});
process.stdout.write(`${JSON.stringify({ run: run.id })}\n`);

const model = tf.sequential({
  layers: [
    tf.layers.dense({
      name: "hidden",
      inputShape: [2],
      units: 8,
      activation: "tanh",
      kernelInitializer: tf.initializers.glorotUniform({ seed: 1 }),
    }),
    tf.layers.dense({ name: "output", units: 1, kernelInitializer: tf.initializers.glorotUniform({ seed: 2 }) }),
  ],
});
const optimizer = tf.train.adam(learningRate);
const x = tf.tensor2d([0, 0, 0, 1, 1, 0, 1, 1], [4, 2]);
const y = tf.tensor2d([0, 1, 1, 0], [4, 1]);

const watched = watch(run, model, { optimizer, checkpoints: { log: true, every: 500, save: "never" } });
for (let step = 0; step < 200; step++) {
  const loss = await watched.step(() => optimizer.minimize(() => tf.losses.meanSquaredError(y, model.apply(x)), true));
  loss.dispose();
}
await run.finish();
