import { countValues, type Frame, sequenceBehind } from "@tailbone/protocol/frame";

/** `next` is the sequence expected now: everything below it is committed. */
export interface Placed {
  readonly next: number;
}

/** A frame that waits for its commit. `bytes` is the hub's own copy, as its writer encoded it. */
export interface PendingFrame {
  readonly writer: string;
  readonly frame: Frame;
  readonly bytes: Uint8Array;
  readonly resolve: (placed: Placed) => void;
  readonly reject: (error: unknown) => void;
}

const BATCH_FRAMES = 256;
export const BATCH_BYTES = 2 * 1024 * 1024;
const BATCH_VALUES = 250_000;

/**
 * Takes from the queue what is committed in one transaction: the first frame, and the frames of the same writer that
 * follow it without a gap in their sequences, up to the limits. The others keep their order.
 */
export function takeBatch(queue: PendingFrame[]): PendingFrame[] {
  const first = queue.shift();
  if (first === undefined) return [];
  const batch = [first];
  let last = first;
  let bytes = first.bytes.byteLength;
  let values = countValues(first.frame.groups);
  for (let index = 0; index < queue.length && batch.length < BATCH_FRAMES; ) {
    const next = queue[index];
    if (next === undefined) break;
    if (next.writer !== first.writer) {
      index++;
      continue;
    }
    bytes += next.bytes.byteLength;
    values += countValues(next.frame.groups);
    if (next.frame.sequence !== sequenceBehind(last.frame) || bytes > BATCH_BYTES || values > BATCH_VALUES) break;
    queue.splice(index, 1);
    batch.push(next);
    last = next;
  }
  return batch;
}
