import type { Shift } from "@tailbone/protocol/reading";
import * as tf from "@tensorflow/tfjs-core";
import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { centreRows, momentsOf } from "./moments";
import type { Rows } from "./rows";

const QUANTILE = 0.999;
/** Beyond this share, and no better than the control, a reading tells of the intervention and not of the feature. */
const MOST_SHIFTED = 0.05;

/** Share of examples that lie further out than nearly all clean ones. */
export function measureShift(clean: Rows, changed: Rows, controls: readonly Rows[]): Shift {
  const distancesOf = mahalanobis(clean);
  const sorted = distancesOf(clean).sort();
  const limit = sorted[Math.min(sorted.length - 1, Math.floor(QUANTILE * sorted.length))] ?? 0;
  const beyond = (rows: Rows): number =>
    distancesOf(rows).filter((value) => value > limit).length / Math.max(1, rows.count);
  const shares = controls.map(beyond);
  return {
    share: beyond(changed),
    control: shares.length === 0 ? null : shares.reduce((sum, share) => sum + share, 0) / shares.length,
  };
}

export const isOffDistribution = ({ share, control }: Shift): boolean =>
  share > MOST_SHIFTED && share >= (control ?? 0);

/** Squared Mahalanobis distances from clean rows, with the covariance shrunk as Ledoit and Wolf (2004) do. */
function mahalanobis(clean: Rows): (rows: Rows) => Float32Array {
  const { width, count } = clean;
  const { mean, covariance } = momentsOf(clean);
  const fourth = tf.tidy(() => {
    const squares = tf.sum(tf.square(centreRows(clean, mean)), 1);
    return tf.mean(tf.square(squares)).dataSync()[0] ?? 0;
  });
  const scale = covariance.trace() / width;
  const norm = covariance.to1DArray().reduce((sum, value) => sum + value * value, 0);
  const spread = norm - width * scale * scale;
  const noise = (fourth - norm) / count;
  const shrinkage = spread > 0 ? Math.min(1, Math.max(0, noise / spread)) : 1;
  covariance.mul(1 - shrinkage);
  for (let i = 0; i < width; i++) {
    covariance.set(i, i, covariance.get(i, i) + shrinkage * scale + 1e-6 * Math.max(scale, 1e-12));
  }
  const inverse = Float32Array.from(new CholeskyDecomposition(covariance).solve(Matrix.eye(width)).to1DArray());
  return (rows) =>
    tf.tidy(() => {
      const x = centreRows(rows, mean);
      return Float32Array.from(tf.sum(tf.mul(tf.matMul(x, tf.tensor2d(inverse, [width, width])), x), 1).dataSync());
    });
}
