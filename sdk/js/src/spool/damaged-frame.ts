import { LIMITS } from "@tailbone/protocol/limits";

/** How a frame on the wire begins: the mark by which records are found again behind damage. */
export const FRAME_MARK = Buffer.from("TBF1");
/** A frame's header in version 2, and from version 3 on (packages/protocol/src/frame.ts has the layout). */
export const LEAST_FRAME_BYTES = 32;
const HEADER_BYTES = 48;
const VERSION_AT = 4;
const SEQUENCE_AT = 8;
const RECORDS_LENGTH_AT = 24;
const VALUES_AT = 28;
const THROUGH_AT = 32;

/**
 * What a damaged frame says of itself: its sequence, and the points that it held, each null where what it says cannot be. Null for
 * bytes that are no frame by any of it.
 */
export function readDamagedFrame(frame: Buffer): { sequence: number | null; points: number | null } | null {
  if (frame.byteLength < LEAST_FRAME_BYTES) return null;
  const sequence = Number(frame.readBigUInt64LE(SEQUENCE_AT));
  const announced = frame.readUInt32LE(VALUES_AT);
  const counted = countByGroups(frame);
  const fits = 8 * announced <= frame.byteLength - LEAST_FRAME_BYTES && announced <= LIMITS.frameValues;
  // Groups that fill the frame exactly are right whatever the header announces.
  const points = counted ?? (fits ? announced : null);
  const hasMark = frame.subarray(0, FRAME_MARK.byteLength).equals(FRAME_MARK);
  if (!hasMark && counted === null) return null;
  return { sequence: Number.isSafeInteger(sequence) ? sequence : null, points };
}

/** Values of all groups, if they and the records fill the frame to its last byte; else null. */
export function countByGroups(frame: Buffer): number | null {
  const counts = [HEADER_BYTES, LEAST_FRAME_BYTES].map((header) => countBehind(frame, header));
  // The version may be what was hit: a frame is of the one by which it comes out.
  return counts.find((count) => count !== null) ?? null;
}

function countBehind(frame: Buffer, header: number): number | null {
  const groups = frame.readUInt16LE(6);
  const end = frame.byteLength - frame.readUInt32LE(RECORDS_LENGTH_AT);
  let offset = header;
  let values = 0;
  for (let group = 0; group < groups; group++) {
    if (offset + 8 > end) return null;
    const series = frame.readUInt16LE(offset);
    const points = frame.readUInt32LE(offset + 4);
    offset += 8;
    for (let name = 0; name < series; name++) {
      if (offset + 2 > end) return null;
      offset += 2 + frame.readUInt16LE(offset);
    }
    // Columns begin at multiples of 8.
    offset = Math.ceil(offset / 8) * 8 + 8 * points * (2 + series);
    values += points * series;
  }
  return offset === end ? values : null;
}

/** Points of all its writer's frames before a whole frame, and up to it; null where it does not say. */
export function readThrough(frame: Buffer): { before: number; through: number } | null {
  if (frame.byteLength < HEADER_BYTES || frame.readUInt16LE(VERSION_AT) < 3) return null;
  const through = frame.readDoubleLE(THROUGH_AT);
  return Number.isNaN(through) ? null : { before: through - frame.readUInt32LE(VALUES_AT), through };
}
