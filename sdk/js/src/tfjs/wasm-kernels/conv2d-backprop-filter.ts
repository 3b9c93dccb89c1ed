import { backend_util, type KernelFunc, type TensorInfo } from "@tensorflow/tfjs-core";
import { z } from "zod";
import { convAttrsSchema, shape4Schema } from "./conv-attrs";
import { asWasmBackend, floats, inputOf, matMul, shape4, type WasmBackend } from "./wasm-backend";

const attrsSchema = convAttrsSchema.extend({
  // The wasm backend's own convolutions know no other layout.
  dataFormat: z.literal("NHWC"),
  filterShape: shape4Schema,
});

/** Bytes that unfolded images may take at a time; a batch that takes more is treated in parts. */
const UNFOLDED_BYTES = 16 << 20;

type ConvInfo = backend_util.Conv2DInfo;

/**
 * The gradient of a 2-D convolution with respect to its filter: with x unfolded so that row (fy, fx, c) holds what
 * filter tap (fy, fx, c) is multiplied with at each place of the output, it is one product of matrices, [taps, places]
 * x [places, outChannels]. Shapes: x [batch, inHeight, inWidth, inChannels], dy [batch, outHeight, outWidth,
 * outChannels] -> filterShape.
 */
export const conv2DBackpropFilter: KernelFunc = ({ inputs, backend, attrs }) => {
  const { strides, pad, dimRoundingMode, filterShape } = attrsSchema.parse(attrs);
  const wasm = asWasmBackend(backend);
  const x = inputOf(inputs, "x");
  const dy = inputOf(inputs, "dy");
  const conv = backend_util.computeConv2DInfo(shape4(x.shape), filterShape, strides, 1, pad, dimRoundingMode);
  const taps = conv.filterHeight * conv.filterWidth * conv.inChannels;
  const places = conv.outHeight * conv.outWidth;
  const part = Math.max(1, Math.min(conv.batchSize, Math.floor(UNFOLDED_BYTES / (4 * taps * places))));

  let sum: TensorInfo | null = null;
  for (let first = 0; first < conv.batchSize; first += part) {
    const images = Math.min(part, conv.batchSize - first);
    const rows = images * places;
    const unfolded = wasm.makeOutput([taps, rows], "float32");
    const isWhole = images === conv.batchSize;
    const dyPart: TensorInfo = isWhole
      ? { ...dy, shape: [rows, conv.outChannels] }
      : wasm.makeOutput([rows, conv.outChannels], "float32");
    unfold(floats(wasm, x), floats(wasm, unfolded), conv, first, images);
    if (!isWhole) {
      const start = first * places * conv.outChannels;
      floats(wasm, dyPart).set(floats(wasm, dy).subarray(start, start + rows * conv.outChannels));
    }
    const product = matMul(wasm, unfolded, dyPart);
    wasm.disposeData(unfolded.dataId);
    if (!isWhole) wasm.disposeData(dyPart.dataId);
    if (sum === null) sum = product;
    else {
      addInto(floats(wasm, sum), floats(wasm, product));
      wasm.disposeData(product.dataId);
    }
  }
  return { ...(sum ?? zeros(wasm, filterShape)), shape: filterShape };
};

function zeros(wasm: WasmBackend, shape: number[]): TensorInfo {
  const out = wasm.makeOutput(shape, "float32");
  floats(wasm, out).fill(0);
  return out;
}

function addInto(sum: Float32Array, other: Float32Array): void {
  for (let index = 0; index < sum.length; index++) sum[index] = (sum[index] ?? 0) + (other[index] ?? 0);
}

/**
 * Fills `out`, [taps, images * places]. The innermost loop writes a run of neighbours, and reads a row of x that lies
 * in the cache.
 */
function unfold(x: Float32Array, out: Float32Array, conv: ConvInfo, first: number, images: number): void {
  const { filterHeight, filterWidth, inHeight, inWidth, inChannels, outHeight, outWidth, strideHeight, strideWidth } =
    conv;
  const columns = images * outHeight * outWidth;
  const stride = strideWidth * inChannels;
  out.fill(0);
  for (let fy = 0; fy < filterHeight; fy++) {
    for (let fx = 0; fx < filterWidth; fx++) {
      const shift = fx - conv.padInfo.left;
      const begin = Math.max(0, Math.ceil(-shift / strideWidth));
      const end = Math.min(outWidth, Math.floor((inWidth - 1 - shift) / strideWidth) + 1);
      for (let image = 0; image < images; image++) {
        for (let oy = 0; oy < outHeight; oy++) {
          const y = oy * strideHeight + fy - conv.padInfo.top;
          if (y < 0 || y >= inHeight) continue;
          const row = ((first + image) * inHeight + y) * inWidth;
          for (let channel = 0; channel < inChannels; channel++) {
            const tap = (fy * filterWidth + fx) * inChannels + channel;
            const to = tap * columns + (image * outHeight + oy) * outWidth;
            let from = (row + begin * strideWidth + shift) * inChannels + channel;
            for (let ox = begin; ox < end; ox++, from += stride) out[to + ox] = x[from] ?? 0;
          }
        }
      }
    }
  }
}
