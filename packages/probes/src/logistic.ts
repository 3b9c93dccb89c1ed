import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { type Rows, row } from "./rows";

const ITERATIONS = 60;
const TOLERANCE = 1e-3;

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
  const bound = Matrix.zeros(size, size);
  for (let index = 0; index < rows.count; index++) addOuter(bound, x, index * size, size);
  bound.mul(0.5);
  for (let column = 0; column < size; column++)
    bound.set(column, column, bound.get(column, column) + (column < rows.width ? 1 : 1e-6));
  const factor = new CholeskyDecomposition(bound);
  const weights = Matrix.zeros(size, classes);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const gradient = gradientOf(x, labels, weights, rows.count);
    const step = factor.solve(gradient);
    weights.add(step);
    if (step.max() < TOLERANCE && step.min() > -TOLERANCE) break;
  }
  return {
    codeLengths: (others, theirs) => {
      const inputs = standardise(others, standard);
      const logits = new Float64Array(classes);
      return Float64Array.from({ length: others.count }, (_, index) => {
        readLogits(inputs, index * size, weights, logits);
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

function addOuter(matrix: Matrix, x: Float64Array, at: number, size: number): void {
  for (let i = 0; i < size; i++) {
    const value = x[at + i] ?? 0;
    if (value === 0) continue;
    for (let j = 0; j < size; j++) matrix.set(i, j, matrix.get(i, j) + value * (x[at + j] ?? 0));
  }
}

/** X'(Y - P) - W, the ascent direction of the log posterior. */
function gradientOf(x: Float64Array, labels: ArrayLike<number>, weights: Matrix, count: number): Matrix {
  const size = weights.rows;
  const classes = weights.columns;
  const flat = new Float64Array(size * classes);
  const logits = new Float64Array(classes);
  for (let index = 0; index < count; index++) {
    const at = index * size;
    readLogits(x, at, weights, logits);
    const total = logSum(logits);
    for (let k = 0; k < classes; k++) {
      logits[k] = (labels[index] === k ? 1 : 0) - Math.exp((logits[k] ?? 0) - total);
    }
    for (let column = 0; column < size; column++) {
      const value = x[at + column] ?? 0;
      if (value === 0) continue;
      const to = column * classes;
      for (let k = 0; k < classes; k++) flat[to + k] = (flat[to + k] ?? 0) + value * (logits[k] ?? 0);
    }
  }
  const gradient = Matrix.from1DArray(size, classes, flat);
  for (let column = 0; column < size - 1; column++) {
    for (let k = 0; k < classes; k++) gradient.set(column, k, gradient.get(column, k) - weights.get(column, k));
  }
  return gradient;
}

function readLogits(x: Float64Array, at: number, weights: Matrix, logits: Float64Array): void {
  logits.fill(0);
  for (let column = 0; column < weights.rows; column++) {
    const value = x[at + column] ?? 0;
    if (value === 0) continue;
    for (let k = 0; k < weights.columns; k++) logits[k] = (logits[k] ?? 0) + value * weights.get(column, k);
  }
}

function logSum(logits: Float64Array): number {
  const largest = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return largest + Math.log(logits.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}
