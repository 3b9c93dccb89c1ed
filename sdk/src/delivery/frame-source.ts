import { encodeFrame } from "@tailbone/protocol/frame";
import type { RunRecord } from "@tailbone/protocol/records";

/** Frames of one writer that wait to be delivered, by their sequences. */
export interface FrameSource {
  /** Sequence behind the last frame that may be sent. */
  readonly end: number;
  /** The frame of that sequence. Throws DamagedSpoolError when it cannot be read. */
  readonly read: (sequence: number) => Uint8Array;
  /** All below `next` is committed and need not be kept. */
  readonly trim: (next: number) => void;
  /** Keeps a frame that the hub refuses for good out of the way, to be replaced by one that says so. Returns where it lies. */
  readonly setAside: (sequence: number, frame: Uint8Array) => string;
}

type DropReason = Extract<RunRecord, { type: "dropped" }>["reason"];

/** A frame in the place of one that cannot be stored: it only says how many points are missing, and why. */
export function encodeReplacement(sequence: number, timeMs: number, points: number, reason: DropReason): Uint8Array {
  // The record counts at least one: how many points a frame held that nobody can read is not known.
  const record: RunRecord = { type: "dropped", timeMs, points: Math.max(1, points), reason };
  return encodeFrame({ sequence, sealedAtMs: timeMs, groups: [], records: [record] });
}
