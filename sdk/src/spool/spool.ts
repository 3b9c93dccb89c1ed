import {
  closeSync,
  fdatasyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { DamagedSpoolError } from "./damage";
import { removeEmptyFolders } from "./remove-spool";
import {
  encodeSegmentFrame,
  encodeSegmentHeader,
  type FramePlace,
  firstSequenceOf,
  SEGMENT_HEADER_BYTES,
  SEGMENT_PATTERN,
  type SegmentScan,
  scanSegment,
  segmentName,
} from "./segment";
import { syncFolder } from "./writer-file";

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
  readonly #skipDamaged: boolean;
  readonly #segments: Segment[];
  #active: ActiveSegment | null = null;
  #nextIndex: number;
  #end: number;
  #isDirty = false;
  /** The older segment that was read last. */
  #loaded: { path: string; bytes: Buffer; scan: SegmentScan } | null = null;

  private constructor(dir: string, segments: Segment[], skipDamaged: boolean) {
    this.#dir = dir;
    this.#skipDamaged = skipDamaged;
    this.#segments = segments;
    this.#nextIndex = (segments.at(-1)?.index ?? -1) + 1;
    this.#end = segments.at(-1)?.end ?? 0;
  }

  /** An empty spool in an existing folder. */
  static create(dir: string): Spool {
    return new Spool(dir, [], false);
  }

  /** The spool that a writer has left behind. A torn tail is not part of it. Throws DamagedSpoolError for a file that is no segment. */
  static open(dir: string, { skipDamaged = false }: { skipDamaged?: boolean } = {}): Spool {
    const files = readdirSync(dir)
      .flatMap((name) => {
        const index = SEGMENT_PATTERN.exec(name)?.[1];
        return index === undefined ? [] : [{ index: Number(index), path: join(dir, name) }];
      })
      .sort((a, b) => a.index - b.index);
    const segments: Segment[] = [];
    for (const [position, { index, path }] of files.entries()) {
      const first = firstSequenceOf(readHead(path));
      if (first === null) {
        if (skipDamaged || position === files.length - 1) continue;
        throw new DamagedSpoolError(path, 0, "a segment does not begin as one");
      }
      const previous = segments.at(-1);
      if (previous !== undefined) previous.end = first;
      segments.push({ index, path, first, end: first });
    }
    const last = segments.at(-1);
    if (last !== undefined)
      last.end = (scanSegment(readFileSync(last.path)).frames.at(-1)?.sequence ?? last.first - 1) + 1;
    return new Spool(dir, segments, skipDamaged);
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

  /**
   * The frame of that sequence, or null when it is not there. Throws DamagedSpoolError when it lies in or behind a damaged
   * part, unless damage is to be skipped.
   */
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
    const { bytes, scan } = this.#load(segment.path);
    const place = findPlace(scan.frames, sequence);
    const damage = this.#skipDamaged ? null : this.#damageBefore(segment, place);
    if (damage !== null) throw damage;
    return place === null ? null : bytes.subarray(place.offset, place.offset + place.length);
  }

  /** Deletes the segments all of whose frames are below `next`. */
  trim(next: number): void {
    for (let segment = this.#segments[0]; segment !== undefined; segment = this.#segments[0]) {
      if (segment === this.#active || segment.end > next) return;
      rmSync(segment.path, { force: true });
      this.#segments.shift();
    }
  }

  /** Puts a frame that the hub refuses for good into the folder `refused`, where it stays. */
  setAside(sequence: number, frame: Uint8Array): string {
    const folder = join(this.#dir, "refused");
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `${sequence}.frame`);
    writeFileSync(path, frame);
    return path;
  }

  close(): void {
    if (this.#active !== null) closeSync(this.#active.fd);
    this.#active = null;
    this.#loaded = null;
  }

  /** Closes it and deletes all of it but refused frames. */
  remove(): void {
    this.close();
    for (const name of readdirSync(this.#dir)) {
      if (name !== "refused") rmSync(join(this.#dir, name), { recursive: true, force: true });
    }
    removeEmptyFolders(this.#dir);
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

  #load(path: string): { bytes: Buffer; scan: SegmentScan } {
    if (this.#loaded?.path !== path) {
      const bytes = readFileSync(path);
      this.#loaded = { path, bytes, scan: scanSegment(bytes) };
    }
    return this.#loaded;
  }

  #damageBefore(segment: Segment, place: FramePlace | null): DamagedSpoolError | null {
    const { bytes, scan } = this.#load(segment.path);
    const limit = place === null ? bytes.byteLength : place.offset;
    const range = scan.damage.find(({ from }) => from < limit);
    if (range !== undefined) {
      return new DamagedSpoolError(
        segment.path,
        range.from,
        `${range.to - range.from} bytes of it hold no valid frame`,
      );
    }
    const isCut = place === null && segment !== this.#segments.at(-1) && scan.end < bytes.byteLength;
    return isCut ? new DamagedSpoolError(segment.path, scan.end, "a segment ends before the next one begins") : null;
  }
}

function readHead(path: string): Buffer {
  const head = Buffer.alloc(SEGMENT_HEADER_BYTES);
  const fd = openSync(path, "r");
  try {
    return head.subarray(0, readSync(fd, head, 0, SEGMENT_HEADER_BYTES, 0));
  } finally {
    closeSync(fd);
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
