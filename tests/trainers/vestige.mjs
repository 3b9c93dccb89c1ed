// Trains a small network on +-1 bits: y = x0 for 500 steps, then y = x1 x2 ("switch"), or y = x1 x2 all along, its
// features erased at the layer and not swapped ("erased"), or with a learning rate of zero ("still"), or on random
// targets ("shuffled"). x0 serves at first and is encoded to the end, x5 is encoded and never serves, x1 and x2 serve
// together.
//
//   node vestige.mjs switch|erased|still|shuffled
import { setTimeout as pause } from "node:timers/promises";
import * as tf from "@tensorflow/tfjs";
import { init } from "tailbone";
import { feature, jointly, pickBackend, watch } from "tailbone/tfjs";

const BITS = 30;
const SWITCH = 500;
const [mode] = process.argv.slice(2);
// Of erasures, which take longer, there are no more than may wait: all are measured, however slow the machine is.
const [steps, every] = { switch: [1600, 40], erased: [600, 100] }[mode] ?? [600, 20];
const isErased = mode === "erased";
await pickBackend({ quiet: true });
const run = await init({
  project: "truths",
  name: mode,
  console: false,
  system: false,
  quiet: true,
  finishTimeoutMs: 120_000,
});
process.stdout.write(`${JSON.stringify({ run: run.id })}\n`);

const drawBits = (count, seed) =>
  tf.sub(tf.mul(tf.randomUniform([count, BITS], 0, 2, "int32", seed).toFloat(), 2), 1).as2D(count, BITS);
const bit = (x, index) => x.slice([0, index], [-1, 1]);
const swapBit = (x, index) =>
  tf.concat([x.slice([0, 0], [-1, index]), tf.reverse(bit(x, index), 0), x.slice([0, index + 1], [-1, -1])], 1);
const targetsOf = (x, step, seed) => {
  if (mode === "shuffled") return bit(drawBits(x.shape[0], seed), 0);
  const isFirst = mode === "still" || (mode === "switch" && step < SWITCH);
  return isFirst ? bit(x, 0) : tf.mul(bit(x, 1), bit(x, 2));
};

const normal = (seed) => tf.initializers.heNormal({ seed });
const model = tf.sequential({
  layers: [
    tf.layers.dense({
      name: "hidden",
      inputShape: [BITS],
      units: 100,
      activation: "relu",
      kernelInitializer: normal(1),
    }),
    tf.layers.dense({ name: "output", units: 1, kernelInitializer: normal(2) }),
  ],
});

const probed = drawBits(2000, 3);
const heldOut = drawBits(2000, 4);
const taskOf = (index, step) => ({
  inputs: heldOut,
  targets: targetsOf(heldOut, step, 5),
  ...(isErased ? {} : { swapped: swapBit(heldOut, index) }),
});
const watchedBits = { switch: [0, 1, 2, 5], erased: [1, 2, 5] }[mode] ?? [0, 5];
const singles = watchedBits.map((index) =>
  feature(`x${index}`, {
    layer: "hidden",
    probe: { inputs: probed, labels: bit(probed, index).greater(0).toInt().flatten() },
    task: taskOf(index, 0),
    loss: "meanSquaredError",
  }),
);
const features = mode === "switch" ? [...singles, jointly("x1 and x2", [singles[1], singles[2]])] : singles;
const optimizer = tf.train.sgd(mode === "still" ? 0 : 0.05);
const watched = watch(run, model, { optimizer, checkpoints: { log: false, every }, norms: false, features });
for (let step = 0; step < steps; step++) {
  if (step === SWITCH && mode === "switch") {
    for (const index of watchedBits) watched.setTask(`x${index}`, taskOf(index, step));
  }
  await watched.step(() =>
    tf.tidy(() => {
      const x = drawBits(64, 10_000 + step);
      const y = targetsOf(x, step, 20_000 + step);
      return optimizer.minimize(() => tf.losses.meanSquaredError(y, model.apply(x)), true);
    }),
  );
  // A step on real data takes longer than this one; measuring is to keep up.
  if (step % every === 0 && !isErased) await pause(mode === "switch" ? 600 : 250);
}
await run.finish();
