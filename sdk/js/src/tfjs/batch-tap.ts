import type { LayersModel } from "@tensorflow/tfjs-layers";
import { intercept } from "./intercept";
import { isTensor } from "./step-metrics";

/**
 * Sees how many examples a model is given within a step, by standing in for its `apply` and `trainOnBatch` while it is
 * open.
 */
export class BatchTap {
  readonly #model: LayersModel;
  #size: number | null = null;

  constructor(model: LayersModel) {
    this.#model = model;
  }

  /** Examples of the step that was seen last; null if none was. */
  get size(): number | null {
    return this.#size;
  }

  /** Returns what closes the tap again. */
  open(): () => void {
    this.#size = null;
    const model = this.#model;
    const { apply, trainOnBatch } = model;
    const closeApply = intercept(model, "apply", (inputs, kwargs) => {
      this.#see(inputs);
      return apply.call(model, inputs, kwargs);
    });
    const closeTrain = intercept(model, "trainOnBatch", (x, y) => {
      this.#see(x);
      return trainOnBatch.call(model, x, y);
    });
    return () => {
      closeTrain();
      closeApply();
    };
  }

  /** The first input counts: a step may also evaluate the model on others. */
  #see(inputs: unknown): void {
    if (this.#size !== null || typeof inputs !== "object" || inputs === null) return;
    const first: unknown = isTensor(inputs) ? inputs : Object.values(inputs)[0];
    if (isTensor(first)) this.#size = first.shape[0] ?? null;
  }
}
