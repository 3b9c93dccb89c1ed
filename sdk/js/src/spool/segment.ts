import { crc32 } from "node:zlib";
import { LEAST_FRAME_BYTES, FRAME_MARK as MARK, readFrameHeader } from "@tailbone/protocol/frame-layout";
import { LIMITS } from "@tailbone/protocol/limits";
import { countByGroups, readDamagedFrame } from "./damaged-frame";

/*
 * A segment is a file NNNNNNNN.seg of a writer's spool:
 *
 *   header   "TBS1" | u16 version | u16 zero | u64 sequence of its first frame        (little-endian)
 *   records  u32 length | u32 CRC-32 of the frame | the encoded frame, which begins with its mark "TBF1"
 *
 * Reading one is pure: bytes -> frames, damage, and whether the last record is incomplete.
 */
/** By it records are found again behind damage. */
const FRAME_MARK = Buffer.from(MARK);
const MAGIC = 0x31534254; // "TBS1"
const VERSION = 1;
export const SEGMENT_HEADER_BYTES = 16;
const RECORD_HEADER_BYTES = 8;
export const LEAST_RECORD_BYTES = RECORD_HEADER_BYTES + LEAST_FRAME_BYTES;

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
  const bytes = Buffer.allocUnsafe(RECORD_HEADER_BYTES + frame.byteLength);
  bytes.writeUInt32LE(frame.byteLength, 0);
  bytes.writeUInt32LE(crc32(frame), 4);
  bytes.set(frame, RECORD_HEADER_BYTES);
  return bytes;
}

/** A frame's place in its segment; `offset` is that of its bytes. */
export interface FramePlace {
  readonly sequence: number;
  readonly offset: number;
  readonly length: number;
}

/** What a damaged record still says of itself. */
export interface DamagedRecord {
  /** Null: it does not say. */
  readonly sequence: number | null;
  /** Points of its frame; null: it does not say. */
  readonly points: number | null;
}

/** A stretch of a segment that holds no valid frame. */
export interface DamagedRange {
  readonly from: number;
  readonly to: number;
  /** Records in it that can be recognised; there may be more. */
  readonly records: readonly DamagedRecord[];
}

export interface SegmentScan {
  /** What its header says of its first frame; null: the header is damaged or incomplete. */
  readonly first: number | null;
  /** In the order of the file. */
  readonly frames: readonly FramePlace[];
  readonly damage: readonly DamagedRange[];
  /**
   * Where an incomplete last record (or header) begins: of the newest segment, what was being written when its writer
   * died.
   */
  readonly tornAt: number | null;
}

/** Finds every whole frame of a segment, and every stretch that is damaged. */
export function scanSegment(bytes: Buffer): SegmentScan {
  if (bytes.byteLength < SEGMENT_HEADER_BYTES && isHeaderSoFar(bytes)) {
    return { first: null, frames: [], damage: [], tornAt: 0 };
  }
  const frames: FramePlace[] = [];
  const damage: DamagedRange[] = [];
  const first = readFirst(bytes);
  let offset = SEGMENT_HEADER_BYTES;
  if (first === null) {
    // Whatever the header was, what is behind it is read as ever.
    damage.push({ from: 0, to: Math.min(SEGMENT_HEADER_BYTES, bytes.byteLength), records: [] });
  }
  while (offset < bytes.byteLength) {
    const place = readFrameAt(bytes, offset) ?? readUnmeasuredAt(bytes, offset);
    if (place === null) {
      const next = findFrame(bytes, offset + 1);
      if (next === null && isIncomplete(bytes, offset)) return { first, frames, damage, tornAt: offset };
      const to = next ?? bytes.byteLength;
      damage.push({ from: offset, to, records: recogniseRecords(bytes, offset, to) });
      offset = to;
    } else {
      frames.push(place);
      offset = place.offset + place.length;
    }
  }
  return { first, frames, damage, tornAt: null };
}

/** Whether a damaged stretch is long enough to have held a frame. */
export function canHoldFrame({ from, to }: DamagedRange): boolean {
  return to - from >= LEAST_RECORD_BYTES;
}

function isHeaderSoFar(bytes: Buffer): boolean {
  const begun = bytes.subarray(0, 8);
  return begun.equals(encodeSegmentHeader(0).subarray(0, begun.byteLength));
}

function readFirst(bytes: Buffer): number | null {
  if (bytes.byteLength < SEGMENT_HEADER_BYTES || !isHeaderSoFar(bytes)) return null;
  const first = Number(bytes.readBigUInt64LE(8));
  return Number.isSafeInteger(first) ? first : null;
}

