import { headerBytes, measureGroup, readFrameHeader } from "@tailbone/protocol/frame-layout";
import { LIMITS } from "@tailbone/protocol/limits";

/**
 * What a damaged frame says of itself: its sequence, and the points that it held, each null where what it says cannot
 * be. Null for bytes that are no frame by any of it.
 */
export function readDamagedFrame(frame: Uint8Array): { sequence: number | null; points: number | null } | null {
  const header = readFrameHeader(frame);
  if (header === null) return null;
  const { hasMark, sequence, values } = header;
  const counted = countByGroups(frame);
  if (!hasMark && counted === null) return null;
  const fits = 8 * values <= frame.byteLength - headerBytes(2) && values <= LIMITS.frameValues;
  // Groups that fill the frame exactly are right whatever the header announces.
  const points = counted ?? (fits ? values : null);
  return { sequence: Number.isSafeInteger(sequence) ? sequence : null, points };
}

/** Values of all groups, if they and the records fill the frame to its last byte; else null. */
export function countByGroups(frame: Uint8Array): number | null {
  const header = readFrameHeader(frame);
  if (header === null) return null;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const end = frame.byteLength - header.recordsBytes;
  // The version may be what was hit: a frame is of the one by which it comes out.
  for (const version of [3, 2]) {
    const values = countBehind(view, headerBytes(version), header.groups, end);
    if (values !== null) return values;
  }
  return null;
}

function countBehind(view: DataView, from: number, groups: number, end: number): number | null {
  let offset = from;
  let values = 0;
  for (let group = 0; group < groups; group++) {
    const place = measureGroup(view, offset, end);
    if (place === null) return null;
    offset = place.end;
    values += place.points * place.series;
  }
  return offset === end ? values : null;
}
