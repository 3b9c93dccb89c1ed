import { encodeFrame } from "@tailbone/protocol/frame";
import { readFrameHeader } from "@tailbone/protocol/frame-layout";
import type { RunRecord } from "@tailbone/protocol/records";

type DropReason = Extract<RunRecord, { type: "dropped" }>["reason"];

/** What a frame in the place of others says of them. */
interface Missing {
  readonly sequence: number;
  /** How many frames it stands for. */
  readonly span?: number;
  readonly timeMs: number;
  /** Points that are missing; null: how many is not known. */
  readonly points: number | null;
  readonly reason: DropReason;
  /** For the run's console; missing: the count says enough. */
  readonly text?: string;
  readonly pointsThrough?: number | undefined;
}

/**
 * A frame in the place of some that cannot be stored or sent any more: it only says how many points are missing, and
 * why.
 */
export function encodeSubstitute({
  sequence,
  span = 1,
  timeMs,
  points,
  reason,
  text,
  pointsThrough,
}: Missing): Uint8Array {
  const records: RunRecord[] = [];
  // Where it is not known how many, at least one.
  if (points !== 0) records.push({ type: "dropped", timeMs, points: points ?? 1, reason });
  if (text !== undefined) records.push({ type: "console", timeMs, stream: "stderr", text: `Tailbone: ${text}` });
  const known = pointsThrough === undefined ? {} : { pointsThrough };
  return encodeFrame({ sequence, sealedAtMs: timeMs, groups: [], records, span, ...known });
}

const inWords = (points: number | null): string =>
  points === null ? "an unknown number of points" : `${points} points`;

/** In the place of a frame that the hub does not store, and that lies at `path` now. */
export function replaceFrame(
  sequence: number,
  frame: Uint8Array,
  path: string,
  reason: DropReason,
  timeMs: number,
): Uint8Array {
  const header = readFrameHeader(frame);
  const points = header?.values ?? null;
  return encodeSubstitute({
    sequence,
    timeMs,
    points,
    reason,
    text: `one frame could not be stored, ${inWords(points)}; it lies in ${path}.`,
    pointsThrough: header?.pointsThrough ?? undefined,
  });
}

/** A run of frames that were stored once, and let go, and that a database which was restored has not. */
export interface Gap {
  readonly sequence: number;
  readonly span: number;
  /** Null: how many is not known. */
  readonly points: number | null;
  readonly pointsThrough: number | undefined;
}

/**
 * Measures the gap from `sequence` to the next frame that is there: `through` points were stored before it; `behind` is
 * that frame.
 */
export function measureGap(sequence: number, span: number, through: number | null, behind: Uint8Array | null): Gap {
  const header = behind === null ? null : readFrameHeader(behind);
  const pointsThrough = header?.pointsThrough ?? null;
  const end = header === null || pointsThrough === null ? undefined : pointsThrough - header.values;
  const points = end === undefined || through === null ? null : Math.max(0, end - through);
  return { sequence, span, points, pointsThrough: end };
}

export function encodeGap({ sequence, span, points, pointsThrough }: Gap, timeMs: number): Uint8Array {
  return encodeSubstitute({
    sequence,
    span,
    timeMs,
    points,
    reason: "restored",
    text: `the hub's database was restored to an older state; ${inWords(points)} (${span} frames) that it had before are missing.`,
    pointsThrough,
  });
}
