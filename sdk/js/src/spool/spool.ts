import { closeSync, fdatasyncSync, ftruncateSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { syncFolder } from "./durable-folder";
import { emptySpool } from "./remove-spool";
import { encodeSegmentFrame, encodeSegmentHeader, type FramePlace, SEGMENT_HEADER_BYTES, segmentName } from "./segment";
import { quarantineSegments, setAside } from "./set-aside";
import { loadSegment } from "./survey";

const SEGMENT_BYTES = 4 * 1024 * 1024;

/** `end`: behind its last frame; of an older segment, where the next one begins. */
interface Segment {
  readonly index: number;
  readonly path: string;
  readonly first: number;
  end: number;
}

interface ActiveSegment extends Segment {
  readonly fd: number;
  readonly places: FramePlace[];
  bytes: number;
}

/**
 * A writer's frames on disk: appended at the end, read by sequence, deleted from the front once acknowledged. All calls
 * are synchronous: it belongs to a thread that has nothing else to do.
 */
export class Spool {
  readonly #dir: string;
  readonly #segments: Segment[] = [];
  #active: ActiveSegment | null = null;
  #nextIndex = 0;
  #end = 0;
  #isDirty = false;
  /** The older segment that was read last. */
  #loaded: { path: string; bytes: Buffer; frames: readonly FramePlace[] } | null = null;
  /** Segments in which a frame could not be read. */
  readonly #damaged = new Set<string>();

  /** An empty spool in an existing folder. */
  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Sequence of the first frame that is there, or of the next one. */
  get first(): number {
    return this.#segments[0]?.first ?? this.#end;
  }

  /** Sequence behind the last frame. */
  get end(): number {
    return this.#end;
  }

  /** Appends a frame; `sync` makes it durable. Throws what the file system throws; then nothing has been appended. */
  append(sequence: number, frame: Uint8Array): void {
    const active = this.#openActive(sequence);
    const bytes = encodeSegmentFrame(frame);
    try {
      writeWhole(active.fd, bytes, active.bytes);
    } catch (error) {
      ftruncateSync(active.fd, active.bytes);
      throw error;
    }
    active.places.push({
      sequence,
      offset: active.bytes + bytes.byteLength - frame.byteLength,
      length: frame.byteLength,
    });
    active.bytes += bytes.byteLength;
    active.end = sequence + 1;
    this.#end = active.end;
    this.#isDirty = true;
  }

  /** Returns when all that was appended is on disk. */
  sync(): void {
    if (this.#isDirty && this.#active !== null) fdatasyncSync(this.#active.fd);
    this.#isDirty = false;
  }

  /** The frame of that sequence; null when it is not there, or cannot be read any more. */
  read(sequence: number): Uint8Array | null {
    const segment = this.#segments.find(({ first, end }) => first <= sequence && sequence < end);
    if (segment === undefined) return null;
    const active = this.#active;
    if (segment === active) {
      const place = findPlace(active.places, sequence);
      if (place === null) return null;
      const bytes = Buffer.allocUnsafeSlow(place.length);
      readSync(active.fd, bytes, 0, place.length, place.offset);
      return bytes;
    }
    const { bytes, frames } = this.#load(segment.path);
    const place = findPlace(frames, sequence);
    if (place !== null) return bytes.subarray(place.offset, place.offset + place.length);
    this.#damaged.add(segment.path);
    return null;
  }

  /** Deletes the segments all of whose frames are below `next`. */
  trim(next: number): void {
    for (let segment = this.#segments[0]; segment !== undefined; segment = this.#segments[0]) {
      if (segment === this.#active || segment.end > next) return;
      if (this.#damaged.delete(segment.path)) quarantineSegments(this.#dir, [segment.path], {});
      else rmSync(segment.path, { force: true });
      this.#segments.shift();
    }
  }

  setAside(sequence: number, frame: Uint8Array): string {
    return setAside(this.#dir, sequence, frame);
  }

  close(): void {
    if (this.#active !== null) closeSync(this.#active.fd);
    this.#active = null;
    this.#loaded = null;
  }

  /** Closes it and deletes all of it but what was set aside. */
  remove(): void {
    this.close();
    if (this.#damaged.size > 0) quarantineSegments(this.#dir, this.#damaged, {});
    emptySpool(this.#dir);
  }

  #openActive(sequence: number): ActiveSegment {
    const previous = this.#active;
    if (previous !== null && previous.bytes < SEGMENT_BYTES) return previous;
    if (previous !== null) {
      this.sync();
      closeSync(previous.fd);
      // Its places are found again by reading it; only the newest segment keeps them in memory.
      this.#segments[this.#segments.length - 1] = {
        index: previous.index,
        path: previous.path,
        first: previous.first,
        end: previous.end,
      };
      this.#active = null;
    }
    const index = this.#nextIndex;
    const path = join(this.#dir, segmentName(index));
    const fd = openSync(path, "w+", 0o600);
    try {
      writeWhole(fd, encodeSegmentHeader(sequence), 0);
      syncFolder(this.#dir);
    } catch (error) {
      closeSync(fd);
      rmSync(path, { force: true });
      throw error;
    }
    const active = { index, path, fd, first: sequence, end: sequence, places: [], bytes: SEGMENT_HEADER_BYTES };
    this.#nextIndex++;
    this.#segments.push(active);
    this.#active = active;
    return active;
  }

  #load(path: string): { bytes: Buffer; frames: readonly FramePlace[] } {
    if (this.#loaded?.path !== path) {
      const { bytes, scan } = loadSegment(path);
      this.#loaded = { path, bytes, frames: scan.frames };
    }
    return this.#loaded;
  }
}

function writeWhole(fd: number, bytes: Uint8Array, position: number): void {
  let written = 0;
  while (written < bytes.byteLength) {
    written += writeSync(fd, bytes, written, bytes.byteLength - written, position + written);
  }
}

/** By bisection: sequences rise. */
function findPlace(places: readonly FramePlace[], sequence: number): FramePlace | null {
  let low = 0;
  let high = places.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const place = places[middle];
    if (place === undefined) return null;
    if (place.sequence === sequence) return place;
    if (place.sequence < sequence) low = middle + 1;
    else high = middle - 1;
  }
  return null;
}
