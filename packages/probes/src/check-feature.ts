import { TailboneError } from "@tailbone/protocol/errors";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { leastToFit } from "./encoded";
import { classesOf, type FeatureData } from "./feature-data";
import { LOSSES } from "./outcome";
import type { TensorData } from "./rows";
import { layerWidth } from "./run-model";

/** Fewer than this of a class, and a probe has nothing to learn from. */
const LEAST_OF_CLASS = 10;
const MOST_CLASSES = 1000;
const LEAST_TASK = 20;
/** Wider layers take more examples to probe, and more seconds to erase at, than anyone has. */
const MOST_WIDTH = 2048;
const MOST_ERASED = 512;

/** Throws what is wrong with the feature of this name. */
type Refuse = (what: string, hint: string) => never;

/**
 * Checks a feature against its model before the training begins. Throws a TailboneError that says what does not fit.
 */
export function checkFeature(feature: FeatureData, model: LayersModel): void {
  const refuse: Refuse = (what, hint) => {
    throw new TailboneError("bad_request", `The feature "${feature.name}" cannot be measured: ${what}.`, hint);
  };
  if (model.inputs.length !== 1 || model.outputs.length !== 1) {
    refuse(
      `the model has ${model.inputs.length} inputs and ${model.outputs.length} outputs`,
      "Only models with one of each are measured.",
    );
  }
  if (!LOSSES.includes(feature.loss))
    refuse(`the loss "${feature.loss}" is not known`, `It is one of ${LOSSES.join(", ")}.`);
  checkWidth(feature, layerWidth(model, feature.layer), refuse);
  checkLabels(feature, refuse);
  checkTask(feature, model.outputs[0]?.shape.slice(1) ?? [], refuse);
  const wanted = model.inputs[0]?.shape.slice(1) ?? [];
  const { probe, task } = feature;
  checkExamples("probe.inputs", probe.inputs, wanted, refuse);
  for (const [what, data] of Object.entries({
    inputs: task.inputs,
    swapped: task.swapped,
    irrelevant: task.irrelevant,
  })) {
    if (data === null) continue;
    checkExamples(`task.${what}`, data, wanted, refuse);
    if (data.shape[0] !== task.inputs.shape[0]) {
      refuse(
        `task.${what} has ${data.shape[0]} examples and task.inputs ${task.inputs.shape[0]}`,
        "They are the same examples, with something exchanged.",
      );
    }
  }
}

const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1);

function checkWidth({ layer, task }: FeatureData, width: number, refuse: Refuse): void {
  if (width > MOST_WIDTH) {
    refuse(
      `its layer ${layer} has ${width} values an example`,
      `Take a layer with at most ${MOST_WIDTH}, such as one after pooling.`,
    );
  }
  if (task.swapped === null && width > MOST_ERASED) {
    refuse(
      `it is to be erased at ${layer}, which has ${width} values an example`,
      `Give task.swapped, or take a layer with at most ${MOST_ERASED}, such as one after pooling.`,
    );
  }
}

function checkLabels(feature: FeatureData, refuse: Refuse): void {
  const { inputs, labels, irrelevant } = feature.probe;
  const count = inputs.shape[0] ?? 0;
  for (const [what, each] of [["labels", labels] as const, ["irrelevant", irrelevant] as const]) {
    if (each === null) continue;
    if (each.length !== count)
      refuse(`probe.inputs has ${count} examples and probe.${what} ${each.length}`, "Give one label for each example.");
    const bad = each.find((label) => label < 0 || label >= MOST_CLASSES);
    if (bad !== undefined)
      refuse(`probe.${what} has the class ${bad}`, `Classes are 0, 1, 2 …, and no more than ${MOST_CLASSES}.`);
  }
  const counts = new Int32Array(classesOf(feature));
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  if (counts.filter((members) => members > 0).length < 2) {
    refuse(
      "probe.labels has one class only",
      "A probe needs examples with the feature and without it, or of several classes.",
    );
  }
  const rare = counts.findIndex((members) => members < LEAST_OF_CLASS);
  if (rare >= 0) {
    refuse(
      `class ${rare} of probe.labels has ${counts[rare]} examples`,
      `Each class needs at least ${LEAST_OF_CLASS}; 1000 examples in all are few.`,
    );
  }
  const balanced = counts.length * Math.min(...counts);
  const least = 2 * leastToFit(counts.length);
  if (balanced < least) {
    refuse(
      `with as many of each class as of the rarest, probe has ${balanced} examples`,
      `At least ${least} are needed for ${counts.length} classes; 1000 are few.`,
    );
  }
}

function checkTask({ task, loss }: FeatureData, shape: readonly (number | null)[], refuse: Refuse): void {
  const { inputs, targets } = task;
  const held = inputs.shape[0] ?? 0;
  if (held < LEAST_TASK)
    refuse(`task.inputs has ${held} examples`, `At least ${LEAST_TASK} are needed, a thousand are better.`);
  if (targets.shape[0] !== held) {
    refuse(
      `task.inputs has ${held} examples and task.targets ${targets.shape[0]}`,
      "Give one target for each example.",
    );
  }
  checkNumbers("task.targets", targets, refuse);
  const sizes = shape.filter((size) => size !== null);
  // A sequence as long as its input is known only when it is there.
  if (sizes.length < shape.length) return;
  const [outputs, last] = [product(sizes), sizes.at(-1) ?? 1];
  const width = product(targets.shape.slice(1));
  if (loss === "softmaxCrossEntropy" && width === outputs / last && last > 1) {
    const bad = targets.values.find((label) => !Number.isInteger(label) || label < 0 || label >= last);
    if (bad !== undefined)
      refuse(`task.targets has the class ${bad}`, `The model's outputs are classes 0 to ${last - 1}.`);
  } else if (width !== outputs) {
    refuse(
      `task.targets has ${width} values an example and the model ${outputs} outputs`,
      loss === "softmaxCrossEntropy" ? "Give one-hot rows, or classes." : "Give one for each output.",
    );
  }
}

function checkExamples(what: string, data: TensorData, wanted: readonly (number | null)[], refuse: Refuse): void {
  checkNumbers(what, data, refuse);
  const fits =
    data.shape.length === wanted.length + 1 &&
    wanted.every((size, axis) => size === null || size === data.shape[axis + 1]);
  if (fits) return;
  const sizes = wanted.map((size) => size ?? "any").join(", ");
  refuse(`${what} has the shape [${data.shape.join(", ")}]`, `The model takes [examples, ${sizes}].`);
}

function checkNumbers(what: string, { values, shape }: TensorData, refuse: Refuse): void {
  if (values.length !== product([...shape]))
    refuse(`${what} has ${values.length} numbers for the shape [${shape.join(", ")}]`, "Give all of them.");
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  const example = Math.floor(bad / Math.max(1, values.length / (shape[0] ?? 1)));
  refuse(`${what} has ${values[bad]} in example ${example}`, "Give finite numbers.");
}
