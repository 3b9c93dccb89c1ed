import { backend_util, type KernelFunc } from "@tensorflow/tfjs-core";
import { convAttrsSchema, shape4Schema } from "./conv-attrs";
import { asWasmBackend, floats, inputOf, shape4 } from "./wasm-backend";

type ConvInfo = backend_util.Conv2DInfo;

// TensorFlow.js refuses gradients of dilated convolutions before it comes to a kernel.
const filterAttrsSchema = convAttrsSchema.extend({ filterShape: shape4Schema });
const inputAttrsSchema = convAttrsSchema.extend({ inputShape: shape4Schema });

/**
 * The gradient of a depthwise convolution with respect to its filter: x, dy -> filterShape [height, width, inChannels,
 * multiplier].
 */
export const depthwiseConv2dBackpropFilter: KernelFunc = ({ inputs, backend, attrs }) => {
  const { strides, pad, dimRoundingMode, filterShape } = filterAttrsSchema.parse(attrs);
  const wasm = asWasmBackend(backend);
  const x = inputOf(inputs, "x");
  const dy = inputOf(inputs, "dy");
  const conv = backend_util.computeConv2DInfo(shape4(x.shape), filterShape, strides, 1, pad, dimRoundingMode, true);
  const out = wasm.makeOutput(filterShape, "float32");
  const [xValues, dyValues] = [floats(wasm, x), floats(wasm, dy)];
  const sums = floats(wasm, out).fill(0);
  const { inChannels } = conv;
  const multiplier = conv.outChannels / inChannels;
  eachTapAndPlace(conv, (tap, pixel, place) => {
    for (let channel = 0; channel < inChannels; channel++) {
      const value = xValues[pixel + channel] ?? 0;
      for (let m = 0; m < multiplier; m++) {
        const offset = channel * multiplier + m;
        sums[tap + offset] = (sums[tap + offset] ?? 0) + value * (dyValues[place + offset] ?? 0);
      }
    }
  });
  return out;
};

/** The gradient of a depthwise convolution with respect to its input: dy, filter -> inputShape. */
export const depthwiseConv2dBackpropInput: KernelFunc = ({ inputs, backend, attrs }) => {
  const { strides, pad, dimRoundingMode, inputShape } = inputAttrsSchema.parse(attrs);
  const wasm = asWasmBackend(backend);
  const dy = inputOf(inputs, "dy");
  const filter = inputOf(inputs, "filter");
  const conv = backend_util.computeConv2DInfo(inputShape, shape4(filter.shape), strides, 1, pad, dimRoundingMode, true);
  const out = wasm.makeOutput(inputShape, "float32");
  const [dyValues, weights] = [floats(wasm, dy), floats(wasm, filter)];
  const sums = floats(wasm, out).fill(0);
  const { inChannels } = conv;
  const multiplier = conv.outChannels / inChannels;
  eachTapAndPlace(conv, (tap, pixel, place) => {
    for (let channel = 0; channel < inChannels; channel++) {
      let sum = sums[pixel + channel] ?? 0;
      for (let m = 0; m < multiplier; m++) {
        const offset = channel * multiplier + m;
        sum += (weights[tap + offset] ?? 0) * (dyValues[place + offset] ?? 0);
      }
      sums[pixel + channel] = sum;
    }
  });
  return out;
};

/**
 * Visits each filter tap at each place of the output where it meets the input, with the offsets of the first channel of
 * the tap, of the pixel of the input, and of the place of the output.
 */
function eachTapAndPlace(conv: ConvInfo, visit: (tap: number, pixel: number, place: number) => void): void {
  const { batchSize, filterHeight, filterWidth, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } =
    conv;
  for (let fy = 0; fy < filterHeight; fy++) {
    for (let fx = 0; fx < filterWidth; fx++) {
      const tap = (fy * filterWidth + fx) * outChannels;
      for (let image = 0; image < batchSize; image++) {
        for (let oy = 0; oy < outHeight; oy++) {
          const y = oy * conv.strideHeight + fy - conv.padInfo.top;
          if (y < 0 || y >= inHeight) continue;
          for (let ox = 0; ox < outWidth; ox++) {
            const x = ox * conv.strideWidth + fx - conv.padInfo.left;
            if (x < 0 || x >= inWidth) continue;
            const pixel = ((image * inHeight + y) * inWidth + x) * inChannels;
            visit(tap, pixel, ((image * outHeight + oy) * outWidth + ox) * outChannels);
          }
        }
      }
    }
  }
}
