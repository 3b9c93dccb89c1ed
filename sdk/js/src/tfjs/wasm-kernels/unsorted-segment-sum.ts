import type { KernelFunc } from "@tensorflow/tfjs-core";
import { z } from "zod";
import { asWasmBackend, inputOf } from "./wasm-backend";

const attrsSchema = z.object({ numSegments: z.number().int().nonnegative() });

/**
 * The gradient of `gather`, and so of embeddings: out[s, …] is the sum of x[i, …] over all i with segmentIds[i] = s.
 * Ids outside [0, numSegments) count for nothing.
 */
export const unsortedSegmentSum: KernelFunc = ({ inputs, backend, attrs }) => {
  const { numSegments } = attrsSchema.parse(attrs);
  const wasm = asWasmBackend(backend);
  const x = inputOf(inputs, "x");
  const segmentIds = inputOf(inputs, "segmentIds");
  const inner = x.shape.slice(segmentIds.shape.length);
  const width = inner.reduce((product, size) => product * size, 1);
  const out = wasm.makeOutput([numSegments, ...inner], x.dtype);

  const values = wasm.typedArrayFromHeap(x);
  const ids = wasm.typedArrayFromHeap(segmentIds);
  const sums = wasm.typedArrayFromHeap(out).fill(0);
  for (let row = 0; row < ids.length; row++) {
    const segment = ids[row] ?? -1;
    if (segment < 0 || segment >= numSegments) continue;
    const from = row * width;
    const to = segment * width;
    for (let column = 0; column < width; column++)
      sums[to + column] = (sums[to + column] ?? 0) + (values[from + column] ?? 0);
  }
  return out;
};
