import * as tf from "@tensorflow/tfjs-core";
import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { type Rows, row } from "./rows";

/** Enough for codes that are within a percent of the limit's. */
const ITERATIONS = 25;
/** So that the bias, which has no prior, is bounded all the same. */
const BIAS_PRIOR = 1e-3;

/** Examples as a probe takes them: standardised, with a column of ones for the bias. [count, width + 1] */
export type Standardised = tf.Tensor2D;

/** Standardises each column over all examples; columns that never change are switched off. The tensor is the caller's to dispose of. */
export function standardise(rows: Rows): Standardised {
  const { count, width } = rows;
  const mean = new Float64Array(width);
  const square = new Float64Array(width);
  for (let index = 0; index < count; index++) {
    const values = row(rows, index);
    for (let column = 0; column < width; column++) {
      const value = values[column] ?? 0;
      mean[column] = (mean[column] ?? 0) + value / count;
      square[column] = (square[column] ?? 0) + (value * value) / count;
    }
  }
  const scale = square.map((value, column) => {
    const variance = value - (mean[column] ?? 0) ** 2;
    return variance > 1e-12 ? 1 / Math.sqrt(variance) : 0;
  });
  const size = width + 1;
  const x = new Float32Array(count * size);
  for (let index = 0; index < count; index++) {
    const values = row(rows, index);
    const at = index * size;
    for (let column = 0; column < width; column++) {
      x[at + column] = ((values[column] ?? 0) - (mean[column] ?? 0)) * (scale[column] ?? 0);
    }
    x[at + width] = 1;
  }
  return tf.tensor2d(x, [count, size]);
}

/**
 * Code lengths in bits, -log2 p(label | activations), of the examples `from` to `to`, by a multinomial logistic probe that was fitted on those
 * before `from`. Its weights have a normal prior of precision `strength` (L2). Each step minimises a quadratic that lies above the loss,
 * with the fixed Hessian bound X'X / 2 (Böhning 1992, "Multinomial logistic regression algorithm"): it goes down at every step, and one
 * factorisation serves all of them.
 */
export function codeLengths(
  x: Standardised,
  labels: Int32Array,
  classes: number,
  { from, to, strength }: { readonly from: number; readonly to: number; readonly strength: number },
): Float64Array {
  const size = x.shape[1];
  const logs = tf.tidy(() => {
    const seen = tf.slice(x, [0, 0], [from, size]);
    const targets = tf.cast(tf.oneHot(tf.tensor1d(labels.subarray(0, from), "int32"), classes), "float32");
    const prior = tf.tensor2d(
      Float32Array.from({ length: size }, (_, column) => (column < size - 1 ? strength : BIAS_PRIOR)),
      [size, 1],
    );
    const step = inverseBound(seen, size, strength);
    let weights: tf.Tensor = tf.zeros([size, classes]);
    for (let iteration = 0; iteration < ITERATIONS; iteration++) {
      weights = tf.tidy(() => {
        const residuals = tf.sub(targets, tf.softmax(tf.matMul(seen, weights)));
        const gradient = tf.sub(tf.matMul(seen, residuals, true), tf.mul(prior, weights));
        return tf.add(weights, tf.matMul(step, gradient));
      });
    }
    return tf.logSoftmax(tf.matMul(tf.slice(x, [from, 0], [to - from, size]), weights));
  });
  const values = logs.dataSync();
  logs.dispose();
  return Float64Array.from(
    { length: to - from },
    (_, index) => -(values[index * classes + (labels[from + index] ?? 0)] ?? 0) / Math.LN2,
  );
}

/** (X'X / 2 + prior)^{-1}, [size, size]. */
function inverseBound(x: tf.Tensor2D, size: number, strength: number): tf.Tensor2D {
  const gram = Float64Array.from(tf.matMul(x, x, true).dataSync());
  const bound = Matrix.from1DArray(size, size, gram).mul(0.5);
  for (let i = 0; i < size; i++) {
    // Rounded sums need not be symmetric to the last digit.
    for (let j = 0; j < i; j++) bound.set(i, j, bound.get(j, i));
    bound.set(i, i, bound.get(i, i) + (i < size - 1 ? strength : BIAS_PRIOR));
  }
  const inverse = new CholeskyDecomposition(bound).solve(Matrix.eye(size));
  return tf.tensor2d(Float32Array.from(inverse.to1DArray()), [size, size]);
}
