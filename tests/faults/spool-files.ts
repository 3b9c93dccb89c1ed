import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { decodeFrame } from "@tailbone/protocol/frame";
import type { Damage } from "./schedule";

/*
 * What a writer has left on disk, read without the SDK's own reader, so that the two can disagree; and ways to damage
 * it.
 *
 *   segment  16 bytes of header, then frames: u32 length | u32 CRC-32 | the encoded frame
 */
const SEGMENT_HEADER_BYTES = 16;
const FRAME_HEADER_BYTES = 8;

export interface LeftFrame {
  readonly file: string;
  /** Where its record begins and ends in the file. */
  readonly from: number;
  readonly to: number;
  readonly steps: readonly number[];
}

/** The frames of one writer's folder, in order; a torn end is none. */
export function readLeft(dir: string): LeftFrame[] {
  const files = readdirSync(dir).filter((name) => name.endsWith(".seg"));
  return files.sort().flatMap((name) => readSegment(join(dir, name)));
}

function readSegment(file: string): LeftFrame[] {
  const bytes = readFileSync(file);
  const frames: LeftFrame[] = [];
  for (let from = SEGMENT_HEADER_BYTES; from + FRAME_HEADER_BYTES <= bytes.byteLength; ) {
    const start = from + FRAME_HEADER_BYTES;
    const to = start + bytes.readUInt32LE(from);
    const frame = bytes.subarray(start, to);
    if (to > bytes.byteLength || crc32(frame) !== bytes.readUInt32LE(from + 4)) break;
    frames.push({ file, from, to, steps: decodeFrame(frame).groups.flatMap(({ steps }) => [...steps]) });
    from = to;
  }
  return frames;
}

/** What damage has hit: steps that can be known to be missing, and steps whose frames left no trace. */
export interface Hit {
  readonly damaged: readonly number[];
  readonly cutOff: readonly number[];
  /** Nobody can tell whose spool it is. */
  readonly isNameless: boolean;
}

/** Damages what a dead writer has left, `part` (0 to 1) of the way through it. Null: there is nothing. */
export function damageLeft(dir: string, how: Damage, part: number): Hit | null {
  if (how === "cut writer.json") {
    const file = join(dir, "writer.json");
    truncateSync(file, Math.floor(part * (statSync(file).size - 2)));
    return { damaged: [], cutOff: [], isNameless: true };
  }
  const all = readLeft(dir);
  const [first, last] = [all[0]?.file, all.at(-1)?.file];
  const file = how === "cut the last segment" ? last : how === "cut the first segment" ? first : undefined;
  const frames = file === undefined ? all : all.filter((frame) => frame.file === file);
  const index = Math.floor(part * frames.length);
  const frame = frames[index];
  if (frame === undefined) return null;
  // Another place for each schedule, in the record's head as well as in the frame.
  const place = frame.from + Math.floor(((part * 997) % 1) * (frame.to - frame.from));
  if (file !== undefined) {
    truncateSync(file, place);
    const steps = frames.slice(index).flatMap((one) => one.steps);
    // An end that is missing shows by what lies behind it, if anything does.
    return { damaged: file === last ? [] : steps, cutOff: file === last ? steps : [], isNameless: false };
  }
  const bytes = readFileSync(frame.file);
  bytes[place] = (bytes[place] ?? 0) ^ (1 << (index % 8));
  writeFileSync(frame.file, bytes);
  return { damaged: frame.steps, cutOff: [], isNameless: false };
}
