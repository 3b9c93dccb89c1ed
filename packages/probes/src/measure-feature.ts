import type { Estimate, Reading, ReadingMark } from "@tailbone/protocol/reading";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { measureEncoded } from "./encoded";
import { classesOf, enoughExamples, type FeatureData, irrelevantOf } from "./feature-data";
import { type Intervened, intervenePerErasure, intervenePerSwap } from "./intervene";
import { mixSeed, seededRandom } from "./random";
import { readUse } from "./read-use";
import { isAllFinite } from "./rows";
import { captureLayer, runModel } from "./run-model";

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
 * Measures one feature of a model as it is now: how much of it a probe reads at its layer, and what the model does
 * without it (by the swap where there is one, by an erasure at the layer else). What cannot be measured (activations
 * that are not finite) gives a reading that is marked, never a verdict.
 */
export async function measureFeature({ model, feature, step, seed, untrained }: Measurement): Promise<Reading> {
  const { name, layer, probe, task, ablation } = feature;
  const seedOf = (what: string): number => mixSeed(seed, `${name}/${what}`, step);
  const [activations, clean] = [await captureLayer(model, layer, probe.inputs), await runModel(model, task.inputs)];
  if (!isAllFinite(activations) || !isAllFinite(clean)) {
    return unmeasured({ name, step, untrained }, "not_measurable", "its activations or outputs are not finite");
  }
  const classes = classesOf(feature);
  const probed = measureEncoded(activations, probe.labels, classes, seededRandom(seedOf("encoded")));
  const concepts = [{ labels: probe.labels, classes }];
  const intervened: Intervened =
    task.swapped === null
      ? await intervenePerErasure(model, {
          ...{ layer, ablation, activations, concepts },
          ...{ irrelevant: irrelevantOf(feature), inputs: task.inputs, seed: seedOf("erase") },
        })
      : await intervenePerSwap(model, task.swapped, task.irrelevant);
  const use = readUse(model, feature, clean, intervened, seedOf("use"));
  if (use === null) {
    return unmeasured({ name, step, untrained }, "not_measurable", "the outputs after the intervention are not finite");
  }
  const { marks, notes, ...measured } = use;
  const enough = enoughExamples(activations.width);
  const isFew = probed.balanced < enough;
  const few: ReadingMark[] = isFew ? ["few_examples"] : [];
  return {
    feature: name,
    step,
    untrained,
    encoded: isFew ? widen(probed.estimate, probed.balanced / enough) : probed.estimate,
    ...measured,
    marks: [...few, ...marks],
    note: [
      `V-information ${probed.vInformation.toFixed(2)} of the feature's entropy.`,
      ...(isFew
        ? [
            `The probe has ${probed.balanced} examples, as many of each class; ${enough} are wanted for a layer of ${activations.width}.`,
          ]
        : []),
      ...notes,
    ].join(" "),
  };
}

/**
 * An interval as wide as fewer examples than are wanted leave it; never without width, as it is at the bounds of what
 * can be read.
 */
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

/** A reading that says why there is none. */
export function unmeasured(
  { name, step, untrained = null }: { name: string; step: number; untrained?: number | null },
  mark: "not_measurable" | "skipped",
  why: string,
): Reading {
  return {
    feature: name,
    step,
    encoded: null,
    used: null,
    benefit: null,
    learnt: null,
    untrained,
    intervention: null,
    shift: null,
    marks: [mark],
    note: `Not measured: ${why}.`,
  };
}
