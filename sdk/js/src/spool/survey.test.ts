import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { encodeSegmentFrame, encodeSegmentHeader, SEGMENT_HEADER_BYTES } from "./segment";
import { sampleFrame, upTo, writeFrames } from "./spool.test-util";
import { countLost, type Survey, surveySpool } from "./survey";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tailbone-survey-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Frames of 500 000 characters, eight to nine a segment. */
const large = (count: number): Uint8Array[] => upTo(count).map((sequence) => sampleFrame(sequence, 0, 500_000));
const segments = (): string[] =>
  readdirSync(dir)
    .sort()
    .map((name) => join(dir, name));
const segment = (index: number): string => segments()[index] ?? expect.fail("no such segment");

function flip(path: string, offset: number): void {
  const bytes = readFileSync(path);
  bytes[offset] = (bytes[offset] ?? 0) ^ 0x40;
  writeFileSync(path, bytes);
}

const found = ({ stretches }: Survey): number[] =>
  stretches.flatMap(({ first, end }) => upTo(end - first).map((n) => first + n));

describe("a left spool", () => {
  test("that is whole holds all frames, and nothing is lost or damaged", () => {
    writeFrames(dir, large(30));
    expect(segments().length).toBeGreaterThan(2);
    const survey = surveySpool(dir);
    expect(found(survey)).toEqual(upTo(30));
    expect(survey).toMatchObject({ first: 0, end: 30, lost: [], damage: [] });
  });

  test("that was torn off while it was written ends before the torn frame: nothing is damaged", () => {
    writeFrames(
      dir,
      upTo(3).map((n) => sampleFrame(n, 4)),
    );
    const whole = readFileSync(segment(0));
    truncateSync(segment(0), whole.byteLength - 10);
    expect(surveySpool(dir)).toMatchObject({ end: 2, lost: [], damage: [] });
    writeFileSync(segment(0), whole);
    writeFileSync(join(dir, "00000001.seg"), encodeSegmentHeader(3).subarray(0, 5));
    expect(surveySpool(dir)).toMatchObject({ end: 3, lost: [], damage: [] });
  });

  test("whose older segment is cut off has lost the frames up to the next one", () => {
    writeFrames(dir, large(30));
    truncateSync(segment(0), readFileSync(segment(0)).byteLength - 10);
    const { lost, damage, end } = surveySpool(dir);
    expect(lost).toMatchObject([{ points: [null], total: null }]);
    expect(damage).toMatchObject([{ path: segment(0) }]);
    expect(end).toBe(30);
  });

  test("without one of its segments knows which frames are missing", () => {
    writeFrames(dir, large(30));
    const whole = surveySpool(dir);
    const [gone] = whole.stretches.slice(1);
    rmSync(segment(1));
    const survey = surveySpool(dir);
    const missing = upTo(30).filter((n) => !found(survey).includes(n));
    expect(survey.lost).toMatchObject([{ first: gone?.first, end: gone?.end, total: null }]);
    expect(missing).toEqual(upTo((gone?.end ?? 0) - (gone?.first ?? 0)).map((n) => (gone?.first ?? 0) + n));
  });

  test("whose segments have other names or are there twice holds each frame once", () => {
    writeFrames(dir, large(30));
    copyFileSync(segment(1), join(dir, "00000090.seg"));
    renameSync(segment(0), join(dir, "00000080.seg"));
    expect(found(surveySpool(dir))).toEqual(upTo(30));
    expect(surveySpool(dir)).toMatchObject({ first: 0, end: 30, lost: [], damage: [] });
  });

  test.each([0, 5, 9, 15])(
    "with byte %i of a segment's header changed has all frames, and says where it is damaged",
    (byte) => {
      for (const index of [0, 1]) {
        writeFrames(dir, large(20));
        flip(segment(index), byte);
        const survey = surveySpool(dir);
        expect(found(survey)).toEqual(upTo(20));
        expect(survey).toMatchObject({
          first: 0,
          end: 20,
          lost: [],
          damage: [{ path: segment(index), from: 0, to: 16 }],
        });
        for (const path of segments()) rmSync(path);
      }
    },
  );

  test("with one byte changed in each of its last 40 frames has lost these, counted in points", () => {
    const frames = upTo(100).map((sequence) => sampleFrame(sequence, 20));
    writeFrames(dir, frames);
    let at = SEGMENT_HEADER_BYTES;
    for (const [sequence, frame] of frames.entries()) {
      if (sequence >= 60) flip(segment(0), at + 8 + ((sequence * 37) % frame.byteLength));
      at += encodeSegmentFrame(frame).byteLength;
    }
    const survey = surveySpool(dir);
    expect(found(survey)).toEqual(upTo(60));
    expect(survey.lost).toEqual([{ first: 60, end: 100, points: upTo(40).map(() => 20), total: 800, through: null }]);
    expect(survey.end).toBe(100);
  });

  test("counts what is missing by the frames around it, where those say how many points there were", () => {
    let through = 0;
    const frames = upTo(2000).map((sequence) => {
      through += 1000;
      return sampleFrame(sequence, 1000, 0, through);
    });
    writeFrames(dir, frames);
    const [, gone] = surveySpool(dir).stretches;
    const count = (gone?.end ?? 0) - (gone?.first ?? 0);
    rmSync(segment(1));
    const [lost] = surveySpool(dir).lost;
    expect(lost).toMatchObject({ first: gone?.first, end: gone?.end, total: count * 1000, through: gone?.through });
    expect(count).toBeGreaterThan(50);
    // From its middle on, nobody knows where the points lay.
    if (lost !== undefined) expect(countLost(lost, lost.first + 1)).toBeNull();
  });

  test("whose end is overwritten has lost something, of which nothing is known", () => {
    const frames = upTo(10).map((sequence) => sampleFrame(sequence, 20));
    writeFrames(dir, frames);
    const bytes = readFileSync(segment(0));
    bytes.fill(0, SEGMENT_HEADER_BYTES + 7 * encodeSegmentFrame(sampleFrame(0, 20)).byteLength);
    writeFileSync(segment(0), bytes);
    expect(surveySpool(dir)).toMatchObject({ end: 8, lost: [{ first: 7, points: [null] }] });
    // Nothing of it is left but that it was there.
    writeFileSync(segment(0), Buffer.alloc(5000, 7));
    expect(surveySpool(dir)).toMatchObject({
      stretches: [],
      damage: [
        { from: 0, to: 16 },
        { from: 16, to: 5000 },
      ],
    });
  });

  test("with any one byte changed has lost at most that frame, and counts its points as they were", () => {
    const sizes = [3, 0, 17, 1, 0, 40];
    const frames = sizes.map((points, sequence) => sampleFrame(sequence, points, 30));
    writeFrames(dir, frames);
    const path = segment(0);
    const whole = readFileSync(path);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: whole.byteLength - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (offset, change) => {
          const bytes = Buffer.from(whole);
          bytes[offset] = (bytes[offset] ?? 0) ^ change;
          writeFileSync(path, bytes);
          const survey = surveySpool(dir);
          expect(survey).toMatchObject({ first: 0, end: frames.length });
          expect(survey.lost.length).toBeLessThanOrEqual(1);
          expect([...found(survey), ...survey.lost.map(({ first }) => first)].sort()).toEqual(upTo(frames.length));
          for (const { first, total } of survey.lost) expect([first, total]).toEqual([first, sizes[first]]);
        },
      ),
      { numRuns: 500 },
    );
  });
});