function hasMarkAt(bytes: Buffer, offset: number): boolean {
  const mark = offset + RECORD_HEADER_BYTES;
  return bytes.subarray(mark, mark + FRAME_MARK.byteLength).equals(FRAME_MARK);
}

/** The frame of `length` bytes in the record at `offset`, if its checksum says that it is whole. */
function readWhole(bytes: Buffer, offset: number, length: number): FramePlace | null {
  const start = offset + RECORD_HEADER_BYTES;
  if (length < LEAST_FRAME_BYTES || length > LIMITS.frameBytes || start + length > bytes.byteLength) return null;
  if (!hasMarkAt(bytes, offset)) return null;
  const frame = bytes.subarray(start, start + length);
  if (crc32(frame) !== bytes.readUInt32LE(offset + 4)) return null;
  const sequence = readFrameHeader(frame)?.sequence;
  return Number.isSafeInteger(sequence) && sequence !== undefined ? { sequence, offset: start, length } : null;
}

function readFrameAt(bytes: Buffer, offset: number): FramePlace | null {
  if (offset + LEAST_RECORD_BYTES > bytes.byteLength) return null;
  return readWhole(bytes, offset, bytes.readUInt32LE(offset));
}

/** The frame in a record whose length alone is damaged: it ends where the next record begins, or the file. */
function readUnmeasuredAt(bytes: Buffer, offset: number): FramePlace | null {
  if (offset + LEAST_RECORD_BYTES > bytes.byteLength || !hasMarkAt(bytes, offset)) return null;
  const start = offset + RECORD_HEADER_BYTES;
  const limit = Math.min(bytes.byteLength, start + LIMITS.frameBytes + RECORD_HEADER_BYTES);
  for (let mark = nextMark(bytes, start + 1); mark !== null && mark <= limit; mark = nextMark(bytes, mark + 1)) {
    const place = readWhole(bytes, offset, mark - RECORD_HEADER_BYTES - start);
    if (place !== null) return place;
  }
  return readWhole(bytes, offset, bytes.byteLength - start);
}

function nextMark(bytes: Buffer, from: number): number | null {
  const at = bytes.indexOf(FRAME_MARK, from);
  return at < 0 ? null : at;
}

/** The place of the next record at or behind `from` whose frame is whole. */
function findFrame(bytes: Buffer, from: number): number | null {
  const first = nextMark(bytes, from + RECORD_HEADER_BYTES);
  for (let mark = first; mark !== null; mark = nextMark(bytes, mark + 1)) {
    const offset = mark - RECORD_HEADER_BYTES;
    if (readFrameAt(bytes, offset) !== null) return offset;
  }
  return null;
}

/** Whether the file ends within the record at `offset`: as far as it goes it is one, and it announces more. */
function isIncomplete(bytes: Buffer, offset: number): boolean {
  const rest = bytes.byteLength - offset;
  if (rest < RECORD_HEADER_BYTES) return true;
  const length = bytes.readUInt32LE(offset);
  if (length < LEAST_FRAME_BYTES || length > LIMITS.frameBytes || rest >= RECORD_HEADER_BYTES + length) return false;
  const start = offset + RECORD_HEADER_BYTES;
  const begun = bytes.subarray(start, start + FRAME_MARK.byteLength);
  return begun.equals(FRAME_MARK.subarray(0, begun.byteLength));
}

/** The records of a damaged stretch that say what they are. */
function recogniseRecords(bytes: Buffer, from: number, to: number): DamagedRecord[] {
  const records: DamagedRecord[] = [];
  let offset = from;
  while (offset + LEAST_RECORD_BYTES <= to) {
    const end = findEnd(bytes, offset, to);
    const record = readDamagedFrame(bytes.subarray(offset + RECORD_HEADER_BYTES, end));
    if (record !== null) records.push(record);
    offset = end;
  }
  return records;
}

/** Where a damaged record ends: where its length says, if anything else agrees with that; else before the next mark. */
function findEnd(bytes: Buffer, offset: number, to: number): number {
  const start = offset + RECORD_HEADER_BYTES;
  const measured = start + bytes.readUInt32LE(offset);
  if (measured >= start + LEAST_FRAME_BYTES && measured <= to) {
    const isNext = measured === to || hasMarkAt(bytes, measured);
    if (isNext || countByGroups(bytes.subarray(start, measured)) !== null) return measured;
  }
  const mark = nextMark(bytes, start + 1);
  return mark === null ? to : Math.min(to, mark - RECORD_HEADER_BYTES);
}
