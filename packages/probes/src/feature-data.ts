import { TailboneError } from "@tailbone/protocol/errors";
import type { SettingsChange } from "@tailbone/protocol/lifecycle";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { leastToFit } from "./encoded";
import type { Ablation, Concept } from "./eraser";
import { LOSSES, type LossName } from "./outcome";
import type { TensorData } from "./rows";
import { layerWidth } from "./run-model";

/** A feature and the data to look for it: plain data and names, so that another thread can measure it. */
export interface FeatureData {
  readonly name: string;
  /** Where it is looked for, and erased if there is no swap; one of a model within the model is `outer/inner`. */
  readonly layer: string;
  /** To find it: inputs, and the feature's class of each, from 0 on. Independent of the task's label, or that is measured. */
  readonly probe: {
    readonly inputs: TensorData;
    readonly labels: Int32Array;
    /** Classes of a feature that should not matter, in the same inputs: an erasure's control. */
    readonly irrelevant: Int32Array | null;
  };
  /** To see what it is good for: as in training, held out. `swapped`: the same inputs, each with another example's feature. */
  readonly task: {
    readonly inputs: TensorData;
    readonly targets: TensorData;
    readonly swapped: TensorData | null;
    /** The same inputs with something irrelevant of another example: the swap's control. */
    readonly irrelevant: TensorData | null;
  };
  readonly loss: LossName;
  /** How it is taken away at the layer, where there is no swap. */
  readonly ablation: Ablation;
  readonly settings: SettingsChange;
}

/** Fewer than this of a class, and a probe has nothing to learn from. */
const LEAST_OF_CLASS = 10;
const LEAST_TASK = 20;
/** Wider layers take more examples to probe, and more seconds to erase at, than anyone has. */
const MOST_WIDTH = 2048;
const MOST_ERASED = 512;

function refuse(feature: string, what: string, hint: string): never {
  throw new TailboneError("bad_request", `The feature "${feature}" cannot be measured: ${what}.`, hint);
}

const countClasses = (labels: Int32Array): number => 1 + labels.reduce((a, b) => Math.max(a, b), 0);

/** How many classes the labels of a feature have. */
export const classesOf = ({ probe }: FeatureData): number => countClasses(probe.labels);

/** The feature that should not matter, if one was given. */
export const irrelevantOf = ({ probe: { irrelevant } }: FeatureData): Concept | null =>
  irrelevant === null ? null : { labels: irrelevant, classes: countClasses(irrelevant) };

/** Fewer examples than max(20 d, 1000) leave a probe unsure; d: width of the layer. */
export const enoughExamples = (width: number): number => Math.max(20 * width, 1000);

/** Checks a feature against its model before the training begins. Throws a TailboneError that says what does not fit. */
export function checkFeature(feature: FeatureData, model: LayersModel): void {
  const { name, probe, task, loss } = feature;
  const width = layerWidth(model, feature.layer);
  if (width > MOST_WIDTH) {
    refuse(
      name,
      `its layer ${feature.layer} has ${width} values an example`,
      `Take a layer with at most ${MOST_WIDTH}, such as one after pooling.`,
    );
  }
  if (task.swapped === null && width > MOST_ERASED) {
    refuse(
      name,
      `it is to be erased at ${feature.layer}, which has ${width} values an example`,
      `Give task.swapped, or take a layer with at most ${MOST_ERASED}, such as one after pooling.`,
    );
  }
  if (!LOSSES.includes(loss)) refuse(name, `the loss "${loss}" is not known`, `It is one of ${LOSSES.join(", ")}.`);
  const count = probe.inputs.shape[0] ?? 0;
  if (probe.labels.length !== count) {
    refuse(
      name,
      `probe.inputs has ${count} examples and probe.labels ${probe.labels.length}`,
      "Give one label for each example.",
    );
  }
  if (probe.irrelevant !== null && probe.irrelevant.length !== count) {
    refuse(
      name,
      `probe.inputs has ${count} examples and probe.irrelevant ${probe.irrelevant.length}`,
      "Give one label for each example.",
    );
  }
  const bad = [...probe.labels, ...(probe.irrelevant ?? [])].find((label) => !Number.isInteger(label) || label < 0);
  if (bad !== undefined) refuse(name, `a label is ${bad}`, "Labels are classes: 0, 1, 2 …");
  const counts = new Int32Array(classesOf(feature));
  for (const label of probe.labels) counts[label] = (counts[label] ?? 0) + 1;
  if (counts.length < 2 || counts.filter((members) => members > 0).length < 2) {
    refuse(
      name,
      "probe.labels has one class only",
      "A probe needs examples with the feature and without it, or of several classes.",
    );
  }
  const rare = counts.findIndex((members) => members < LEAST_OF_CLASS);
  if (rare >= 0) {
    refuse(
      name,
      `class ${rare} of probe.labels has ${counts[rare]} examples`,
      `Each class needs at least ${LEAST_OF_CLASS}; 1000 examples in all are few.`,
    );
  }
  const balanced = counts.length * Math.min(...counts);
  const least = 2 * leastToFit(counts.length);
  if (balanced < least) {
    refuse(
      name,
      `with as many of each class as of the rarest, probe has ${balanced} examples`,
      `At least ${least} are needed for ${counts.length} classes; 1000 are few.`,
    );
  }
  const held = task.inputs.shape[0] ?? 0;
  if (held < LEAST_TASK)
    refuse(name, `task.inputs has ${held} examples`, `At least ${LEAST_TASK} are needed, a thousand are better.`);
  if (task.targets.shape[0] !== held) {
    refuse(
      name,
      `task.inputs has ${held} examples and task.targets ${task.targets.shape[0]}`,
      "Give one target for each example.",
    );
  }
  if (model.inputs.length !== 1 || model.outputs.length !== 1) {
    refuse(
      name,
      `the model has ${model.inputs.length} inputs and ${model.outputs.length} outputs`,
      "Only models with one of each are measured.",
    );
  }
  const wanted = model.inputs[0]?.shape.slice(1) ?? [];
  for (const [what, data] of [
    ["probe.inputs", probe.inputs],
    ["task.inputs", task.inputs],
    ["task.swapped", task.swapped],
    ["task.irrelevant", task.irrelevant],
  ] as const) {
    if (data === null) continue;
    if (data.values.length !== data.shape.reduce((product, size) => product * size, 1)) {
      refuse(
        name,
        `${what} has ${data.values.length} numbers for the shape [${data.shape.join(", ")}]`,
        "Give all of them.",
      );
    }
    const fits =
      data.shape.length === wanted.length + 1 &&
      wanted.every((size, axis) => size === null || size === data.shape[axis + 1]);
    if (!fits)
      refuse(
        name,
        `${what} has the shape [${data.shape.join(", ")}]`,
        `The model takes [examples, ${wanted.join(", ")}].`,
      );
    if (what.startsWith("task.") && data.shape[0] !== held) {
      refuse(
        name,
        `${what} has ${data.shape[0]} examples and task.inputs ${held}`,
        "They are the same examples, with something exchanged.",
      );
    }
  }
}
