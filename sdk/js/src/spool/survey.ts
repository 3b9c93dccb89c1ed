import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { readFrameHeader } from "@tailbone/protocol/frame-layout";
import {
  canHoldFrame,
  type DamagedRange,
  type DamagedRecord,
  type FramePlace,
  LEAST_RECORD_BYTES,
  SEGMENT_HEADER_BYTES,
  SEGMENT_PATTERN,
  type SegmentScan,
  scanSegment,
} from "./segment";

/** Consecutive whole frames in one segment: sequences `first` up to `end`, which is not among them. */
interface Stretch {
  readonly path: string;
  readonly first: number;
  readonly end: number;
  /**
   * Points of all the writer's frames before the first of these, and up to the last; null where the frames do not say.
   */
  readonly before: number | null;
  readonly through: number | null;
}

/**
 * Consecutive frames that were there and cannot be read any more, from `first` up to `end`, which is not among them.
 */
export interface LostFrames {
  readonly first: number;
  readonly end: number;
  /** Points of each; null: nobody knows. */
  readonly points: readonly (number | null)[];
  /** Points of all together; null: nobody knows. */
  readonly total: number | null;
  /** Points of all the writer's frames up to the last of these. */
  readonly through: number | null;
}

/** Points of the lost frames from `sequence` on, at least; null: nobody knows of any. */
export function countLost({ first, points, total }: LostFrames, sequence: number): number | null {
  const before = points.slice(0, sequence - first);
  if (total !== null && !before.includes(null)) return total - sumOf(before);
  const rest = points.slice(sequence - first);
  return rest.every((count) => count === null) ? null : sumOf(rest);
}

const sumOf = (points: readonly (number | null)[]): number =>
  points.reduce((sum: number, count) => sum + (count ?? 0), 0);

/** Bytes of a segment that hold no valid frame, and are not just what was being written when the writer died. */
export interface Damage {
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

/** What the segments of a left spool hold. */
export interface Survey {
  readonly paths: readonly string[];
  /** Each whole frame once, in the order of sequences. */
  readonly stretches: readonly Stretch[];
  /** In the order of sequences; at its end a frame that stands for as many as there may have been. */
  readonly lost: readonly LostFrames[];
  readonly damage: readonly Damage[];
  /** Sequence of the first frame, and behind the last one, whole or lost. */
  readonly first: number;
  readonly end: number;
}

interface ScannedSegment {
  readonly path: string;
  readonly header: number | null;
  /** What it holds, in the order of the file. */
  readonly parts: readonly (Stretch | DamagedRange)[];
}

const isDamage = (part: Stretch | DamagedRange): part is DamagedRange => "records" in part;

/**
 * Reads every segment of a folder once. Throws what the file system throws, but for places on the disk that cannot be
 * read.
 */
export function surveySpool(dir: string): Survey {
  const names = readdirSync(dir).filter((name) => SEGMENT_PATTERN.test(name));
  const indexOf = (name: string): number => Number(SEGMENT_PATTERN.exec(name)?.[1]);
  names.sort((a, b) => indexOf(a) - indexOf(b));
  const segments = names.map((name, place) => readSegment(join(dir, name), place === names.length - 1));
  return gather(segments);
}

/** The segment at `path`, with its bytes; one that the disk does not give back holds nothing. */
export function loadSegment(path: string): { bytes: Buffer; scan: SegmentScan } {
  try {
    const bytes = readFileSync(path);
    return { bytes, scan: scanSegment(bytes) };
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EIO")) throw error;
    const damage = [{ from: 0, to: statSync(path).size, records: [] }];
    return { bytes: Buffer.alloc(0), scan: { first: null, frames: [], damage, tornAt: null } };
  }
}

function readSegment(path: string, isNewest: boolean): ScannedSegment {
  const { bytes, scan } = loadSegment(path);
  const damage = [...scan.damage];
  const [frame] = scan.frames;
  const headerIsWrong =
    scan.first !== null &&
    frame !== undefined &&
    scan.first !== frame.sequence &&
    frame.offset < (damage[0]?.from ?? Infinity);
  if (headerIsWrong) damage.unshift({ from: 0, to: SEGMENT_HEADER_BYTES, records: [] });
  // Only what was written last can be incomplete because its writer died.
  if (scan.tornAt !== null && !isNewest) damage.push({ from: scan.tornAt, to: bytes.byteLength, records: [] });
  return { path, header: headerIsWrong ? null : scan.first, parts: orderParts(path, bytes, scan.frames, damage) };
}

function orderParts(
  path: string,
  bytes: Buffer,
  frames: readonly FramePlace[],
  damage: DamagedRange[],
): (Stretch | DamagedRange)[] {
  const parts: (Stretch | DamagedRange)[] = [];
  let stretch: { path: string; first: number; end: number; before: number | null; through: number | null } | null =
    null;
  for (const { sequence, offset, length } of frames) {
    while (damage[0] !== undefined && damage[0].from < offset) {
      parts.push(damage[0]);
      damage.shift();
      stretch = null;
    }
    const header = readFrameHeader(bytes.subarray(offset, offset + length));
    const through = header?.pointsThrough ?? null;
    if (stretch !== null && stretch.end === sequence) {
      stretch.end++;
      stretch.through = through;
    } else {
      const before = through === null ? null : through - (header?.values ?? 0);
      stretch = { path, first: sequence, end: sequence + 1, before, through };
      parts.push(stretch);
    }
  }
  return [...parts, ...damage];
}

/** Where a segment belongs: by the frames in it, whatever its file is called. */
function placeOf({ header, parts }: ScannedSegment): number {
  const stretch = parts.find((part) => !isDamage(part));
  return stretch !== undefined && !isDamage(stretch) ? stretch.first : (header ?? Number.POSITIVE_INFINITY);
}

function gather(segments: readonly ScannedSegment[]): Survey {
  const ordered = [...segments].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : Number(placeOf(a) > placeOf(b))));
  const stretches: Stretch[] = [];
  const lost: LostFrames[] = [];
  const damage: Damage[] = [];
  /** Damage since the last whole frame. */
  let pending: DamagedRange[] = [];
  let hint: number | null = null;
  let first: number | null = null;
  let next = 0;
  /** Points of all frames below `next`. */
  let through: number | null = null;
  for (const { path, header, parts } of ordered) {
    hint ??= header;
    for (const part of parts) {
      if (isDamage(part)) {
        pending.push(part);
        damage.push({ path, from: part.from, to: part.to });
        continue;
      }
      if (first === null) {
        first = findStart(part.first, hint, pending);
        next = first;
        through = first === 0 ? 0 : null;
      }
      if (part.first > next) lost.push(lostBetween(next, part.first, pending, through, part.before));
      if (part.end > next) {
        stretches.push({ ...part, first: Math.max(part.first, next) });
        next = part.end;
        through = part.through;
      }
      pending = [];
    }
  }
  if (first === null) {
    first = hint ?? Math.min(...sequencesOf(pending), Number.MAX_SAFE_INTEGER);
    if (first === Number.MAX_SAFE_INTEGER) first = 0;
    next = first;
  }
  lost.push(...lostBehind(next, pending, through));
  return {
    paths: segments.map(({ path }) => path),
    stretches,
    lost,
    damage,
    first,
    end: Math.max(next, lost.at(-1)?.end ?? 0),
  };
}

