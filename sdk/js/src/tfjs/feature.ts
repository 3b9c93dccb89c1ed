import { ABLATIONS, type Ablation } from "@tailbone/probes/eraser";
import type { FeatureData } from "@tailbone/probes/feature-data";
import type { JointData } from "@tailbone/probes/joint";
import type { LossName } from "@tailbone/probes/outcome";
import type { TensorData } from "@tailbone/probes/rows";
import { TailboneError } from "@tailbone/protocol/errors";
import { type SettingsChange, settingsChangeSchema } from "@tailbone/protocol/lifecycle";
import { featureNameSchema } from "@tailbone/protocol/reading";
import { Tensor } from "@tensorflow/tfjs-core";

/** Examples: a tensor whose first dimension counts them. It is read once, here, and stays the caller's. */
export type Examples = Tensor;

/** Held-out examples drawn as in training. */
export interface TaskOptions {
  readonly inputs: Examples;
  readonly targets: Examples;
  readonly swapped?: Examples;
  readonly irrelevant?: Examples;
}

export interface FeatureOptions {
  /**
   * The layer whose output is probed (and where the feature is erased if there is no `swapped`); `outer/inner` within a
   * nested model.
   */
  readonly layer: string;
  /**
   * To find the feature: inputs, and its class (0, 1, 2 …) in each. Let it be independent of the task's label here, or
   * it is the label that is found. At least max(20 x width of the layer, 1000) examples; with fewer the readings say so
   * and are less sure. `irrelevant`: classes, in the same inputs, of a feature that should not matter; erasing it is an
   * erasure's control then, else it is erasing shuffled labels.
   */
  readonly probe: {
    readonly inputs: Examples;
    readonly labels: Tensor | ArrayLike<number>;
    readonly irrelevant?: Tensor | ArrayLike<number>;
  };
  /**
   * To see what it is good for: held-out examples drawn as in training. `swapped`: the same inputs, each with another
   * example's feature and nothing else changed; without it the feature is erased at the layer. `irrelevant`: the same
   * inputs with something exchanged that should not matter, as the swap's control.
   */
  readonly task: TaskOptions;
  /** What the model is trained on. */
  readonly loss: LossName;
  /**
   * How the feature is taken away at its layer, where there is no `swapped`: by LEACE (the default), or by mean,
   * resample or zero ablation. Where they disagree the readings say so.
   */
  readonly ablation?: Ablation;
  /** Thresholds of its life; what is not set stays at its default. */
  readonly settings?: SettingsChange;
}

/** A feature that `watch` measures at each checkpoint. */
export interface Feature {
  readonly name: string;
  /** @internal */
  readonly data: FeatureData | JointData;
}

/**
 * Describes a feature that a model may come to represent, for `watch(run, model, { features: [...] })`. Data and names
 * only: it is measured on another thread. Throws a TailboneError for what cannot be read; whether it fits the model,
 * `watch` says.
 */
export function feature(name: string, options: FeatureOptions): Feature {
  const { layer, probe, task, loss, ablation = "leace" } = options;
  const settings = checkNamed(name, options.settings);
  if (typeof layer !== "string" || layer === "")
    refuse(name, "it names no layer", 'Say at which layer of the model it is looked for: layer: "hidden_1".');
  if (!ABLATIONS.includes(ablation))
    refuse(name, `there is no ablation "${ablation}"`, `It is one of ${ABLATIONS.join(", ")}.`);
  return {
    name,
    data: {
      name,
      layer,
      probe: {
        inputs: readExamples(name, "probe.inputs", probe?.inputs),
        labels: readLabels(name, "probe.labels", probe?.labels),
        irrelevant: probe.irrelevant === undefined ? null : readLabels(name, "probe.irrelevant", probe.irrelevant),
      },
      task: readTask(name, task),
      loss,
      ablation,
      settings,
    },
  };
}

/**
 * Features taken away together, as one feature without a probe: where one can do the work of another, each alone reads
 * as unused. They are features of the same `watch`, with the same task, and all with swaps (of different values) or all
 * erased at one layer. Throws a TailboneError for a name or settings that cannot be used; whether they fit, `watch`
 * says.
 */
export function jointly(name: string, features: readonly Feature[], settings?: SettingsChange): Feature {
  return {
    name,
    data: { name, members: features.map((one) => one.name), settings: checkNamed(name, settings) },
  };
}

function checkNamed(name: string, settings: SettingsChange = {}): SettingsChange {
  const parsed = featureNameSchema.safeParse(name);
  if (!parsed.success)
    refuse(String(name), parsed.error.issues[0]?.message ?? "its name cannot be used", "Give it another name.");
  const checked = settingsChangeSchema.strict().safeParse(settings);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    refuse(name, `settings.${issue?.path.join(".")}: ${issue?.message}`, "See LifeSettings for what may be set.");
  }
  return checked.data;
}

/** Throws a TailboneError that names what cannot be read. */
export function readTask(name: string, task: TaskOptions): FeatureData["task"] {
  return {
    inputs: readExamples(name, "task.inputs", task?.inputs),
    targets: readExamples(name, "task.targets", task?.targets),
    swapped: task.swapped === undefined ? null : readExamples(name, "task.swapped", task.swapped),
    irrelevant: task.irrelevant === undefined ? null : readExamples(name, "task.irrelevant", task.irrelevant),
  };
}

function refuse(name: string, what: string, hint: string): never {
  throw new TailboneError("bad_request", `The feature "${name}" cannot be used: ${what}.`, hint);
}

function readExamples(name: string, what: string, examples: unknown): TensorData {
  if (!(examples instanceof Tensor))
    refuse(name, `${what} is no tensor`, "Give tensors whose first dimension counts the examples.");
  if (examples.isDisposed)
    refuse(name, `${what} has been disposed of`, "Describe the feature before its tensors are disposed of.");
  const dtype = examples.dtype === "int32" || examples.dtype === "bool" ? "int32" : "float32";
  const values = examples.dataSync();
  return {
    shape: [...examples.shape],
    dtype,
    values: dtype === "int32" ? Int32Array.from(values) : Float32Array.from(values),
  };
}

function readLabels(name: string, what: string, labels: Tensor | ArrayLike<number>): Int32Array {
  const values = labels instanceof Tensor ? labels.dataSync() : labels;
  const numbers = typeof values === "object" && values !== null && "length" in values ? Array.from(values, Number) : [];
  if (numbers.length > 0 && numbers.every(Number.isInteger)) return Int32Array.from(numbers);
  return refuse(name, `${what} are not whole numbers`, "Give the class of each example: 0, 1, 2 …");
}
