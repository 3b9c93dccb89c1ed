import "@tensorflow/tfjs-backend-wasm";
import { type Eraser, type Erasers, erase, fitErasers } from "@tailbone/probes/eraser";
import { outcomeOf } from "@tailbone/probes/outcome";
import { mixSeed, type Random, seededRandom, shuffledIndices } from "@tailbone/probes/random";
import type { Rows, TensorData } from "@tailbone/probes/rows";
import { captureLayer, runModel, runReplaced } from "@tailbone/probes/run-model";
import { measureUse } from "@tailbone/probes/use";
import * as tf from "@tensorflow/tfjs";
import { quantile, report } from "./report";

/*
 * What an erasure at a layer should be compared with. Networks learn tasks in which some bits of the input matter, by
 * planted weights, and others don't. What a bit is good for is known by swapping it in the input; LEACE at the hidden
 * layer should say the same.
 */

const BITS = 20;
const LAYER = "hidden";
const MODELS = 4;
const STEPS = 400;
const HELD_OUT = 1500;
const REPEATS = 10;

interface Task {
  readonly name: string;
  readonly classes: number;
  /** [BITS, classes] */
  readonly weights: (random: Random) => Float32Array;
}

/** The task fills one direction of the layer, or many. */
const TASKS: readonly Task[] = [2, 8].map((classes) => ({
  name: `${classes} classes`,
  classes,
  weights: (random) =>
    Float32Array.from({ length: BITS * classes }, (_, at) => {
      const strength = [1.5, 1, 0.7, 0.5, 0.35, 0.25, 0.18, 0.12][Math.floor(at / classes)] ?? 0;
      return strength * (random() < 0.5 ? -1 : 1);
    }),
}));

function drawBits(count: number, random: Random): TensorData {
  const values = Float32Array.from({ length: count * BITS }, () => (random() < 0.5 ? -1 : 1));
  return { shape: [count, BITS], dtype: "float32", values };
}

/** Class of the largest score, to which a little noise is added. */
function labelsOf({ values, shape }: TensorData, weights: Float32Array, classes: number, random: Random): TensorData {
  const count = shape[0] ?? 0;
  const labels = Int32Array.from({ length: count }, (_, index) => {
    const scores = Array.from({ length: classes }, (_unused, k) => {
      let score = random();
      for (let bit = 0; bit < BITS; bit++)
        score += (values[index * BITS + bit] ?? 0) * (weights[bit * classes + k] ?? 0);
      return score;
    });
    return scores.indexOf(Math.max(...scores));
  });
  return { shape: [count, 1], dtype: "int32", values: labels };
}

async function train(task: Task, weights: Float32Array, seed: number): Promise<tf.Sequential> {
  const init = (offset: number) => tf.initializers.heNormal({ seed: seed + offset });
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ name: LAYER, inputShape: [BITS], units: 64, activation: "relu", kernelInitializer: init(0) }),
      tf.layers.dense({ name: "second", units: 32, activation: "relu", kernelInitializer: init(1) }),
      tf.layers.dense({ name: "output", units: task.classes, kernelInitializer: init(2) }),
    ],
  });
  const optimizer = tf.train.adam(3e-3);
  const random = seededRandom(seed);
  for (let step = 0; step < STEPS; step++) {
    const inputs = drawBits(128, random);
    const labels = labelsOf(inputs, weights, task.classes, random);
    tf.tidy(() => {
      const x = tf.tensor2d(Float32Array.from(inputs.values), [128, BITS]);
      const y = tf.oneHot(tf.tensor1d(Int32Array.from(labels.values), "int32"), task.classes);
      optimizer.minimize(() => tf.losses.softmaxCrossEntropy(y, model.apply(x) as tf.Tensor));
    });
  }
  return model;
}

const columnOf = ({ values, shape }: TensorData, bit: number): Int32Array =>
  Int32Array.from({ length: shape[0] ?? 0 }, (_, index) => ((values[index * BITS + bit] ?? 0) > 0 ? 1 : 0));

function swapBit(inputs: TensorData, bit: number, random: Random): TensorData {
  const values = Float32Array.from(inputs.values);
  for (const [index, other] of shuffledIndices(inputs.shape[0] ?? 0, random).entries())
    values[index * BITS + bit] = inputs.values[other * BITS + bit] ?? 0;
  return { ...inputs, values };
}

/** Root of the mean square by which an eraser moves activations. */
function movedBy(rows: Rows, eraser: Eraser): number {
  return tf.tidy(() => {
    const x = tf.tensor2d(rows.values, [rows.count, rows.width]);
    return Math.sqrt(tf.mean(tf.sum(tf.squaredDifference(erase(x, eraser), x), 1)).dataSync()[0] ?? 0);
  });
}