const recordsOf = (ranges: readonly DamagedRange[]): DamagedRecord[] => ranges.flatMap(({ records }) => records);

const sequencesOf = (ranges: readonly DamagedRange[]): number[] =>
  recordsOf(ranges).flatMap(({ sequence }) => (sequence === null ? [] : [sequence]));

/** Frames that damaged stretches may have held, at most. */
const roomIn = (ranges: readonly DamagedRange[]): number =>
  ranges.reduce((sum, { from, to }) => sum + Math.floor((to - from) / LEAST_RECORD_BYTES), 0);

/** The first sequence of a spool whose first whole frame is `whole`, with damage before it. */
function findStart(whole: number, header: number | null, before: readonly DamagedRange[]): number {
  const candidates = [header ?? whole, ...sequencesOf(before)];
  return Math.min(whole, ...candidates.filter((start) => start >= whole - roomIn(before)));
}

/**
 * The frames from `first` to `end`, which are missing: by what damaged records say of them, and by the points that all
 * frames had before them and before the next whole one.
 */
function lostBetween(
  first: number,
  end: number,
  ranges: readonly DamagedRange[],
  before: number | null,
  behind: number | null,
): LostFrames {
  const records = recordsOf(ranges);
  const points = Array.from({ length: end - first }, (_, index) => {
    // As many records as frames: they are these, also where a sequence was hit.
    const isAll = records.length === end - first;
    const record = isAll ? records[index] : records.find(({ sequence }) => sequence === first + index);
    return record?.points ?? null;
  });
  const isCounted = before !== null && behind !== null && behind >= before;
  const total = isCounted ? behind - before : points.includes(null) ? null : sumOf(points);
  return { first, end, points, total, through: behind ?? (before === null || total === null ? null : before + total) };
}

/**
 * Frames lost behind the last whole one: those that say so; one of unknown size where something was and nothing can be
 * told of it.
 */
function lostBehind(next: number, ranges: readonly DamagedRange[], through: number | null): LostFrames[] {
  const room = roomIn(ranges);
  const records = recordsOf(ranges);
  const last = Math.max(-1, ...sequencesOf(ranges).filter((sequence) => sequence < next + room));
  const known = Math.max(last + 1 - next, records.length);
  const count = known > 0 ? known : Number(ranges.some(canHoldFrame));
  return count === 0 ? [] : [lostBetween(next, next + count, ranges, through, null)];
}
