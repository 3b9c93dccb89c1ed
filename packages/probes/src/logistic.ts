import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { type Rows, row } from "./rows";

/** Enough for codes that are within a percent of the limit's. */
const ITERATIONS = 25;
const TOLERANCE = 5e-3;

/** A multinomial logistic probe on standardised activations. */
export interface Probe {
  /** Code length of each example's label, in bits: -log2 p(label | activations). */
  readonly codeLengths: (rows: Rows, labels: ArrayLike<number>) => Float64Array;
}

export interface Standard {
  readonly mean: Float64Array;
  readonly scale: Float64Array;
}

/** Mean and standard deviation of each column; columns that never change are switched off. */
export function standardOf(rows: Rows): Standard {
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
  return { mean, scale };
}

/**
 * Fits weights with a standard normal prior (L2 strength 1 on standardised activations; the bias has none). Each step minimises a quadratic that lies above the loss,
 * with the fixed Hessian bound X'X / 2 (Böhning 1992, "Multinomial logistic regression algorithm"): it goes down at every step, and the one
 * factorisation serves all of them.
 */
export function fitProbe(rows: Rows, labels: ArrayLike<number>, classes: number, standard: Standard): Probe {
  const size = rows.width + 1;
  const x = standardise(rows, standard);
  const bound = gram(x, rows.count, size);
  for (let at = 0; at < bound.length; at++) bound[at] = (bound[at] ?? 0) / 2;
  for (let column = 0; column < size; column++) {
    const diagonal = column * size + column;
    bound[diagonal] = (bound[diagonal] ?? 0) + (column < rows.width ? 1 : 1e-6);
  }
  const factor = new CholeskyDecomposition(Matrix.from1DArray(size, size, bound));
  const weights = new Float64Array(size * classes);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const step = factor.solve(Matrix.from1DArray(size, classes, gradientOf(x, labels, weights, size, classes)));
    const flat = step.to1DArray();
    for (const [at, value] of flat.entries()) weights[at] = (weights[at] ?? 0) + value;
    if (step.max() < TOLERANCE && step.min() > -TOLERANCE) break;
  }
  return {
    codeLengths: (others, theirs) => {
      const inputs = standardise(others, standard);
      const logits = new Float64Array(classes);
      return Float64Array.from({ length: others.count }, (_, index) => {
        readLogits(inputs, index * size, size, weights, logits);
        return (logSum(logits) - (logits[theirs[index] ?? 0] ?? 0)) / Math.LN2;
      });
    },
  };
}

/** With a column of ones for the bias. */
function standardise(rows: Rows, { mean, scale }: Standard): Float64Array {
  const size = rows.width + 1;
  const x = new Float64Array(rows.count * size);
  for (let index = 0; index < rows.count; index++) {
    const values = row(rows, index);
    const at = index * size;
    for (let column = 0; column < rows.width; column++) {
      x[at + column] = ((values[column] ?? 0) - (mean[column] ?? 0)) * (scale[column] ?? 0);
    }
    x[at + rows.width] = 1;
  }
  return x;
}

/** X'X, [size, size]. */
function gram(x: Float64Array, count: number, size: number): Float64Array {
  const product = new Float64Array(size * size);
  for (let at = 0; at < count * size; at += size) {
    for (let i = 0; i < size; i++) {
      const value = x[at + i] ?? 0;
      if (value === 0) continue;
      const to = i * size;
      for (let j = 0; j < size; j++) product[to + j] = (product[to + j] ?? 0) + value * (x[at + j] ?? 0);
    }
  }
  return product;
}

/** X'(Y - P) - W, the ascent direction of the log posterior, [size, classes]. */
function gradientOf(
  x: Float64Array,
  labels: ArrayLike<number>,
  weights: Float64Array,
  size: number,
  classes: number,
): Float64Array {
  const gradient = new Float64Array(size * classes);
  const residuals = new Float64Array(classes);
  for (let index = 0, at = 0; at < x.length; index++, at += size) {
    readLogits(x, at, size, weights, residuals);
    const total = logSum(residuals);
    for (let k = 0; k < classes; k++)
      residuals[k] = (labels[index] === k ? 1 : 0) - Math.exp((residuals[k] ?? 0) - total);
    for (let column = 0; column < size; column++) {
      const value = x[at + column] ?? 0;
      if (value === 0) continue;
      const to = column * classes;
      for (let k = 0; k < classes; k++) gradient[to + k] = (gradient[to + k] ?? 0) + value * (residuals[k] ?? 0);
    }
  }
  // The bias, in the last row, has no prior.
  for (let at = 0; at < (size - 1) * classes; at++) gradient[at] = (gradient[at] ?? 0) - (weights[at] ?? 0);
  return gradient;
}

function readLogits(x: Float64Array, at: number, size: number, weights: Float64Array, logits: Float64Array): void {
  const classes = logits.length;
  logits.fill(0);
  for (let column = 0; column < size; column++) {
    const value = x[at + column] ?? 0;
    if (value === 0) continue;
    const from = column * classes;
    for (let k = 0; k < classes; k++) logits[k] = (logits[k] ?? 0) + value * (weights[from + k] ?? 0);
  }
}

function logSum(logits: Float64Array): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of logits) if (value > largest) largest = value;
  let sum = 0;
  for (const value of logits) sum += Math.exp(value - largest);
  return largest + Math.log(sum);
}
