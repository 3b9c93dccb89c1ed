import * as tf from "@tensorflow/tfjs-core";

/** A table of numbers, row after row: one row an example. */
export interface Rows {
  readonly count: number;
  readonly width: number;
  readonly values: Float32Array;
}

/**
 * Numbers of a tensor, with its shape; the first dimension counts examples. Plain data, so that it can go to another
 * thread.
 */
export interface TensorData {
  readonly shape: readonly number[];
  readonly dtype: "float32" | "int32";
  readonly values: Float32Array | Int32Array;
}

export function toTensor({ values, shape, dtype }: TensorData): tf.Tensor {
  return tf.tensor(values, [...shape], dtype);
}

/** Everything of an example in one row. */
export async function readRows(tensor: tf.Tensor): Promise<Rows> {
  const count = tensor.shape[0] ?? 0;
  return { count, width: count === 0 ? 0 : tensor.size / count, values: Float32Array.from(await tensor.data()) };
}

export const row = ({ values, width }: Rows, index: number): Float32Array =>
  values.subarray(index * width, (index + 1) * width);

/** The rows at `indices`, in that order. */
export function pickRows(rows: Rows, indices: ArrayLike<number>): Rows {
  const values = new Float32Array(indices.length * rows.width);
  for (let to = 0; to < indices.length; to++) values.set(row(rows, indices[to] ?? 0), to * rows.width);
  return { count: indices.length, width: rows.width, values };
}

export const isAllFinite = ({ values }: Rows): boolean => values.every(Number.isFinite);
