// Trains a deep linear network whose modes are learnt apart, each as the theory says: two layers that are aligned with
// the modes and balanced.
//
//   node modes.mjs '{"strengths": [4, 3, 2, 1], "weights": [1, 1, 1, 1], "start": 0.001,
//     "lr": 0.01, "steps": 500, "every": 10}'
//
// A mode's strength is what its output is for an input of 1, its weight the variance of its input. Each is watched as a
// feature that is swapped in the input; it counts as functional from half of the benefit that it has in the end.
import { setTimeout as pause } from "node:timers/promises";
import * as tf from "@tensorflow/tfjs";
import { init } from "tailbone";
import { feature, pickBackend, watch } from "tailbone/tfjs";

const { strengths, weights, start, lr, steps, every } = JSON.parse(process.argv[2]);
const width = strengths.length;
await pickBackend({ quiet: true });
const run = await init({ project: "truths", name: "modes", console: false, system: false, quiet: true });
process.stdout.write(`${JSON.stringify({ run: run.id })}\n`);

/**
 * An orthogonal matrix, [width, width]; the inputs' modes, the hidden ones and the outputs' each lie along the columns
 * of one.
 */
const orthogonal = (seed) => tf.linalg.qr(tf.randomNormal([width, width], 0, 1, "float32", seed))[0];
const [inputModes, hiddenModes, outputModes] = [1, 2, 3].map(orthogonal);
const diagonal = (values) => tf.mul(tf.eye(width), tf.tensor1d(values));
/** From and to the modes, as row vectors: x = z * sqrt(weight) -> x inputModes'. */
const inputsOf = (z) => tf.matMul(tf.mul(z, tf.sqrt(tf.tensor1d(weights))), inputModes, false, true);
const targetsOf = (z) =>
  tf.matMul(tf.mul(z, tf.mul(tf.sqrt(tf.tensor1d(weights)), tf.tensor1d(strengths))), outputModes, false, true);

const model = tf.sequential({
  layers: [
    tf.layers.dense({ name: "hidden", units: width, inputShape: [width], useBias: false }),
    tf.layers.dense({ name: "output", units: width, useBias: false }),
  ],
});
const root = diagonal(strengths.map(() => Math.sqrt(start)));
model.getLayer("hidden").setWeights([tf.matMul(tf.matMul(inputModes, root), hiddenModes, false, true)]);
model.getLayer("output").setWeights([tf.matMul(tf.matMul(hiddenModes, root), outputModes, false, true)]);

const signs = (count, seed) => tf.sub(tf.mul(tf.randomUniform([count, width], 0, 2, "int32", seed).toFloat(), 2), 1);
const total = strengths.reduce((sum, strength, k) => sum + weights[k] * strength ** 2, 0);
const [probed, heldOut] = [signs(1500, 4), signs(4000, 5)];
/** The modes' inputs with those of one mode reversed, so that each example has another one's. */
const swapMode = (z, k) => {
  const mask = tf.oneHot(tf.scalar(k, "int32"), width);
  return tf.add(tf.mul(z, tf.sub(1, mask)), tf.mul(tf.reverse(z, 0), mask));
};
const features = strengths.map((strength, k) =>
  feature(`mode ${k + 1}`, {
    layer: "hidden",
    probe: { inputs: inputsOf(probed), labels: probed.slice([0, k], [-1, 1]).greater(0).toInt().flatten() },
    task: { inputs: inputsOf(heldOut), targets: targetsOf(heldOut), swapped: inputsOf(swapMode(heldOut, k)) },
    loss: "meanSquaredError",
    settings: { benefitOn: (weights[k] * strength ** 2) / total },
  }),
);

// All of the data at each step: as many examples as modes, one mode each, so that their covariance is exactly the
// weights.
const z = tf.mul(tf.eye(width), Math.sqrt(width));
const [x, y] = [inputsOf(z), targetsOf(z)];
const optimizer = tf.train.sgd(lr);
const watched = watch(run, model, { optimizer, checkpoints: { log: false, every }, norms: false, features });
for (let step = 0; step < steps; step++) {
  // Half the sum over outputs, averaged over examples, as the theory has it.
  const lossOf = () => tf.mul(0.5, tf.mean(tf.sum(tf.squaredDifference(y, model.apply(x)), 1)));
  await watched.step(() => optimizer.minimize(lossOf, true));
  // A step on real data takes longer than this one; measuring is to keep up.
  if (step % every === 0) await pause(100);
}
await run.finish();
