import type { Scalar, Tensor } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import type { Warnings } from "../own-output";

/** The loss, and what else a step brings, by the name of their series. */
export type StepMetrics = Readonly<Record<string, number | Scalar>>;

/**
 * What one SGD step returned, as metrics: a number or a tensor of one element is the loss; a list of numbers, as
 * `trainOnBatch` returns it, is the loss and the metrics of a compiled model. Nothing is fine; what else it may be is
 * told once.
 */
export function readStepResult(result: unknown, model: LayersModel, warnings: Warnings): StepMetrics {
  if (result === undefined || result === null) return {};
  const values: unknown[] = Array.isArray(result) ? result : [result];
  const names = values.length === 1 ? ["loss"] : (model.metricsNames ?? []);
  const metrics: Record<string, number | Scalar> = {};
  for (const [index, value] of values.entries()) {
    const name = names[index];
    if (name === undefined || !(typeof value === "number" || isScalar(value))) {
      warnings.once(
        "step-result",
        "What a step returned is no loss, and is not logged. Return a number or a tensor of one element from watched.step(() => …), such as optimizer.minimize(f, true).",
      );
      return {};
    }
    if (typeof value === "number" || !value.isDisposed) metrics[name] = value;
  }
  return metrics;
}

function isScalar(value: unknown): value is Scalar {
  return isTensor(value) && value.size === 1;
}

/** By its shape, as TensorFlow.js itself does it: its classes may be loaded twice. */
export function isTensor(value: unknown): value is Tensor {
  return typeof value === "object" && value !== null && "dataId" in value && "shape" in value && "size" in value;
}
