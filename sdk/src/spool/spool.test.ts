import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeFrame } from "@tailbone/protocol/frame";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DamagedSpoolError } from "./damage";
import { encodeSegmentFrame, encodeSegmentHeader, SEGMENT_HEADER_BYTES, scanSegment } from "./segment";
import { Spool } from "./spool";

let dir: string;
beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), "tailbone-spool-")), "run", "writer");
  mkdirSync(dir, { recursive: true });
});
afterEach(() => rmSync(join(dir, "../.."), { recursive: true, force: true }));

const frame = (sequence: number, size = 0): Uint8Array =>
  encodeFrame({
    sequence,
    sealedAtMs: 1,
    groups: [],
    records: [{ type: "console", timeMs: 1, stream: "stdout", text: `${sequence} ${"x".repeat(size)}` }],
  });

/** Frames `from` to `to` (exclusive), each of about `size` bytes, closed as a killed writer leaves them. */
function write(from: number, to: number, size = 0): void {
  const spool = Spool.create(dir);
  for (let sequence = from; sequence < to; sequence++) spool.append(sequence, frame(sequence, size));
  spool.sync();
  spool.close();
}

/** Compared as bytes: the test runner takes long over arrays of this size. */
const isFrame = (bytes: Uint8Array | null, sequence: number): boolean =>
  bytes !== null && Buffer.compare(bytes, frame(sequence, 500_000)) === 0;

const files = (): string[] => readdirSync(dir).sort();
const path = (index: number): string => join(dir, files()[index] ?? expect.fail("no such segment"));
const readAll = (spool: Spool): number[] => {
  const found: number[] = [];
  for (let sequence = spool.first; sequence < spool.end; sequence++)
    if (spool.read(sequence) !== null) found.push(sequence);
  return found;
};
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

/** Changes one byte of a file. */
function flip(file: string, offset: number): void {
  const bytes = readFileSync(file);
  bytes[offset] = (bytes[offset] ?? 0) ^ 0x40;
  writeFileSync(file, bytes);
}

describe("a spool", () => {
  test("gives every frame back as it was appended, by the writer and by who finds it later", () => {
    const spool = Spool.create(dir);
    for (let sequence = 0; sequence < 30; sequence++) spool.append(sequence, frame(sequence, 500_000));
    spool.sync();
    expect(files().length).toBeGreaterThan(2);
    for (const sequence of [0, 29, 7, 8, 15]) expect(isFrame(spool.read(sequence), sequence)).toBe(true);
    expect(spool.read(30)).toBeNull();
    spool.close();
    const left = Spool.open(dir);
    expect([left.first, left.end]).toEqual([0, 30]);
    for (const sequence of upTo(30)) expect(isFrame(left.read(sequence), sequence)).toBe(true);
  });

  test("deletes the segments that are wholly acknowledged, and no other", () => {
    write(0, 30, 500_000);
    const spool = Spool.open(dir);
    const before = files().length;
    spool.trim(3);
    expect(files().length).toBe(before);
    spool.trim(20);
    expect(files().length).toBeLessThan(before);
    expect(spool.first).toBeLessThanOrEqual(20);
    expect(readAll(spool).at(-1)).toBe(29);
    spool.trim(30);
    expect(files()).toEqual([]);
  });

  test("that was torn off while it was written ends before the torn frame, at whatever byte", () => {
    write(0, 3);
    const whole = readFileSync(path(0));
    const last = encodeSegmentFrame(frame(2)).byteLength;
    for (let cut = 1; cut <= last; cut++) {
      writeFileSync(path(0), whole.subarray(0, whole.byteLength - cut));
      expect(readAll(Spool.open(dir))).toEqual([0, 1]);
    }
    // What a file system may leave behind a power cut.
    truncateSync(path(0), whole.byteLength - last);
    appendFileSync(path(0), Buffer.alloc(5000));
    expect(readAll(Spool.open(dir))).toEqual([0, 1]);
  });

  test("whose newest segment has no whole header yet ends before it", () => {
    write(0, 3);
    writeFileSync(join(dir, "00000001.seg"), encodeSegmentHeader(3).subarray(0, 5));
    expect(readAll(Spool.open(dir))).toEqual([0, 1, 2]);
  });

  test("damaged in the middle says where, gives what lies before, and the rest only if told to", () => {
    write(0, 20);
    const record = encodeSegmentFrame(frame(5)).byteLength;
    const offset = SEGMENT_HEADER_BYTES + 5 * record;
    flip(path(0), offset + 60);
    const spool = Spool.open(dir);
    expect(upTo(5).map((sequence) => spool.read(sequence) !== null)).toEqual([true, true, true, true, true]);
    for (const sequence of [5, 6, 19]) expect(() => spool.read(sequence)).toThrow(DamagedSpoolError);
    expect(() => spool.read(6)).toThrow(`${path(0)}, byte ${offset}`);
    expect(readAll(Spool.open(dir, { skipDamaged: true }))).toEqual(upTo(20).filter((sequence) => sequence !== 5));
  });

  test("with an older segment cut short says so, rather than that the frames were never there", () => {
    write(0, 30, 500_000);
    const bytes = readFileSync(path(0)).byteLength;
    truncateSync(path(0), bytes - 10);
    const spool = Spool.open(dir);
    expect(spool.read(0)).not.toBeNull();
    expect(() => readAll(spool)).toThrow(DamagedSpoolError);
  });

  test("with a file that is no segment says so", () => {
    write(0, 30, 500_000);
    flip(path(1), 0);
    expect(() => Spool.open(dir)).toThrow(path(1));
    const rest = readAll(Spool.open(dir, { skipDamaged: true }));
    expect(rest.length).toBeLessThan(30);
    expect(rest.at(-1)).toBe(29);
  });

  test("is gone once removed, but for frames that were set aside", () => {
    write(0, 2);
    const spool = Spool.open(dir);
    const kept = spool.setAside(1, frame(1));
    spool.remove();
    expect(files()).toEqual(["refused"]);
    expect(readFileSync(kept)).toEqual(Buffer.from(frame(1)));
    const other = Spool.create(dir);
    rmSync(join(dir, "refused"), { recursive: true });
    other.remove();
    expect(readdirSync(join(dir, "../.."))).toEqual([]);
  });
});

test("whatever single byte of a segment is changed, no frame is misread and no loss goes unnoticed", () => {
  const parts = upTo(6).map((sequence) => encodeSegmentFrame(frame(sequence)));
  const whole = Buffer.concat([encodeSegmentHeader(0), ...parts]);
  fc.assert(
    fc.property(
      fc.integer({ min: SEGMENT_HEADER_BYTES, max: whole.byteLength - 1 }),
      fc.integer({ min: 1, max: 255 }),
      (offset, change) => {
        const bytes = Buffer.from(whole);
        bytes[offset] = (bytes[offset] ?? 0) ^ change;
        const { frames, damage, end } = scanSegment(bytes);
        const hit = Math.floor((offset - SEGMENT_HEADER_BYTES) / (parts[0]?.byteLength ?? 1));
        expect(frames.map(({ sequence }) => sequence)).toEqual(upTo(6).filter((sequence) => sequence !== hit));
        for (const { sequence, offset: at, length } of frames) {
          expect(bytes.subarray(at, at + length)).toEqual(Buffer.from(frame(sequence)));
        }
        // The last frame cannot be told from a torn one.
        expect(damage.length).toBe(hit === 5 ? 0 : 1);
        expect(end < bytes.byteLength).toBe(hit === 5);
      },
    ),
  );
});
