import type { Shift } from "@tailbone/protocol/reading";
import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { type Rows, row } from "./rows";

const QUANTILE = 0.999;
/** Beyond this share, and no better than the control, a reading tells of the intervention and not of the feature. */
const MOST_SHIFTED = 0.05;

/** Share of examples that lie further out than nearly all clean ones. */
export function measureShift(clean: Rows, changed: Rows, controls: readonly Rows[]): Shift {
  const distanceOf = mahalanobis(clean);
  const sorted = distances(clean, distanceOf).sort();
  const limit = sorted[Math.min(sorted.length - 1, Math.floor(QUANTILE * sorted.length))] ?? 0;
  const beyond = (rows: Rows): number =>
    distances(rows, distanceOf).filter((value) => value > limit).length / Math.max(1, rows.count);
  const shares = controls.map(beyond);
  return {
    share: beyond(changed),
    control: shares.length === 0 ? null : shares.reduce((sum, share) => sum + share, 0) / shares.length,
  };
}

export const isOffDistribution = ({ share, control }: Shift): boolean =>
  share > MOST_SHIFTED && share >= (control ?? 0);

const distances = (rows: Rows, of: (x: Float32Array) => number): Float64Array =>
  Float64Array.from({ length: rows.count }, (_, index) => of(row(rows, index)));

/** Squared Mahalanobis distance from clean rows, with the covariance shrunk as Ledoit and Wolf (2004) do. */
function mahalanobis(clean: Rows): (x: Float32Array) => number {
  const { width, count } = clean;
  const mean = new Float64Array(width);
  for (let index = 0; index < count; index++) {
    row(clean, index).forEach((value, i) => {
      mean[i] = (mean[i] ?? 0) + value / count;
    });
  }
  const centred = (x: Float32Array): Float64Array => Float64Array.from(x, (value, i) => value - (mean[i] ?? 0));
  const sample = new Float64Array(width * width);
  let fourth = 0;
  for (let index = 0; index < count; index++) {
    const x = centred(row(clean, index));
    fourth += x.reduce((sum, value) => sum + value * value, 0) ** 2 / count;
    for (let i = 0; i < width; i++) {
      const value = x[i] ?? 0;
      if (value === 0) continue;
      for (let j = 0; j < width; j++) sample[i * width + j] = (sample[i * width + j] ?? 0) + value * (x[j] ?? 0);
    }
  }
  // Divided last, so that it is symmetric to the last digit.
  for (let at = 0; at < sample.length; at++) sample[at] = (sample[at] ?? 0) / count;
  const covariance = Matrix.from1DArray(width, width, sample);
  const centre = covariance.trace() / width;
  const norm = sample.reduce((sum, value) => sum + value * value, 0);
  const spread = norm - width * centre * centre;
  const noise = (fourth - norm) / count;
  const shrinkage = spread > 0 ? Math.min(1, Math.max(0, noise / spread)) : 1;
  covariance.mul(1 - shrinkage);
  for (let i = 0; i < width; i++) {
    covariance.set(i, i, covariance.get(i, i) + shrinkage * centre + 1e-6 * Math.max(centre, 1e-12));
  }
  const factor = new CholeskyDecomposition(covariance);
  return (x) => {
    const difference = centred(x);
    const solved = factor.solve(Matrix.columnVector(difference));
    return difference.reduce((sum, value, i) => sum + value * solved.get(i, 0), 0);
  };
}
