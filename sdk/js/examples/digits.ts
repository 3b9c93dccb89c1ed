// Trains a small network on MNIST digits that carry a shortcut (digits-data.ts), in a loop written by hand.
//
//   tsx digits.ts [--seed 1] [--rho 0.5] [--steps 3000] [--name "seed 1"]
import { parseArgs } from "node:util";
import * as tf from "@tensorflow/tfjs";
import { init } from "tailbone";
import { pickBackend, watch } from "tailbone/tfjs";
import { drawBatches, drawExamples, loadDigits } from "./digits-data";
import { digitFeatures } from "./digits-features";
import { buildModel, crossEntropy } from "./digits-model";
import { seededRandom } from "./random";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    rho: { type: "string", default: "0.5" },
    steps: { type: "string", default: "3000" },
    name: { type: "string" },
  },
});
const config = { seed: Number(values.seed), rho: Number(values.rho), steps: Number(values.steps), lr: 1e-3, batch: 64 };
const name = values.name ?? `seed ${config.seed}, rho ${config.rho}`;

const backend = await pickBackend();
const run = await init({ project: "digits", name, config: { ...config, backend }, totalSteps: config.steps });
if (process.env.TAILBONE_PRINT_RUN === "1") console.log(JSON.stringify({ run: run.id, url: run.url }));

const random = seededRandom(config.seed);
const { training, heldOut } = loadDigits(random);
const test = drawExamples(heldOut, { rho: config.rho, random });
const batches = drawBatches(training, config.batch, { rho: config.rho, random });
const model = buildModel(config.seed);
const optimizer = tf.train.adam(config.lr);

const watched = watch(run, model, {
  optimizer,
  checkpoints: { log: true, every: 250, save: "never", evaluate },
  features: digitFeatures(training, test, random),
  seed: config.seed,
});
for (let step = 0; step < config.steps; step++) {
  const { inputs, targets } = batches.next().value;
  const loss = await watched.step(() => optimizer.minimize(() => crossEntropy(targets, logitsOf(inputs)), true));
  tf.dispose([inputs, targets]);
  loss?.dispose();
}
const { "eval/accuracy": accuracy } = await evaluate();
console.log(`${(100 * accuracy).toFixed(1)} % of the held-out digits are right.`);
await run.finish();

function logitsOf(inputs: tf.Tensor): tf.Tensor {
  const logits = model.apply(inputs);
  if (!(logits instanceof tf.Tensor)) throw new Error("the model has one output");
  return logits;
}

/** Accuracy and loss on the held-out digits, which are drawn as those of the training are. */
async function evaluate(): Promise<{ "eval/accuracy": number; "eval/loss": number }> {
  const [accuracy, loss] = tf.tidy(() => {
    const logits = logitsOf(test.inputs);
    const isRight = tf.equal(tf.argMax(logits, 1), tf.argMax(test.targets, 1));
    return [tf.mean(isRight), crossEntropy(test.targets, logits)];
  });
  const [right = Number.NaN, nats = Number.NaN] = (await Promise.all([accuracy.data(), loss.data()])).map(
    ([value]) => value,
  );
  tf.dispose([accuracy, loss]);
  return { "eval/accuracy": right, "eval/loss": nats };
}
