import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  encodeSegmentFrame,
  encodeSegmentHeader,
  SEGMENT_HEADER_BYTES,
  type SegmentScan,
  scanSegment,
} from "./segment";
import { sampleFrame } from "./spool.test-util";

/** Frames with and without points, of different lengths. */
const framesArb = fc
  .array(fc.record({ points: fc.integer({ min: 0, max: 5 }), size: fc.integer({ min: 0, max: 40 }) }), {
    minLength: 1,
    maxLength: 7,
  })
  .map((sizes) => sizes.map(({ points, size }, sequence) => sampleFrame(sequence, points, size)));

interface Whole {
  readonly frames: readonly Uint8Array[];
  readonly bytes: Buffer;
  /** Where each record begins, and the last one ends. */
  readonly starts: readonly number[];
}

function segmentOf(frames: readonly Uint8Array[]): Whole {
  const records = frames.map(encodeSegmentFrame);
  const starts = [SEGMENT_HEADER_BYTES];
  for (const record of records) starts.push((starts.at(-1) ?? 0) + record.byteLength);
  return { frames, bytes: Buffer.concat([encodeSegmentHeader(0), ...records]), starts };
}

const wholeArb = framesArb.map(segmentOf);

/**
 * Every byte is accounted for: it is the header's, a frame's, damaged, or torn; and every frame is as it was written.
 */
function check(bytes: Buffer, scan: SegmentScan, frames: readonly Uint8Array[]): void {
  const seen = new Uint8Array(bytes.byteLength);
  if (scan.first !== null) seen.fill(1, 0, SEGMENT_HEADER_BYTES);
  for (const { sequence, offset, length } of scan.frames) {
    expect(bytes.subarray(offset, offset + length)).toEqual(Buffer.from(frames[sequence] ?? expect.fail("invented")));
    seen.fill(1, offset - 8, offset + length);
  }
  for (const { from, to } of scan.damage) seen.fill(1, from, to);
  if (scan.tornAt !== null) seen.fill(1, scan.tornAt);
  expect(seen.indexOf(0)).toBe(-1);
}

const sequencesOf = ({ frames }: SegmentScan): number[] => frames.map(({ sequence }) => sequence);

describe("a segment", () => {
  test("gives back every frame", () => {
    fc.assert(
      fc.property(wholeArb, ({ frames, bytes }) => {
        const scan = scanSegment(bytes);
        expect(scan).toMatchObject({ first: 0, damage: [], tornAt: null });
        expect(sequencesOf(scan)).toEqual(frames.map((_, sequence) => sequence));
        check(bytes, scan, frames);
      }),
    );
  });

  test("with any byte changed gives back all frames but the one that was hit, which is damage, also at its end", () => {
    fc.assert(
      fc.property(
        wholeArb,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        ({ frames, bytes: whole, starts }, at, change) => {
          const offset = at % whole.byteLength;
          const bytes = Buffer.from(whole);
          bytes[offset] = (bytes[offset] ?? 0) ^ change;
          const scan = scanSegment(bytes);
          const hit = starts.findIndex((start, index) => start <= offset && offset < (starts[index + 1] ?? start));
          // Where a record ends is also known from what follows it.
          const isLength = hit >= 0 && offset - (starts[hit] ?? 0) < 4;
          const whereHit = hit < 0 || isLength ? [] : [hit];
          expect(sequencesOf(scan)).toEqual(frames.map((_, n) => n).filter((n) => !whereHit.includes(n)));
          expect(scan.tornAt).toBeNull();
          expect(scan.damage.flatMap(({ records }) => records).length).toBe(whereHit.length);
          check(bytes, scan, frames);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("cut off anywhere ends before the record that was cut, which is torn and no damage", () => {
    fc.assert(
      fc.property(wholeArb, fc.nat(), ({ frames, bytes, starts }, at) => {
        const length = at % (bytes.byteLength + 1);
        const cut = bytes.subarray(0, length);
        const scan = scanSegment(cut);
        const whole = starts.slice(1).filter((end) => end <= length).length;
        expect(sequencesOf(scan)).toEqual(frames.map((_, n) => n).slice(0, whole));
        expect(scan.damage).toEqual([]);
        const isBoundary = starts.includes(length);
        expect(scan.tornAt).toBe(isBoundary ? null : length < SEGMENT_HEADER_BYTES ? 0 : starts[whole]);
        check(cut, scan, frames);
      }),
    );
  });

  test("whatever is cut out of it, put into it or repeated, gives back every frame that is whole, and no other", () => {
    const pieceArb = fc.oneof(
      fc.record({ kind: fc.constant("cut" as const), at: fc.nat(), length: fc.integer({ min: 1, max: 200 }) }),
      fc.record({ kind: fc.constant("put" as const), at: fc.nat(), length: fc.integer({ min: 1, max: 200 }) }),
      fc.record({ kind: fc.constant("zero" as const), at: fc.nat(), length: fc.integer({ min: 1, max: 200 }) }),
      fc.record({ kind: fc.constant("repeat" as const), at: fc.nat(), length: fc.constant(0) }),
    );
    fc.assert(
      fc.property(wholeArb, fc.array(pieceArb, { minLength: 1, maxLength: 3 }), ({ frames, bytes: whole }, pieces) => {
        let bytes = Buffer.from(whole);
        for (const { kind, at, length } of pieces) {
          const offset = at % (bytes.byteLength + 1);
          const [before, behind] = [bytes.subarray(0, offset), bytes.subarray(offset)];
          if (kind === "cut") bytes = Buffer.concat([before, behind.subarray(length)]);
          if (kind === "put") bytes = Buffer.concat([before, Buffer.alloc(length, 0xa5), behind]);
          if (kind === "zero") bytes = Buffer.from(bytes).fill(0, offset, Math.min(offset + length, bytes.byteLength));
          if (kind === "repeat") bytes = Buffer.concat([bytes, whole.subarray(SEGMENT_HEADER_BYTES)]);
        }
        const scan = scanSegment(bytes);
        check(bytes, scan, frames);
        for (const [sequence, frame] of frames.entries()) {
          const record = encodeSegmentFrame(frame);
          if (bytes.indexOf(record, SEGMENT_HEADER_BYTES) >= 0) expect(sequencesOf(scan)).toContain(sequence);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("of anything at all is read to its end", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) =>
        check(Buffer.from(bytes), scanSegment(Buffer.from(bytes)), []),
      ),
    );
  });

  test("does not take a record that a frame quotes for one of its own", () => {
    const quoted = encodeSegmentFrame(sampleFrame(7));
    const outer = Buffer.concat([sampleFrame(0), quoted]);
    const bytes = Buffer.concat([encodeSegmentHeader(0), encodeSegmentFrame(outer)]);
    expect(sequencesOf(scanSegment(bytes))).toEqual([0]);
  });
});
