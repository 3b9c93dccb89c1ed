import { crc32 } from "node:zlib";

/*
 * A segment is a file NNNNNNNN.seg of a writer's spool:
 *
 *   header   "TBS1" | u16 version | u16 zero | u64 sequence of its first frame        (little-endian)
 *   frames   u32 length | u32 CRC-32 of the bytes | the encoded frame
 */
const MAGIC = 0x31534254; // "TBS1"
const VERSION = 1;
export const SEGMENT_HEADER_BYTES = 16;
const FRAME_HEADER_BYTES = 8;
/** Where a frame on the wire begins: "TBF1". */
const FRAME_MAGIC = Buffer.from("TBF1");
/** Magic, version, groups, then the sequence. */
const FRAME_SEQUENCE_AT = 8;
const LEAST_FRAME_BYTES = 32;

export function segmentName(index: number): string {
  return `${String(index).padStart(8, "0")}.seg`;
}

export const SEGMENT_PATTERN = /^(\d{8,})\.seg$/;

export function encodeSegmentHeader(firstSequence: number): Buffer {
  const header = Buffer.alloc(SEGMENT_HEADER_BYTES);
  header.writeUInt32LE(MAGIC, 0);
  header.writeUInt16LE(VERSION, 4);
  header.writeBigUInt64LE(BigInt(firstSequence), 8);
  return header;
}

/** A frame as a segment holds it. */
export function encodeSegmentFrame(frame: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(FRAME_HEADER_BYTES + frame.byteLength);
  bytes.writeUInt32LE(frame.byteLength, 0);
  bytes.writeUInt32LE(crc32(frame), 4);
  bytes.set(frame, FRAME_HEADER_BYTES);
  return bytes;
}

/** A frame's place in its segment; `offset` is that of its bytes. */
export interface FramePlace {
  readonly sequence: number;
  readonly offset: number;
  readonly length: number;
}

/** A stretch of a segment that holds no valid frame, with valid ones behind it. */
interface DamagedRange {
  readonly from: number;
  readonly to: number;
}

export interface SegmentScan {
  /** In the order of the file. */
  readonly frames: readonly FramePlace[];
  readonly damage: readonly DamagedRange[];
  /** Where the last valid frame ends; what is behind it was torn off while it was written (or is damaged). */
  readonly end: number;
}

/** Finds the frames of a segment, and every stretch that is damaged. */
export function scanSegment(bytes: Buffer): SegmentScan {
  const frames: FramePlace[] = [];
  const damage: DamagedRange[] = [];
  let offset = SEGMENT_HEADER_BYTES;
  let end = Math.min(SEGMENT_HEADER_BYTES, bytes.byteLength);
  while (offset < bytes.byteLength) {
    let place = readFrameAt(bytes, offset);
    if (place === null) {
      const next = findFrame(bytes, offset + 1);
      if (next === null) break;
      damage.push({ from: offset, to: next });
      place = readFrameAt(bytes, next);
      if (place === null) break;
    }
    frames.push(place);
    offset = place.offset + place.length;
    end = offset;
  }
  return { frames, damage, end };
}

/** What a segment's header says of its first frame; null when it is no header of this version. */
export function firstSequenceOf(bytes: Buffer): number | null {
  if (bytes.byteLength < SEGMENT_HEADER_BYTES || bytes.readUInt32LE(0) !== MAGIC) return null;
  return bytes.readUInt16LE(4) === VERSION ? Number(bytes.readBigUInt64LE(8)) : null;
}

function readFrameAt(bytes: Buffer, offset: number): FramePlace | null {
  const start = offset + FRAME_HEADER_BYTES;
  if (start > bytes.byteLength) return null;
  const length = bytes.readUInt32LE(offset);
  if (length < LEAST_FRAME_BYTES || start + length > bytes.byteLength) return null;
  const frame = bytes.subarray(start, start + length);
  if (crc32(frame) !== bytes.readUInt32LE(offset + 4)) return null;
  return { sequence: Number(frame.readBigUInt64LE(FRAME_SEQUENCE_AT)), offset: start, length };
}

/** The place of the next valid frame's header at or behind `from`. */
function findFrame(bytes: Buffer, from: number): number | null {
  let magic = bytes.indexOf(FRAME_MAGIC, from);
  while (magic >= 0) {
    const header = magic - FRAME_HEADER_BYTES;
    if (header >= from && readFrameAt(bytes, header) !== null) return header;
    magic = bytes.indexOf(FRAME_MAGIC, magic + 1);
  }
  return null;
}
