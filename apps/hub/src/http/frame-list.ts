import { TailboneError } from "@tailbone/protocol/errors";
import { LIMITS } from "@tailbone/protocol/limits";

/** The media type of several frames in one body: each behind its length in bytes, as u32, little-endian. */
export const FRAME_LIST_TYPE = "application/vnd.tailbone.frames";
const LENGTH_BYTES = 4;

/**
 * Cuts a body into frames, without looking into them. Throws `frame_malformed` where lengths and bytes do not agree,
 * and `too_large` for more frames, or a longer one, than there may be; then no frame is looked at.
 */
export function cutFrames(body: Uint8Array): Uint8Array[] {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const frames: Uint8Array[] = [];
  let offset = 0;
  while (offset < body.byteLength) {
    if (frames.length === LIMITS.framesPerRequest) throw tooLarge(`it has more than ${LIMITS.framesPerRequest} frames`);
    const from = offset + LENGTH_BYTES;
    const length = from <= body.byteLength ? view.getUint32(offset, true) : 0;
    if (length > LIMITS.frameBytes) throw tooLarge(`frame ${frames.length} takes ${length} bytes`);
    if (from > body.byteLength || from + length > body.byteLength) {
      throw new TailboneError(
        "frame_malformed",
        `The body ends within frame ${frames.length}.`,
        "Nothing of it was stored. Before each frame stands its length in bytes, as u32, little-endian.",
      );
    }
    frames.push(body.subarray(from, from + length));
    offset = from + length;
  }
  return frames;
}

const tooLarge = (what: string): TailboneError =>
  new TailboneError(
    "too_large",
    `The body is too large: ${what}.`,
    "Nothing of it was stored. Send fewer frames at once.",
  );
