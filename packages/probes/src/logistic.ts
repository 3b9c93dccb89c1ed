import * as tf from "@tensorflow/tfjs-core";
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { type Rows, row } from "./rows";

/** Enough for codes that are within a percent of the limit's. */
const ITERATIONS = 25;
/** Examples as a probe takes them: standardised, with a column of ones for the bias. [count, width + 1] */
export type Standardised = tf.Tensor2D;

/**
 * Standardises each column over all examples; columns that never change are switched off. The tensor is the caller's to
 * dispose of.
 */
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
 * How curved the loss of a probe is at most that is fitted on the first examples: X'X / 2, by its eigenvectors. Whoever
 * asked for it disposes of it.
 */
export interface Curvature {
  /** Number of examples. */
  readonly from: number;
  /** [width + 1, min(width + 1, number of examples)], a column each. */
  readonly vectors: tf.Tensor2D;
  readonly values: readonly number[];
}

/** Directions with less than this share of the largest curvature are flat: nothing is learnt along them. */
const FLAT = 1e-6;

/**
 * The same for all labels and all strengths of the prior, and what costs most: it is worth keeping. Where there are
 * fewer examples than columns, it is found from X X' / 2, which has the same eigenvalues.
 */
export function curvatureOf(x: Standardised, from: number): Curvature {
  const size = x.shape[1];
  const isWide = from < size;
  return tf.tidy(() => {
    const seen: tf.Tensor2D = tf.slice(x, [0, 0], [from, size]);
    // Transposed before: on wasm a product of what is transposed within it takes ten times as long.
    const across = tf.transpose(seen);
    const gram = (isWide ? tf.matMul(seen, across) : tf.matMul(across, seen)).dataSync();
    const side = Math.min(from, size);
    const matrix = Matrix.from1DArray(side, side, Float64Array.from(gram)).mul(0.5);
    // Rounded sums need not be symmetric to the last digit.
    for (let i = 0; i < side; i++) for (let j = 0; j < i; j++) matrix.set(i, j, matrix.get(j, i));
    const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
    const found = tf.tensor2d(Float32Array.from(eigenvectorMatrix.to1DArray()), [side, side]);
    if (!isWide) return { from, vectors: tf.keep(found), values: realEigenvalues.map((value) => Math.max(0, value)) };
    // X X' / 2 = U S U' and X' X / 2 = V S V' share S, and V = X' U (2 S)^{-1/2}.
    const flat = FLAT * Math.max(...realEigenvalues);
    const scale = Float32Array.from(realEigenvalues, (value) => (value > flat ? 1 / Math.sqrt(2 * value) : 0));
    const vectors: tf.Tensor2D = tf.matMul(across, tf.mul(found, tf.tensor1d(scale)));
    return { from, vectors: tf.keep(vectors), values: realEigenvalues.map((value) => Math.max(0, value)) };
  });
}

/**
 * Code lengths in bits, -log2 p(label | activations), of the examples from where `curvature` ends up to `to`, by a
 * multinomial logistic probe that was fitted on those before. Its weights have a normal prior of precision `strength`
 * (L2; the bias too, which is near zero where classes are balanced). Each step minimises a quadratic that lies above
 * the loss, with the fixed Hessian bound X'X / 2 (Böhning 1992, "Multinomial logistic regression algorithm"): it goes
 * down at every step, and one factorisation serves all of them.
 */
export function codeLengths(
  x: Standardised,
  labels: Int32Array,
  classes: number,
  { curvature, to, strength }: { readonly curvature: Curvature; readonly to: number; readonly strength: number },
): Float64Array {
  const size = x.shape[1];
  const { from, vectors, values: curved } = curvature;
  const logs = tf.tidy(() => {
    const seen = tf.slice(x, [0, 0], [from, size]);
    const targets = tf.cast(tf.oneHot(tf.tensor1d(labels.subarray(0, from), "int32"), classes), "float32");
    const inverse = tf.tensor1d(Float32Array.from(curved, (value) => 1 / (value + strength)));
    const step = tf.matMul(tf.mul(vectors, inverse), tf.transpose(vectors));
    const across = tf.transpose(seen);
    let weights: tf.Tensor = tf.zeros([size, classes]);
    for (let iteration = 0; iteration < ITERATIONS; iteration++) {
      weights = tf.tidy(() => {
        const residuals = tf.sub(targets, tf.softmax(tf.matMul(seen, weights)));
        const gradient = tf.sub(tf.matMul(across, residuals), tf.mul(strength, weights));
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
