import { getKernel, type KernelFunc, registerKernel } from "@tensorflow/tfjs-core";
import { conv2DBackpropFilter } from "./conv2d-backprop-filter";
import { depthwiseConv2dBackpropFilter, depthwiseConv2dBackpropInput } from "./depthwise-conv2d-backprop";
import { unsortedSegmentSum } from "./unsorted-segment-sum";

/** What the wasm backend of TensorFlow.js 4.22 lacks for training, though the cpu backend has it. */
const KERNELS: Readonly<Record<string, KernelFunc>> = {
  UnsortedSegmentSum: unsortedSegmentSum,
  Conv2DBackpropFilter: conv2DBackpropFilter,
  DepthwiseConv2dNativeBackpropFilter: depthwiseConv2dBackpropFilter,
  DepthwiseConv2dNativeBackpropInput: depthwiseConv2dBackpropInput,
};

/**
 * Lets embeddings and convolutions train on the wasm backend, by registering the gradients that it lacks. Those that a later
 * release of it brings stay. `watch` and `pickBackend` call it where wasm is the backend.
 */
export function registerTrainingKernels(): void {
  for (const [kernelName, kernelFunc] of Object.entries(KERNELS)) {
    if (getKernel(kernelName, "wasm") === undefined) registerKernel({ kernelName, backendName: "wasm", kernelFunc });
  }
}
