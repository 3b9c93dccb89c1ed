import { Optimizer, type Tensor } from "@tensorflow/tfjs-core";
import { intercept } from "./intercept";

/** Gradients by the name of their variable. They are disposed of soon after. */
export type Gradients = ReadonlyMap<string, Tensor>;

/** Sees gradients; true if they are of the model that is watched. */
type Sink = (gradients: Gradients, optimizer: Optimizer) => boolean;

/**
 * Sees the gradients that an optimizer is about to apply, by standing in for its `applyGradients` while it is open. If
 * the optimizer is not known, it is found when it minimises: then `Optimizer.prototype.minimize` is stood in for, until
 * a step of the model was seen.
 */
export class GradientTap {
  #optimizer: Optimizer | null;

  constructor(optimizer: Optimizer | null) {
    this.#optimizer = optimizer;
  }

  get optimizer(): Optimizer | null {
    return this.#optimizer;
  }

  /** `sink` must not throw. Returns what closes the tap again. */
  open(sink: Sink): () => void {
    if (this.#optimizer !== null) return tap(this.#optimizer, sink);
    const minimize = Optimizer.prototype.minimize;
    const find: Sink = (gradients, optimizer) => {
      const isOurs = sink(gradients, optimizer);
      if (isOurs) this.#optimizer = optimizer;
      return isOurs;
    };
    return intercept(Optimizer.prototype, "minimize", function (this: Optimizer, ...args) {
      const close = tap(this, find);
      try {
        return minimize.apply(this, args);
      } finally {
        close();
      }
    });
  }
}

function tap(optimizer: Optimizer, sink: Sink): () => void {
  const apply = optimizer.applyGradients;
  return intercept(optimizer, "applyGradients", (gradients) => {
    sink(byName(gradients), optimizer);
    apply.call(optimizer, gradients);
  });
}

function byName(gradients: Parameters<Optimizer["applyGradients"]>[0]): Gradients {
  const pairs: [string, Tensor | null | undefined][] = Array.isArray(gradients)
    ? gradients.map(({ name, tensor }) => [name, tensor])
    : Object.entries(gradients);
  // A variable that the loss does not depend on has no gradient.
  return new Map(pairs.flatMap(([name, tensor]) => (tensor == null ? [] : [[name, tensor] as const])));
}

/** The learning rate that an optimizer uses now, if it has one: all of TensorFlow.js keep it in the same field. */
export function readLearningRate(optimizer: Optimizer): number | null {
  const rate: unknown = Reflect.get(optimizer, "learningRate");
  return typeof rate === "number" ? rate : null;
}
