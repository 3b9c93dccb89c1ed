import { getKernel, type KernelFunc, registerKernel, unregisterKernel } from "@tensorflow/tfjs-core";
import { conv2DBackpropFilter } from "./conv2d-backprop-filter";
import { depthwiseConv2dBackpropFilter, depthwiseConv2dBackpropInput } from "./depthwise-conv2d-backprop";
import { maxPool3dGrad, maxPoolGrad } from "./max-pool-grad";
import { unsortedSegmentSum } from "./unsorted-segment-sum";

/** What the wasm backend of TensorFlow.js 4.22 lacks for training, though the cpu backend has it. */
const MISSING: Readonly<Record<string, KernelFunc>> = {
  UnsortedSegmentSum: unsortedSegmentSum,
  Conv2DBackpropFilter: conv2DBackpropFilter,
  DepthwiseConv2dNativeBackpropFilter: depthwiseConv2dBackpropFilter,
  DepthwiseConv2dNativeBackpropInput: depthwiseConv2dBackpropInput,
};

/** What it has, but wrong. */
const WRONG: Readonly<Record<string, KernelFunc>> = {
  MaxPoolGrad: maxPoolGrad,
  MaxPool3DGrad: maxPool3dGrad,
};

/**
 * Lets embeddings, convolutions and max pooling train on the wasm backend, by registering the gradients that it lacks
 * or has wrong. Those that a later release of it adds stay. `watch` and `pickBackend` call it where wasm is the
 * backend.
 */
export function registerTrainingKernels(): void {
  for (const [kernelName, kernelFunc] of Object.entries(MISSING)) {
    if (getKernel(kernelName, "wasm") === undefined) registerKernel({ kernelName, backendName: "wasm", kernelFunc });
  }
  for (const [kernelName, kernelFunc] of Object.entries(WRONG)) {
    const own = getKernel(kernelName, "wasm");
    if (own?.kernelFunc === kernelFunc) continue;
    if (own !== undefined) unregisterKernel(kernelName, "wasm");
    registerKernel({ kernelName, backendName: "wasm", kernelFunc });
  }
}
