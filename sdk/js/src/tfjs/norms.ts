import * as tf from "@tensorflow/tfjs-core";
import type { LayerVariables } from "./layer-variables";

/**
 * Scalars by the name of their layer, and `global` over all of them. They are the caller's to dispose of (or a
 * `tf.tidy`'s).
 */
export type Norms = Readonly<Record<string, tf.Scalar>>;

/** Euclidean norms of the weights of each layer. */
export function weightNorms(layers: LayerVariables): Norms {
  return normsOf(layers, (weight) => weight.read());
}

/** Euclidean norms of the gradients of each layer; layers whose variables have none are left out. */
export function gradientNorms(layers: LayerVariables, gradients: ReadonlyMap<string, tf.Tensor>): Norms {
  return normsOf(layers, (weight) => gradients.get(weight.name));
}

type Weight = LayerVariables extends ReadonlyMap<string, readonly (infer W)[]> ? W : never;

function normsOf(layers: LayerVariables, tensorOf: (weight: Weight) => tf.Tensor | undefined): Norms {
  return tf.tidy(() => {
    const squares = new Map<string, tf.Scalar>();
    for (const [name, weights] of layers) {
      const parts = weights.map(tensorOf).filter((tensor) => tensor !== undefined);
      if (parts.length > 0) squares.set(name, addAll(parts.map(sumOfSquares)));
    }
    if (squares.size === 0) return {};
    const norms = [...squares].map(([name, square]): [string, tf.Scalar] => [name, tf.sqrt(square)]);
    return Object.fromEntries([...norms, ["global", tf.sqrt(addAll([...squares.values()]))]]);
  });
}

const addAll = (scalars: tf.Scalar[]): tf.Scalar =>
  (scalars.length === 1 ? scalars : [tf.addN(scalars)])[0] ?? tf.scalar(0);

/** In two sums, over the last axis and over the rest: single floats lose much in one sum of millions. */
function sumOfSquares(tensor: tf.Tensor): tf.Scalar {
  const squares = tf.square(tensor);
  return tf.sum(tensor.rank < 2 ? squares : tf.sum(squares, -1));
}
