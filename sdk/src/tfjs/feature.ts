import type { FeatureData } from "@tailbone/probes/feature-data";
import type { LossName } from "@tailbone/probes/outcome";
import type { TensorData } from "@tailbone/probes/rows";
import { TailboneError } from "@tailbone/protocol/errors";
import { type SettingsChange, settingsChangeSchema } from "@tailbone/protocol/lifecycle";
import { featureNameSchema } from "@tailbone/protocol/reading";
import { Tensor } from "@tensorflow/tfjs-core";

/** Examples: a tensor whose first dimension counts them. It is read once, here, and stays the caller's. */
export type Examples = Tensor;

export interface FeatureOptions {
  /** The layer whose output is probed (and where the feature is erased if there is no `swapped`); `outer/inner` within a nested model. */
  readonly layer: string;
  /**
   * To find the feature: inputs, and its class (0, 1, 2 …) in each. Let it be independent of the task's label here, or it is the label that is
   * found. At least max(20 x width of the layer, 1000) examples; with fewer the readings say so and are less sure.
   */
  readonly probe: { readonly inputs: Examples; readonly labels: Tensor | ArrayLike<number> };
  /**
   * To see what it is good for: held-out examples drawn as in training. `swapped`: the same inputs, each with another example's
   * feature and nothing else changed; without it the feature is erased at the layer. `irrelevant`: the same inputs with something
   * exchanged that should not matter, as the swap's control.
   */
  readonly task: {
    readonly inputs: Examples;
    readonly targets: Examples;
    readonly swapped?: Examples;
    readonly irrelevant?: Examples;
  };
  /** What the model is trained on. */
  readonly loss: LossName;
  /** Thresholds of its life; what is not set stays at its default. */
  readonly settings?: SettingsChange;
}

/** A feature that `watch` measures at each checkpoint. */
export interface Feature {
  readonly name: string;
  /** @internal */
  readonly data: FeatureData;
}

/**
 * Describes a feature that a model may come to represent, for `watch(run, model, { features: [...] })`. Data and names only: it is
 * measured on another thread. Throws a TailboneError for what cannot be read; whether it fits the model, `watch` says.
 */
export function feature(name: string, { layer, probe, task, loss, settings = {} }: FeatureOptions): Feature {
  const parsed = featureNameSchema.safeParse(name);
  if (!parsed.success)
    refuse(String(name), parsed.error.issues[0]?.message ?? "its name cannot be used", "Give it another name.");
  const checked = settingsChangeSchema.strict().safeParse(settings);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    refuse(name, `settings.${issue?.path.join(".")}: ${issue?.message}`, "See LifeSettings for what may be set.");
  }
  const read = (what: string, examples: unknown): TensorData => readExamples(name, what, examples);
  return {
    name,
    data: {
      name,
      layer,
      probe: { inputs: read("probe.inputs", probe?.inputs), labels: readLabels(name, probe?.labels) },
      task: {
        inputs: read("task.inputs", task?.inputs),
        targets: read("task.targets", task?.targets),
        swapped: task.swapped === undefined ? null : read("task.swapped", task.swapped),
        irrelevant: task.irrelevant === undefined ? null : read("task.irrelevant", task.irrelevant),
      },
      loss,
      settings: checked.data,
    },
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

function readLabels(name: string, labels: unknown): Int32Array {
  const values: unknown = labels instanceof Tensor ? labels.dataSync() : labels;
  if (Array.isArray(values) || ArrayBuffer.isView(values)) {
    const numbers = Array.from(values as ArrayLike<unknown>, Number);
    if (numbers.every(Number.isInteger)) return Int32Array.from(numbers);
  }
  return refuse(name, "probe.labels are not whole numbers", "Give the class of each example: 0, 1, 2 …");
}
