// The same as digits.ts with `model.fit`: the callback of `watch` is all there is to it.
//
//   tsx digits-fit.ts [--seed 1] [--rho 0.5] [--epochs 20] [--name "seed 1, fit"]
import { parseArgs } from "node:util";
import * as tf from "@tensorflow/tfjs";
import { init } from "tailbone";
import { pickBackend, watch } from "tailbone/tfjs";
import { drawExamples, loadDigits } from "./digits-data";
import { digitFeatures } from "./digits-features";
import { buildModel, crossEntropy } from "./digits-model";
import { seededRandom } from "./random";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    rho: { type: "string", default: "0.5" },
    epochs: { type: "string", default: "20" },
    name: { type: "string" },
  },
});
const config = {
  seed: Number(values.seed),
  rho: Number(values.rho),
  epochs: Number(values.epochs),
  lr: 1e-3,
  batch: 64,
};
const name = values.name ?? `seed ${config.seed}, rho ${config.rho}, fit`;

const backend = await pickBackend();
const run = await init({ project: "digits", name, config: { ...config, backend } });

const random = seededRandom(config.seed);
const { training, heldOut } = loadDigits(random);
const seen = drawExamples(training, { rho: config.rho, random });
const test = drawExamples(heldOut, { rho: config.rho, random });
const model = buildModel(config.seed);
model.compile({ optimizer: tf.train.adam(config.lr), loss: crossEntropy, metrics: ["accuracy"] });

const watched = watch(run, model, { features: digitFeatures(training, test, random), seed: config.seed });
await model.fit(seen.inputs, seen.targets, {
  epochs: config.epochs,
  batchSize: config.batch,
  shuffle: false, // They are in random order already, and that of `fit` knows no seed.
  validationData: [test.inputs, test.targets],
  verbose: 0,
  callbacks: watched.callback(),
});
await run.finish();