/** What an erasure is compared with, by its name. */
const CONTROLS: Readonly<Record<string, (erasers: Erasers, inputs: TensorData, random: Random) => Eraser[]>> = {
  none: () => [],
  "shuffled labels": ({ drawControl }, _inputs, random) =>
    Array.from({ length: REPEATS }, () => drawControl("leace", random)),
  "irrelevant feature": ({ eraserOfOther }, inputs, random) =>
    IRRELEVANT.map((bit) => eraserOfOther({ labels: columnOf(inputs, bit), classes: 2 }, "leace", random)),
};
/** Which of them move the activations as far as the erasure does, besides being taken as they are. */
const MATCHED = ["shuffled labels", "irrelevant feature"];

/** Bits without weight that serve as controls; the ones before them are tested. */
const IRRELEVANT = [16, 17, 18, 19];
const TESTED = Array.from({ length: 14 }, (_, bit) => bit);

/** LEACE with each kind of control, beside what swapping the bit in the input says. */
export async function benchControls(): Promise<void> {
  await tf.setBackend("wasm");
  for (const task of TASKS) {
    const found = new Map<string, { swap: number; value: number; low: number; high: number; planted: boolean }[]>();
    for (let seed = 1; seed <= MODELS; seed++) {
      const random = seededRandom(mixSeed(seed, task.name));
      const weights = task.weights(random);
      const model = await train(task, weights, seed);
      const [probe, inputs] = [drawBits(HELD_OUT, random), drawBits(HELD_OUT, random)];
      const outcome = outcomeOf("softmaxCrossEntropy", labelsOf(inputs, weights, task.classes, random), {
        isProbability: false,
        width: task.classes,
        last: task.classes,
      });
      const [rows, clean] = [await captureLayer(model, LAYER, probe), await runModel(model, inputs)];
      const runErased = (eraser: Eraser) => runReplaced(model, LAYER, inputs, (output) => erase(output, eraser));
      for (const bit of TESTED) {
        const swapped = await runModel(model, swapBit(inputs, bit, random));
        const swap = measureUse({ clean, changed: swapped, controls: [] }, outcome, seed, false).benefit.value;
        const labels = columnOf(probe, bit);
        const erasers = fitErasers(rows, [{ labels, classes: 2 }]);
        const own = erasers.eraserOf("leace", random);
        const changed = await runErased(own);
        const kinds = Object.entries(CONTROLS).flatMap(([name, make]): [string, Eraser[]][] => {
          const drawn = make(erasers, probe, random);
          if (!MATCHED.includes(name)) return [[name, drawn]];
          const matched = drawn.map((eraser) => {
            const scale = movedBy(rows, own) / Math.max(1e-9, movedBy(rows, eraser));
            return { ...eraser, to: eraser.to.clone().mul(scale) };
          });
          return [
            [name, drawn],
            [`${name}, matched in displacement`, matched],
          ];
        });
        for (const [name, drawn] of kinds) {
          const controls: Rows[] = [];
          for (const eraser of drawn) controls.push(await runErased(eraser));
          const { value, low, high } = measureUse({ clean, changed, controls }, outcome, seed).benefit;
          found.set(name, [...(found.get(name) ?? []), { swap, value, low, high, planted: bit < 8 }]);
        }
      }
      model.dispose();
    }
    for (const [control, all] of found) {
      const of = { bench: "controls", task: task.name, control };
      const used = all.filter(({ swap }) => swap > 0.08);
      const unused = all.filter(({ planted }) => !planted);
      const share = (some: typeof all, holds: (one: (typeof all)[number]) => boolean) =>
        some.filter(holds).length / some.length;
      report({
        ...of,
        metric: "bias_used",
        value: quantile(
          used.map(({ value, swap }) => value - swap),
          0.5,
        ),
        unit: "share of what is learnt",
        n: used.length,
      });
      report({
        ...of,
        metric: "bias_unused",
        value: quantile(
          unused.map(({ value, swap }) => value - swap),
          0.5,
        ),
        unit: "share of what is learnt",
        n: unused.length,
      });
      report({ ...of, metric: "power", value: share(used, ({ low }) => low > 0.05), unit: "share of used features" });
      report({
        ...of,
        metric: "false_use",
        value: share(unused, ({ low }) => low > 0.05),
        unit: "share of unused features",
      });
      report({
        ...of,
        metric: "seen_unused",
        value: share(unused, ({ high }) => high < 0.05),
        unit: "share of unused features",
      });
    }
  }
}
