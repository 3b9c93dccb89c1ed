import type { Intervention, Shift } from "@tailbone/protocol/reading";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { ABLATIONS, type Ablation, type Concept, type Eraser, erase, fitErasers } from "./eraser";
import { type Random, seededRandom, shuffledIndices } from "./random";
import { pickRows, type Rows, type TensorData } from "./rows";
import { layerWidth, nextLayer, type OpenLayer, openLayer, type Replace, runModel } from "./run-model";
import { measureShift } from "./shift";

/** Erasures of shuffled labels that one is compared with; p is no smaller than 1 / 21. */
const CONTROLS = 20;
/** Of them, how many tell how far such a change goes off the distribution; and how many each check has. */
const FEW = 4;
/** Into so many parts the data of an eraser are cut, to see how sure its fit is. */
const PARTS = 5;
/** How far off a wider layer is, is not asked: its covariance takes too long. */
const MOST_WIDTH = 512;

/** A model's outputs with a feature taken away, and with the controls of that. */
export interface Intervened {
  readonly intervention: Intervention;
  readonly changed: Rows;
  readonly controls: readonly Rows[];
  /** As `changed`, by erasers that were fitted without one part of the data each. */
  readonly refits: readonly Rows[];
  readonly shift: Shift | null;
  /** The same by other means. */
  readonly checks: readonly {
    readonly ablation: Ablation;
    readonly changed: Rows;
    readonly controls: readonly Rows[];
  }[];
}

/**
 * Runs a model on inputs in which the feature is another example's; `irrelevant`: in which something that should not
 * matter is.
 */
export async function intervenePerSwap(
  model: LayersModel,
  swapped: TensorData,
  irrelevant: TensorData | null,
): Promise<Intervened> {
  const changed = await runModel(model, swapped);
  const controls = irrelevant === null ? [] : [await runModel(model, irrelevant)];
  return { intervention: "swap", changed, controls, refits: [], shift: null, checks: [] };
}

export interface Erasure {
  readonly layer: string;
  readonly ablation: Ablation;
  /** The layer's output for the examples on which the erasers are fitted, and what of them is to be erased. */
  readonly activations: Rows;
  readonly concepts: readonly Concept[];
  /** A feature of the same examples that should not matter: its erasure is the control then. */
  readonly irrelevant: Concept | null;
  /** What the model is run on: as in training, held out. */
  readonly inputs: TensorData;
  readonly seed: number;
}

/**
 * Takes features away at a layer. Fitted on data in which they are independent of the task's label; what that does is
 * seen on the task's.
 */
export async function intervenePerErasure(model: LayersModel, erasure: Erasure): Promise<Intervened> {
  const { layer, ablation, activations, concepts, irrelevant, inputs, seed } = erasure;
  const erasers = fitErasers(activations, concepts);
  const random = seededRandom(seed);
  const opened = openLayer(model, layer, inputs);
  const runErased = (eraser: Eraser): Promise<Rows> => opened.run(replaceBy(eraser));
  const runBoth = async (kind: Ablation, count: number) => {
    const drawn =
      irrelevant === null
        ? Array.from({ length: count }, () => erasers.drawControl(kind, random))
        : [erasers.eraserOfOther(irrelevant, kind, random)];
    const controls: Rows[] = [];
    for (const eraser of drawn) controls.push(await runErased(eraser));
    return { drawn, controls, changed: await runErased(erasers.eraserOf(kind, random)) };
  };
  try {
    const { drawn, controls, changed } = await runBoth(ablation, CONTROLS);
    const checks: Intervened["checks"][number][] = [];
    for (const other of ABLATIONS) {
      if (other !== ablation && other !== "zero") checks.push({ ablation: other, ...(await runBoth(other, FEW)) });
    }
    const refits: Rows[] = [];
    for (const eraser of refit(erasure, random)) refits.push(await runErased(eraser));
    const own = erasers.eraserOf(ablation, random);
    const shift = await shiftOf(model, layer, opened, own, drawn.slice(0, FEW));
    return { intervention: ablation, changed, controls, refits, checks, shift };
  } finally {
    opened.close();
  }
}

/** Erasers fitted without one part of the data each. */
function refit({ activations, concepts, ablation }: Erasure, random: Random): Eraser[] {
  const order = shuffledIndices(activations.count, random);
  return Array.from({ length: PARTS }, (_, part) => {
    const kept = order.filter((_index, place) => place % PARTS !== part);
    const others = concepts.map(({ labels, classes }) => ({
      classes,
      labels: Int32Array.from(kept, (index) => labels[index] ?? 0),
    }));
    return fitErasers(pickRows(activations, kept), others).eraserOf(ablation, random);
  });
}

/** How far the next layer is pushed off what it is used to; null where there is none, or it is too wide to ask. */
async function shiftOf(
  model: LayersModel,
  layer: string,
  { runNext }: OpenLayer,
  own: Eraser,
  controls: readonly Eraser[],
): Promise<Shift | null> {
  const next = nextLayer(model, layer);
  if (next === null || runNext === null || layerWidth(model, next) > MOST_WIDTH) return null;
  const clean = await runNext((output) => output);
  const changed = await runNext(replaceBy(own));
  const others: Rows[] = [];
  for (const eraser of controls) others.push(await runNext(replaceBy(eraser)));
  return measureShift(clean, changed, others);
}

const replaceBy =
  (eraser: Eraser): Replace =>
  (output) =>
    erase(output, eraser);
