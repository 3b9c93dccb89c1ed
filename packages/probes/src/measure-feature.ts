import type { Estimate, Reading, ReadingMark, Shift } from "@tailbone/protocol/reading";
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { measureEncoded } from "./encoded";
import { type Eraser, erase, fitErasers } from "./eraser";
import { classesOf, enoughExamples, type FeatureData } from "./feature-data";
import { outcomeOf } from "./outcome";
import { mixSeed, seededRandom } from "./random";
import { isAllFinite, type Rows } from "./rows";
import { captureLayer, isModel, nextLayer, type Replace, runModel, runReplaced } from "./run-model";
import { isOffDistribution, measureShift } from "./shift";
import { measureUse } from "./use";

const CONTROLS = 5;

export interface Measurement {
  readonly model: LayersModel;
  readonly feature: FeatureData;
  readonly step: number;
  /** The run's: the same seed gives the same reading. */
  readonly seed: number;
  /** `encoded` of the untrained model, once it is known. */
  readonly untrained: number | null;
}

/**
 * Measures one feature of a model as it is now: how much of it a probe reads at its layer, and what the model does without it (by the swap where there is one, by
 * LEACE at the layer else). What cannot be measured (activations that are not finite) gives a reading that is marked, never a verdict.
 */
export async function measureFeature({ model, feature, step, seed, untrained }: Measurement): Promise<Reading> {
  const { name, layer, probe, task } = feature;
  const seedOf = (what: string): number => mixSeed(seed, `${name}/${what}`, step);
  const [activations, clean] = [await captureLayer(model, layer, probe.inputs), await runModel(model, task.inputs)];
  const base = { feature: name, step, untrained };
  if (!isAllFinite(activations) || !isAllFinite(clean))
    return notMeasurable(base, "its activations or outputs are not finite");

  const {
    estimate: encoded,
    vInformation,
    balanced,
  } = measureEncoded(activations, probe.labels, classesOf(feature), seededRandom(seedOf("encoded")));
  const outcome = outcomeOf(feature.loss, task.targets, endsInProbabilities(model));
  const { changed, controls, shift } =
    task.swapped === null
      ? await eraseAtLayer(model, feature, activations, seedOf("erase"))
      : await swapInputs(model, feature);
  if (![changed, ...controls].every(isAllFinite))
    return notMeasurable(base, "the outputs after the intervention are not finite");
  const isSwap = task.swapped !== null;
  // A swap has no side damage: its control is told, and not taken off.
  const use = measureUse({ clean, changed, controls: isSwap ? [] : controls }, outcome, seedOf("use"));
  const irrelevant =
    controls[0] !== undefined && isSwap
      ? measureUse({ clean, changed: controls[0], controls: [] }, outcome, seedOf("use"), false)
      : null;
  const withControl = (estimate: Estimate, control: Estimate | undefined): Estimate =>
    control === undefined ? estimate : { ...estimate, control: control.value };
  const marks: ReadingMark[] = [];
  const enough = enoughExamples(activations.width);
  const few = balanced < enough;
  if (few) marks.push("few_examples");
  if (shift !== null && isOffDistribution(shift)) marks.push("off_distribution");
  return {
    ...base,
    encoded: few ? widen(encoded, balanced / enough) : encoded,
    used: withControl(use.used, irrelevant?.used),
    benefit: withControl(use.benefit, irrelevant?.benefit),
    learnt: use.learnt,
    intervention: isSwap ? "swap" : "leace",
    shift,
    marks,
    note: [
      `V-information ${vInformation.toFixed(2)} of the feature's entropy.`,
      few
        ? `The probe has ${balanced} examples, as many of each class; ${enough} are wanted for a layer of ${activations.width}.`
        : "",
    ]
      .filter(Boolean)
      .join(" "),
  };
}

interface Changed {
  readonly changed: Rows;
  readonly controls: readonly Rows[];
  readonly shift: Shift | null;
}

async function swapInputs(model: LayersModel, { task }: FeatureData): Promise<Changed> {
  const changed = await runModel(model, task.swapped ?? task.inputs);
  return { changed, controls: task.irrelevant === null ? [] : [await runModel(model, task.irrelevant)], shift: null };
}

/** Fitted on the probe's data, where the feature is independent of the task's label; what it does is measured on the task's. */
async function eraseAtLayer(
  model: LayersModel,
  feature: FeatureData,
  activations: Rows,
  seed: number,
): Promise<Changed> {
  const { leace, drawControl } = fitErasers(activations, feature.probe.labels, classesOf(feature));
  const random = seededRandom(seed);
  const erasers = [leace, ...Array.from({ length: CONTROLS }, () => drawControl(random))];
  const { layer, task } = feature;
  const outputs: Rows[] = [];
  const beyond: Rows[] = [];
  const next = nextLayer(model, layer);
  for (const eraser of erasers) {
    const replace = replaceBy(eraser);
    outputs.push(await runReplaced(model, layer, task.inputs, replace));
    if (next !== null) beyond.push(await captureLayer(model, next, task.inputs, { layer, replace }));
  }
  const [changed, ...controls] = outputs;
  const [beyondErased, ...beyondControls] = beyond;
  const shift =
    next === null || beyondErased === undefined
      ? null
      : measureShift(await captureLayer(model, next, task.inputs), beyondErased, beyondControls);
  return { changed: changed ?? activations, controls, shift };
}

const replaceBy =
  (eraser: Eraser): Replace =>
  (output) => {
    const count = output.shape[0] ?? 0;
    const values = Float32Array.from(output.dataSync());
    const erased = erase({ count, width: values.length / Math.max(1, count), values }, eraser);
    return tf.tensor(erased.values, output.shape);
  };

/** Whether the last layer turns its output into probabilities by itself. */
function endsInProbabilities(model: LayersModel): boolean {
  const last = model.outputLayers[0] ?? model.layers.at(-1);
  if (last === undefined) return false;
  if (isModel(last)) return endsInProbabilities(last);
  const { activation } = last.getConfig();
  return last.getClassName() === "Softmax" || activation === "softmax" || activation === "sigmoid";
}

/** An interval as wide as fewer examples than are wanted leave it; never without width, as it is at the bounds of what can be read. */
function widen(estimate: Estimate, share: number): Estimate {
  const factor = 1 / Math.sqrt(Math.max(share, 1e-3));
  const { value, low, high, n } = estimate;
  const least = 0.5 / Math.sqrt(n);
  return {
    ...estimate,
    low: Math.max(0, value - factor * Math.max(value - low, least)),
    high: Math.min(1, value + factor * Math.max(high - value, least)),
  };
}

function notMeasurable(base: Pick<Reading, "feature" | "step" | "untrained">, why: string): Reading {
  return {
    ...base,
    encoded: null,
    used: null,
    benefit: null,
    learnt: null,
    intervention: null,
    shift: null,
    marks: ["not_measurable"],
    note: `Not measured: ${why}.`,
  };
}
