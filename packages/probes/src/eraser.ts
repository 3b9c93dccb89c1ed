import { EigenvalueDecomposition, Matrix, SingularValueDecomposition } from "ml-matrix";
import { drawNormal, type Random } from "./random";
import { type Rows, row } from "./rows";

/** Directions with less than this share of the largest variance are left alone. */
const TOLERANCE = 0.01;

/** An affine map of activations: r(x) = x - (x - mean) projection, with `projection` [width, width] in row-vector convention. */
export interface Eraser {
  readonly mean: Float64Array;
  readonly projection: Matrix;
}

interface Whitening {
  readonly mean: Float64Array;
  /** Sxx^{-1/2} and its pseudo-inverse, both [width, width]. */
  readonly whiten: Matrix;
  readonly unwhiten: Matrix;
}

/** Ways to erase a feature at a layer, and the means to make controls that move as much. */
export interface Erasers {
  readonly leace: Eraser;
  /** A random subspace of the same rank in whitened space, scaled to move the activations as far as LEACE does. */
  readonly drawControl: (random: Random) => Eraser;
}

/**
 * Least-squares concept erasure in closed form: W = Sxx^{-1/2}, U = left singular vectors of W Sxz, r(x) = x - W^+ U U' W (x - mean)
 * (Belrose et al. 2023). Afterwards no linear probe reads the labels any better than chance. Sxx is shrunk towards its diagonal mean.
 */
export function fitErasers(rows: Rows, labels: ArrayLike<number>, classes: number): Erasers {
  const whitening = whiten(rows);
  const cross = crossCovariance(rows, whitening.mean, labels, classes);
  const svd = new SingularValueDecomposition(whitening.whiten.mmul(cross), { autoTranspose: true });
  const largest = svd.diagonal[0] ?? 0;
  const rank = svd.diagonal.filter((value) => value > TOLERANCE * largest && value > 1e-9).length;
  const basis =
    rank === 0 ? Matrix.zeros(rows.width, 1) : svd.leftSingularVectors.subMatrix(0, rows.width - 1, 0, rank - 1);
  const leace = eraserOf(whitening, basis, 1);
  const wanted = displacement(rows, leace);
  return {
    leace,
    drawControl: (random) => {
      const drawn = orthonormal(rows.width, Math.max(1, rank), random);
      const control = eraserOf(whitening, drawn, 1);
      const moved = displacement(rows, control);
      return eraserOf(whitening, drawn, moved > 0 ? Math.sqrt(wanted / moved) : 0);
    },
  };
}

/** Activations with what an eraser takes away taken away. */
export function erase(rows: Rows, { mean, projection }: Eraser): Rows {
  const values = new Float32Array(rows.values.length);
  const { width } = rows;
  const table = projection.to1DArray();
  for (let index = 0; index < rows.count; index++) {
    const x = row(rows, index);
    const at = index * width;
    values.set(x, at);
    for (let i = 0; i < width; i++) {
      const centred = (x[i] ?? 0) - (mean[i] ?? 0);
      if (centred === 0) continue;
      for (let j = 0; j < width; j++) values[at + j] = (values[at + j] ?? 0) - centred * (table[i * width + j] ?? 0);
    }
  }
  return { ...rows, values };
}

/** (W^+ U U' W)' times `scale`, for row vectors. */
function eraserOf({ mean, whiten: w, unwhiten }: Whitening, basis: Matrix, scale: number): Eraser {
  const projection = unwhiten.mmul(basis).mmul(basis.transpose()).mmul(w).transpose().mul(scale);
  return { mean, projection };
}

function whiten(rows: Rows): Whitening {
  const { width, count } = rows;
  const mean = new Float64Array(width);
  for (let index = 0; index < count; index++) {
    row(rows, index).forEach((value, i) => {
      mean[i] = (mean[i] ?? 0) + value / count;
    });
  }
  const flat = new Float64Array(width * width);
  const centred = new Float64Array(width);
  for (let index = 0; index < count; index++) {
    row(rows, index).forEach((value, i) => {
      centred[i] = value - (mean[i] ?? 0);
    });
    for (let i = 0; i < width; i++) {
      const value = centred[i] ?? 0;
      if (value === 0) continue;
      for (let j = 0; j < width; j++) flat[i * width + j] = (flat[i * width + j] ?? 0) + value * (centred[j] ?? 0);
    }
  }
  for (let at = 0; at < flat.length; at++) flat[at] = (flat[at] ?? 0) / count;
  const covariance = Matrix.from1DArray(width, width, flat);
  const shrinkage = Math.min(1, width / count / 10);
  const centre = covariance.trace() / width;
  covariance.mul(1 - shrinkage);
  for (let i = 0; i < width; i++) covariance.set(i, i, covariance.get(i, i) + shrinkage * centre);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, { assumeSymmetric: true });
  const largest = Math.max(...realEigenvalues);
  const power = (exponent: number): Matrix => {
    const scaled = eigenvectorMatrix.clone();
    for (const [column, value] of realEigenvalues.entries()) {
      scaled.mulColumn(column, value > TOLERANCE * TOLERANCE * largest && value > 0 ? value ** exponent : 0);
    }
    return scaled.mmul(eigenvectorMatrix.transpose());
  };
  return { mean, whiten: power(-0.5), unwhiten: power(0.5) };
}

/** Sxz for one-hot labels: [width, classes]. */
function crossCovariance(rows: Rows, mean: Float64Array, labels: ArrayLike<number>, classes: number): Matrix {
  const shares = new Float64Array(classes);
  for (let index = 0; index < rows.count; index++) {
    const label = labels[index] ?? 0;
    shares[label] = (shares[label] ?? 0) + 1 / rows.count;
  }
  const cross = Matrix.zeros(rows.width, classes);
  for (let index = 0; index < rows.count; index++) {
    const x = row(rows, index);
    for (let i = 0; i < rows.width; i++) {
      const value = ((x[i] ?? 0) - (mean[i] ?? 0)) / rows.count;
      if (value === 0) continue;
      for (let k = 0; k < classes; k++)
        cross.set(i, k, cross.get(i, k) + value * ((labels[index] === k ? 1 : 0) - (shares[k] ?? 0)));
    }
  }
  return cross;
}

/** E|r(x) - x|^2. */
function displacement(rows: Rows, eraser: Eraser): number {
  const moved = erase(rows, eraser);
  return moved.values.reduce((sum, value, at) => sum + (value - (rows.values[at] ?? 0)) ** 2, 0) / rows.count;
}

/** Random orthonormal columns (Gram and Schmidt). */
function orthonormal(width: number, columns: number, random: Random): Matrix {
  const basis = Matrix.zeros(width, columns);
  for (let column = 0; column < columns; column++) {
    const vector = Array.from({ length: width }, () => drawNormal(random));
    for (let before = 0; before < column; before++) {
      const other = basis.getColumn(before);
      const along = vector.reduce((sum, value, i) => sum + value * (other[i] ?? 0), 0);
      for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] ?? 0) - along * (other[i] ?? 0);
    }
    const length = Math.hypot(...vector);
    basis.setColumn(
      column,
      vector.map((value) => value / length),
    );
  }
  return basis;
}
