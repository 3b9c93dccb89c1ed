// The digits' network on digits of noise, with and without features: how long checkpoints hold the training up, and
// what measuring costs it. Prints {"holdups": [...ms], "copies": [...ms], "with": ms, "without": ms}.
import * as tf from "@tensorflow/tfjs";
import { init } from "tailbone";
import { feature, pickBackend, watch } from "tailbone/tfjs";

const STEPS = 1500;
const EVERY = 100;

await pickBackend({ quiet: true });
const random = (rows, seed) => tf.randomNormal([rows, 784], 0, 1, "float32", seed);
const classes = (rows) => Array.from({ length: rows }, (_, index) => index % 10);
const oneHot = (rows) => tf.oneHot(classes(rows), 10).toFloat();
const heldOut = random(2756, 1);
const probed = random(2700, 2);
const features = ["patch", "shape"].map((name) =>
  feature(name, {
    layer: "hidden_1",
    probe: { inputs: probed, labels: classes(2700) },
    task: { inputs: heldOut, targets: oneHot(2756), swapped: tf.reverse(heldOut, 0) },
    loss: "softmaxCrossEntropy",
  }),
);

function build() {
  const dense = (name, units, activation) => ({ name, units, activation });
  return tf.sequential({
    layers: [
      tf.layers.dense({ ...dense("hidden_1", 128, "relu"), inputShape: [784] }),
      tf.layers.dense(dense("hidden_2", 64, "relu")),
      tf.layers.dense(dense("logits", 10)),
    ],
  });
}

async function train(options) {
  const run = await init({ project: "bench", console: false, system: false, quiet: true });
  const model = build();
  const optimizer = tf.train.adam(1e-3);
  const watched = watch(run, model, { optimizer, norms: false, checkpoints: { log: false, every: EVERY }, ...options });
  const x = random(64, 3);
  const y = oneHot(64);
  const [holdups, others, copies] = [[], [], []];
  const startedAtMs = performance.now();
  for (let step = 0; step < STEPS; step++) {
    let fnMs = 0;
    const from = performance.now();
    await watched.step(() => {
      const begun = performance.now();
      const loss = tf.tidy(() => optimizer.minimize(() => tf.losses.softmaxCrossEntropy(y, model.apply(x)), true));
      fnMs = performance.now() - begun;
      return loss;
    });
    ((step + 1) % EVERY === 0 ? holdups : others).push(performance.now() - from - fnMs);
  }
  const tookMs = performance.now() - startedAtMs;
  for (let round = 0; round < 20; round++) {
    const from = performance.now();
    for (const weight of model.getWeights()) Float32Array.from(weight.dataSync());
    copies.push(performance.now() - from);
  }
  await run.finish();
  const usual = others.sort((a, b) => a - b)[others.length >> 1];
  return { holdups: holdups.map((ms) => ms - usual), copies, tookMs };
}

await train({});
const without = await train({});
const measured = await train({ features });
process.stdout.write(
  `${JSON.stringify({ holdups: measured.holdups, copies: measured.copies, with: measured.tookMs, without: without.tookMs })}\n`,
);
process.exit(0);
