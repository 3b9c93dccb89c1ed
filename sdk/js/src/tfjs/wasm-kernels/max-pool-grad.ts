import assert from "node:assert";
import { backend_util, type KernelFunc } from "@tensorflow/tfjs-core";
import { z } from "zod";
import { convAttrsSchema, shape4Schema } from "./conv-attrs";
import { asWasmBackend, floats, inputOf } from "./wasm-backend";

const attrs2dSchema = convAttrsSchema.extend({ filterSize: z.union([z.number(), z.tuple([z.number(), z.number()])]) });
const triple = z.tuple([z.number(), z.number(), z.number()]);
const attrs3dSchema = z.object({
  filterSize: z.union([z.number(), triple]),
  strides: z.union([z.number(), triple]),
  pad: z.union([z.number(), z.enum(["same", "valid"])]),
  dimRoundingMode: z.enum(["floor", "round", "ceil"]).optional(),
});
const shape5Schema = z.tuple([z.number(), z.number(), z.number(), z.number(), z.number()]);

/**
 * One axis of a pooling: window `at` covers the inputs from `at * stride - pad` on, `filter` of them, as far as there
 * are any.
 */
interface PooledAxis {
  readonly in: number;
  readonly out: number;
  readonly filter: number;
  readonly stride: number;
  readonly pad: number;
}

/**
 * The gradient of max pooling goes to the largest value of each window, the first one of equals. The backend's own
 * kernel (4.22) takes no value below zero for the largest, and so loses the gradient of windows without a positive one.
 */
export const maxPoolGrad: KernelFunc = (call) => {
  const { filterSize, strides, pad, dimRoundingMode } = attrs2dSchema.parse(call.attrs);
  const shape = shape4Schema.parse(inputOf(call.inputs, "input").shape);
  const info = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  return poolGrad(call, info.inChannels, [{ in: 1, out: 1, filter: 1, stride: 1, pad: 0 }, ...planeOf(info)]);
};

/** As `maxPoolGrad`, over volumes. */
export const maxPool3dGrad: KernelFunc = (call) => {
  const { filterSize, strides, pad, dimRoundingMode } = attrs3dSchema.parse(call.attrs);
  const shape = shape5Schema.parse(inputOf(call.inputs, "input").shape);
  const info = backend_util.computePool3DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  return poolGrad(call, info.inChannels, [
    {
      in: info.inDepth,
      out: info.outDepth,
      filter: info.filterDepth,
      stride: info.strideDepth,
      pad: info.padInfo.front,
    },
    ...planeOf(info),
  ]);
};

type PlaneInfo = Pick<
  backend_util.Conv2DInfo,
  "inHeight" | "outHeight" | "filterHeight" | "strideHeight" | "inWidth" | "outWidth" | "filterWidth" | "strideWidth"
> & { readonly padInfo: { readonly top: number; readonly left: number } };

/** Height and width, the same for planes and for volumes. */
function planeOf(info: PlaneInfo): [height: PooledAxis, width: PooledAxis] {
  const { inHeight, outHeight, filterHeight, strideHeight, inWidth, outWidth, filterWidth, strideWidth, padInfo } =
    info;
  return [
    { in: inHeight, out: outHeight, filter: filterHeight, stride: strideHeight, pad: padInfo.top },
    { in: inWidth, out: outWidth, filter: filterWidth, stride: strideWidth, pad: padInfo.left },
  ];
}

type KernelCall = Parameters<KernelFunc>[0];
type PooledAxes = readonly [depth: PooledAxis, height: PooledAxis, width: PooledAxis];

function poolGrad(
  { inputs, backend }: KernelCall,
  channels: number,
  [depth, height, width]: PooledAxes,
): ReturnType<KernelFunc> {
  const wasm = asWasmBackend(backend);
  const [input, dy] = [inputOf(inputs, "input"), inputOf(inputs, "dy")];
  const out = wasm.makeOutput(input.shape, "float32");
  const [values, given, dx] = [floats(wasm, input), floats(wasm, dy), floats(wasm, out).fill(0)];
  const volume = depth.in * height.in * width.in * channels;
  assert(volume > 0 && values.length % volume === 0);
  let from = 0;
  for (let start = 0; start < values.length; start += volume) {
    for (let z = 0; z < depth.out; z++) {
      const [zBegin, zEnd] = windowOf(depth, z);
      for (let y = 0; y < height.out; y++) {
        const [yBegin, yEnd] = windowOf(height, y);
        for (let x = 0; x < width.out; x++) {
          const [xBegin, xEnd] = windowOf(width, x);
          for (let channel = 0; channel < channels; channel++, from++) {
            let [best, largest] = [-1, 0];
            for (let inZ = zBegin; inZ < zEnd; inZ++) {
              for (let inY = yBegin; inY < yEnd; inY++) {
                const row = start + (inZ * height.in + inY) * width.in * channels + channel;
                for (let inX = xBegin; inX < xEnd; inX++) {
                  const at = row + inX * channels;
                  const value = values[at] ?? Number.NaN;
                  if (best >= 0 && !(value > largest)) continue;
                  best = at;
                  largest = value;
                }
              }
            }
            if (best >= 0) dx[best] = (dx[best] ?? 0) + (given[from] ?? 0);
          }
        }
      }
    }
  }
  return out;
}

function windowOf(axis: PooledAxis, at: number): [begin: number, end: number] {
  const begin = at * axis.stride - axis.pad;
  return [Math.max(begin, 0), Math.min(begin + axis.filter, axis.in)];
}
