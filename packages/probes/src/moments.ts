import * as tf from "@tensorflow/tfjs-core";
import { Matrix } from "ml-matrix";
import { type Rows, row } from "./rows";

/** Mean and covariance of rows: [width], and [width, width], symmetric to the last digit. */
export function momentsOf(rows: Rows): { mean: Float64Array; covariance: Matrix } {
  const { width, count } = rows;
  const mean = new Float64Array(width);
  for (let index = 0; index < count; index++) {
    row(rows, index).forEach((value, i) => {
      mean[i] = (mean[i] ?? 0) + value / count;
    });
  }
  const products = tf.tidy(() => {
    const x = centreRows(rows, mean);
    return tf.matMul(tf.transpose(x), x).dataSync();
  });
  const covariance = Matrix.from1DArray(width, width, Float64Array.from(products)).mul(1 / count);
  for (let i = 0; i < width; i++) for (let j = 0; j < i; j++) covariance.set(i, j, covariance.get(j, i));
  return { mean, covariance };
}

/** Rows less `mean`, as a tensor, which is the caller's to dispose of. */
export function centreRows({ count, width, values }: Rows, mean: Float64Array): tf.Tensor2D {
  return tf.tidy(() => tf.sub(tf.tensor2d(values, [count, width]), tf.tensor1d(Float32Array.from(mean))));
}
