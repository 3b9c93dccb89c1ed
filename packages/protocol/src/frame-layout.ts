/*
 * The layout of a frame (little-endian; docs/protocol.md shows it as a table), in the one place that knows it:
 *
 *   header   "TBF1" | u16 version | u16 groups | u64 sequence | f64 sealedAtMs | u32 bytes of records | u32 values
 *            | from version 3 on: f64 pointsThrough (NaN: not known) | u32 span | u32 zero
 *   group    u16 series | u16 zero | u32 points | per series: u16 bytes, UTF-8 name | zeros up to a multiple of 8
 *            | f64 steps[points] | f64 timesMs[points] | per series: f64 values[points]
 *   records  a JSON array in UTF-8
 *
 * Columns start at multiples of 8, so that they are read as typed arrays without parsing. Nothing that is read here is
 * checked.
 */

/** The mark with which every frame begins. */
export const FRAME_MARK = "TBF1";
const MAGIC = 0x31464254;
/** No frame of any version is shorter. */
export const LEAST_FRAME_BYTES = 32;
export const GROUP_HEAD_BYTES = 8;

export const headerBytes = (version: number): number => (version < 3 ? LEAST_FRAME_BYTES : 48);

export const align8 = (offset: number): number => Math.ceil(offset / 8) * 8;

export const columnsBytes = (series: number, points: number): number => 8 * points * (2 + series);

/** What a frame's first bytes say. */
export interface FrameHeader {
  readonly hasMark: boolean;
  readonly version: number;
  readonly groups: number;
  /** Beyond 2^53 it is rounded. */
  readonly sequence: number;
  readonly sealedAtMs: number;
  readonly recordsBytes: number;
  /** Values in all groups. */
  readonly values: number;
  /** How many sequences it stands for. */
  readonly span: number;
  /** Points of all its writer's frames up to this one; null: not known. */
  readonly pointsThrough: number | null;
  /** Nothing stands where nothing may be. */
  readonly isClean: boolean;
}

/** Reads a header of any version, as far as it is there; null: it is shorter than any. */
export function readFrameHeader(bytes: Uint8Array): FrameHeader | null {
  if (bytes.byteLength < LEAST_FRAME_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint16(4, true);
  const isLong = version >= 3 && bytes.byteLength >= headerBytes(version);
  const through = isLong ? view.getFloat64(32, true) : Number.NaN;
  return {
    hasMark: view.getUint32(0, true) === MAGIC,
    version,
    groups: view.getUint16(6, true),
    sequence: Number(view.getBigUint64(8, true)),
    sealedAtMs: view.getFloat64(16, true),
    recordsBytes: view.getUint32(24, true),
    values: view.getUint32(28, true),
    pointsThrough: Number.isNaN(through) ? null : through,
    span: isLong ? view.getUint32(40, true) : 1,
    isClean: !isLong || view.getUint32(44, true) === 0,
  };
}

/** Writes a header of the newest version, to a view of zeros. */
export function writeFrameHeader(view: DataView, header: Omit<FrameHeader, "hasMark" | "isClean">): void {
  view.setUint32(0, MAGIC, true);
  view.setUint16(4, header.version, true);
  view.setUint16(6, header.groups, true);
  view.setBigUint64(8, BigInt(header.sequence), true);
  view.setFloat64(16, header.sealedAtMs, true);
  view.setUint32(24, header.recordsBytes, true);
  view.setUint32(28, header.values, true);
  view.setFloat64(32, header.pointsThrough ?? Number.NaN, true);
  view.setUint32(40, header.span, true);
}

/** A group's place: its names are behind its head, its columns at `columnsAt`, and it ends before `end`. */
interface GroupPlace {
  readonly series: number;
  readonly points: number;
  readonly columnsAt: number;
  readonly end: number;
}

/** The group that begins at `offset`; null: it goes beyond `limit`. */
export function measureGroup(view: DataView, offset: number, limit: number): GroupPlace | null {
  if (offset + GROUP_HEAD_BYTES > limit) return null;
  const series = view.getUint16(offset, true);
  const points = view.getUint32(offset + 4, true);
  let namesEnd = offset + GROUP_HEAD_BYTES;
  for (let name = 0; name < series; name++) {
    if (namesEnd + 2 > limit) return null;
    namesEnd += 2 + view.getUint16(namesEnd, true);
  }
  const columnsAt = align8(namesEnd);
  const end = columnsAt + columnsBytes(series, points);
  return end > limit ? null : { series, points, columnsAt, end };
}
