import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { currentHolder } from "@tailbone/base/held-lock";
import { encodeFrame } from "@tailbone/protocol/frame";
import { v7 as uuidv7 } from "uuid";
import { Spool } from "./spool";
import { saveWriterFile } from "./writer-file";

/**
 * A frame of `points` points of the series n, the first of them at step `sequence` * `points`; without points it has a
 * line of `size` characters.
 */
export function sampleFrame(sequence: number, points = 1, size = 0, pointsThrough?: number): Uint8Array {
  const steps = Float64Array.from({ length: points }, (_, index) => sequence * points + index);
  const text = `${sequence} ${"x".repeat(size)}`;
  return encodeFrame({
    sequence,
    sealedAtMs: 1,
    groups: points === 0 ? [] : [{ names: ["n"], steps, timesMs: steps, values: [steps] }],
    records: points === 0 ? [{ type: "console", timeMs: 1, stream: "stdout", text }] : [],
    ...(pointsThrough === undefined ? {} : { pointsThrough }),
  });
}

/** Puts the frames of a spool on disk as a process leaves it that is long gone. Returns its folder. */
export function leaveSpool(root: string, url: string, frames: readonly Uint8Array[], isLocked = true): string {
  const run = uuidv7();
  const writer = uuidv7();
  const dir = join(root, run, writer);
  mkdirSync(dir, { recursive: true });
  saveWriterFile(dir, {
    version: 2,
    url,
    request: { run, writer, project: "left", mode: "create", config: {}, tags: [], startedAtMs: 1 },
    holder: currentHolder(),
    isLocked,
  });
  writeFrames(dir, frames);
  return dir;
}

/** Appends frames, numbered from 0, as a killed writer leaves them. */
export function writeFrames(dir: string, frames: readonly Uint8Array[]): void {
  const spool = new Spool(dir);
  for (const [sequence, frame] of frames.entries()) spool.append(sequence, frame);
  spool.sync();
  spool.close();
}

export const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
