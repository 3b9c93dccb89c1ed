import * as tf from "@tensorflow/tfjs-core";
import { EigenvalueDecomposition, Matrix, SingularValueDecomposition } from "ml-matrix";
import { centreRows, momentsOf } from "./moments";
import { type Random, shuffledIndices } from "./random";
import type { Rows } from "./rows";

/** Directions in which the classes' means differ by less than this share of the largest difference are left alone. */
const RANK_TOLERANCE = 0.01;
/** Directions with less than this share of the largest variance are taken to be empty. */
const VARIANCE_TOLERANCE = 1e-4;

/**
 * Ways to take a feature away at a layer. `leace`: its subspace goes to the mean, along the directions that move the
 * rest least. `resample`: there, another example's component takes its place. `mean`: what lies in the span of the
 * classes' means goes to the mean, straight. `zero`: the same, to zero.
 */
export const ABLATIONS = ["leace", "mean", "resample", "zero"] as const;
export type Ablation = (typeof ABLATIONS)[number];

/** Classes of the examples: one feature, 0, 1, 2 … */
export interface Concept {
  readonly labels: ArrayLike<number>;
  readonly classes: number;
}

/**
 * An affine map of activations: r(x) = x - (x - centre) P, where P = from to; resampled, another example's (x' -
 * centre) P takes the place of what is taken away. Row vectors.
 */
export interface Eraser {
  readonly centre: Float64Array;
  /** [width, rank] */
  readonly from: Matrix;
  /** [rank, width] */
  readonly to: Matrix;
  /** Says whose component takes the place; null: nobody's. */
  readonly resample: Random | null;
}

/** Ways to erase a feature at a layer, and the means to make controls that do the same damage and no more. */
export interface Erasers {
  /** How many directions are taken away. */
  readonly rank: number;
  readonly eraserOf: (ablation: Ablation, random: Random) => Eraser;
  /**
   * The same, fitted to shuffled labels: as many directions, in which nothing of the feature is more than by chance.
   */
  readonly drawControl: (ablation: Ablation, random: Random) => Eraser;
  /** The same for another feature of the same examples. */
  readonly eraserOfOther: (other: Concept, ablation: Ablation, random: Random) => Eraser;
}

interface Whitening {
  readonly mean: Float64Array;
  /** Sxx^{-1/2} and its pseudo-inverse, both [width, width]. */
  readonly whiten: Matrix;
  readonly unwhiten: Matrix;
}

/**
 * Erasers of one feature, or of several at once. Least-squares concept erasure in closed form: W = Sxx^{-1/2}, U = left
 * singular vectors of W Sxz, r(x) = x - W^+ U U' W (x - mean) (Belrose et al. 2023). Afterwards no linear probe reads
 * the labels any better than chance. Sxx is shrunk towards its diagonal mean.
 */
export function fitErasers(rows: Rows, concepts: readonly Concept[]): Erasers {
  const whitening = whiten(rows);
  const crossOf = (of: readonly Concept[]): Matrix => crossCovariance(rows, whitening.mean, of);
  const make = (cross: Matrix, ablation: Ablation, random: Random): Eraser => {
    const isOblique = ablation === "leace" || ablation === "resample";
    const basis = leftVectors(isOblique ? whitening.whiten.mmul(cross) : cross);
    const across = basis.transpose();
    return {
      centre: ablation === "zero" ? new Float64Array(rows.width) : whitening.mean,
      // W^+ U U' W, transposed for row vectors; W is symmetric.
      from: isOblique ? whitening.whiten.mmul(basis) : basis,
      to: isOblique ? across.mmul(whitening.unwhiten) : across,
      resample: ablation === "resample" ? random : null,
    };
  };
  const own = crossOf(concepts);
  return {
    rank: leftVectors(own).columns,
    eraserOf: (ablation, random) => make(own, ablation, random),
    drawControl: (ablation, random) => {
      const shuffled = concepts.map(({ labels, classes }) => ({
        classes,
        labels: Int32Array.from(shuffledIndices(labels.length, random), (index) => labels[index] ?? 0),
      }));
      return make(crossOf(shuffled), ablation, random);
    },
    eraserOfOther: (other, ablation, random) => make(crossOf([other]), ablation, random),
  };
}

/** Activations, [examples, …], with what an eraser takes away taken away. */
export function erase(activations: tf.Tensor, { centre, from, to, resample }: Eraser): tf.Tensor {
  return tf.tidy(() => {
    const width = centre.length;
    const x: tf.Tensor2D = tf.reshape(activations, [-1, width]);
    const table = (matrix: Matrix) => tf.tensor2d(Float32Array.from(matrix.to1DArray()), [matrix.rows, matrix.columns]);
    const centred = tf.sub(x, tf.tensor1d(Float32Array.from(centre)));
    const part = tf.matMul(tf.matMul(centred, table(from)), table(to));
    const kept = tf.sub(x, part);
    if (resample === null) return tf.reshape(kept, activations.shape);
    const others = tf.tensor1d(Int32Array.from(shuffledIndices(x.shape[0], resample)), "int32");
    return tf.reshape(tf.add(kept, tf.gather(part, others)), activations.shape);
  });
}

/** Left singular vectors of what is not negligible. */
function leftVectors(matrix: Matrix): Matrix {
  const svd = new SingularValueDecomposition(matrix, { autoTranspose: true });
  const largest = svd.diagonal[0] ?? 0;
  const rank = svd.diagonal.filter((value) => value > RANK_TOLERANCE * largest && value > 1e-9).length;
  if (rank === 0) return Matrix.zeros(matrix.rows, 1);
  return svd.leftSingularVectors.subMatrix(0, matrix.rows - 1, 0, rank - 1);
}

function whiten(rows: Rows): Whitening {
  const { width, count } = rows;
  const { mean, covariance } = momentsOf(rows);
  const shrinkage = Math.min(1, width / count / 10);
  const centre = covariance.trace() / width;
  covariance.mul(1 - shrinkage);
  for (let i = 0; i < width; i++) covariance.set(i, i, covariance.get(i, i) + shrinkage * centre);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, { assumeSymmetric: true });
  const largest = Math.max(...realEigenvalues);
  const power = (exponent: number): Matrix => {
    const scaled = eigenvectorMatrix.clone();
    for (const [column, value] of realEigenvalues.entries()) {
      scaled.mulColumn(column, value > VARIANCE_TOLERANCE * largest && value > 0 ? value ** exponent : 0);
    }
    return scaled.mmul(eigenvectorMatrix.transpose());
  };
  return { mean, whiten: power(-0.5), unwhiten: power(0.5) };
}

/**
 * Sxz for one-hot labels, those of all concepts side by side: [width, classes]. What is centred sums to nothing, so
 * that the labels need not be.
 */
function crossCovariance(rows: Rows, mean: Float64Array, concepts: readonly Concept[]): Matrix {
  const products = tf.tidy(() => {
    const labels = concepts.map(({ labels: each, classes }) =>
      tf.cast(tf.oneHot(tf.tensor1d(Int32Array.from(each), "int32"), classes), "float32"),
    );
    return tf.matMul(tf.transpose(centreRows(rows, mean)), tf.concat(labels, 1)).dataSync();
  });
  return Matrix.from1DArray(rows.width, products.length / rows.width, Float64Array.from(products)).mul(1 / rows.count);
}
