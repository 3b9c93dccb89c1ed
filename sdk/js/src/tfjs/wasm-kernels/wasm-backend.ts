import assert from "node:assert";
import type { DataType, KernelFunc, NamedTensorInfoMap, TensorInfo, TypedArray } from "@tensorflow/tfjs-core";
import { getKernel } from "@tensorflow/tfjs-core";

/**
 * What kernels use of the wasm backend. Its memory may move when it grows: views are taken after the last allocation.
 */
export interface WasmBackend {
  makeOutput(shape: number[], dtype: DataType): TensorInfo;
  typedArrayFromHeap(tensor: TensorInfo): TypedArray;
  disposeData(dataId: TensorInfo["dataId"]): boolean;
}

export function asWasmBackend(backend: object): WasmBackend {
  assert(isWasmBackend(backend), "a kernel for wasm was given another backend");
  return backend;
}

function isWasmBackend(backend: object): backend is WasmBackend {
  return "makeOutput" in backend && "typedArrayFromHeap" in backend && "disposeData" in backend;
}

/** An input of a kernel. */
export function inputOf(inputs: NamedTensorInfoMap, name: string): TensorInfo {
  const input = inputs[name];
  assert(input !== undefined, `the kernel's input ${name} is missing`);
  return input;
}

export type Shape4 = [number, number, number, number];

export function shape4(shape: readonly number[]): Shape4 {
  const [a, b, c, d] = shape;
  assert(shape.length === 4 && a !== undefined && b !== undefined && c !== undefined && d !== undefined);
  return [a, b, c, d];
}

/** View of a tensor of floats in the backend's memory. */
export function floats(backend: WasmBackend, tensor: TensorInfo): Float32Array {
  const view = backend.typedArrayFromHeap(tensor);
  assert(view instanceof Float32Array, `a tensor of floats is wanted, not of ${tensor.dtype}`);
  return view;
}

/** a [m, k] times b [k, n], by the backend's own kernel. */
export function matMul(backend: WasmBackend, a: TensorInfo, b: TensorInfo): TensorInfo {
  const kernel: KernelFunc | undefined = getKernel("BatchMatMul", "wasm")?.kernelFunc;
  assert(kernel !== undefined, "the wasm backend has no BatchMatMul");
  const product = kernel({ inputs: { a, b }, backend, attrs: { transposeA: false, transposeB: false } });
  assert(!Array.isArray(product));
  return product;
}
