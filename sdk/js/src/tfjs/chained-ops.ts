import * as tf from "@tensorflow/tfjs-core";

/**
 * The methods of tensors that TensorFlow.js' layers call: orthogonal initializers, multi-head attention and its masks,
 * one metric.
 */
const METHODS = {
  div: tf.div,
  expandDims: tf.expandDims,
  flatten: (tensor: tf.Tensor) => tf.reshape(tensor, [tensor.size]),
  gather: tf.gather,
  greaterEqual: tf.greaterEqual,
  logicalAnd: tf.logicalAnd,
  mean: tf.mean,
  minimum: tf.minimum,
  pad: tf.pad,
  reshape: tf.reshape,
  sign: tf.sign,
  slice: tf.slice,
  square: tf.square,
  squeeze: tf.squeeze,
  stridedSlice: tf.stridedSlice,
  sub: tf.sub,
  sum: tf.sum,
  transpose: tf.transpose,
} as const;

/**
 * Makes ops methods of tensors where `@tensorflow/tfjs` has not done so: with `@tensorflow/tfjs-core` and `-layers`
 * alone a layer that calls one (LSTM, GRU and SimpleRNN do when they begin) fails with "is not a function". Where there
 * is such a method it stays.
 */
export function registerChainedOps(): void {
  for (const [name, op] of Object.entries(METHODS)) {
    if (name in tf.Tensor.prototype) continue;
    Object.defineProperty(tf.Tensor.prototype, name, {
      value(this: tf.Tensor, ...args: unknown[]): unknown {
        return Reflect.apply(op, undefined, [this, ...args]);
      },
      configurable: true,
      writable: true,
    });
  }
}
