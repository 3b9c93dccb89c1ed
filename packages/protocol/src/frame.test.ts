import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TailboneError } from "./errors";
import { countValues, decodeFrame, encodeFrame, type Frame, type Group } from "./frame";
import { LIMITS } from "./limits";
import type { RunRecord } from "./records";

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const time = fc.double({ noNaN: true, min: -LIMITS.timeMs, max: LIMITS.timeMs });
const anyFloat = fc.double();

const groupArbitrary: fc.Arbitrary<Group> = fc
  .tuple(
    fc.uniqueArray(fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 4 }),
    fc.integer({ min: 1, max: 20 }),
  )
  .chain(([names, points]) => {
    const column = (value: fc.Arbitrary<number>) =>
      fc.array(value, { minLength: points, maxLength: points }).map((values) => Float64Array.from(values));
    return fc.record({
      names: fc.constant(names),
      steps: column(finite),
      timesMs: column(time),
      values: fc.tuple(...names.map(() => column(anyFloat))),
    });
  });

const recordArbitrary: fc.Arbitrary<RunRecord> = fc.oneof(
  fc.record({
    type: fc.constant("console" as const),
    timeMs: time.map((value) => value + 0),
    stream: fc.constantFrom("stdout" as const, "stderr" as const),
    text: fc.string({ unit: "grapheme" }),
  }),
  fc.record({
    type: fc.constant("dropped" as const),
    timeMs: fc.integer(),
    points: fc.integer({ min: 1 }),
    reason: fc.constant("ring_full" as const),
  }),
);

const frameArbitrary: fc.Arbitrary<Frame> = fc
  .record({
    frame: fc.record({
      sequence: fc.nat(),
      sealedAtMs: time,
      groups: fc.array(groupArbitrary, { maxLength: 4 }),
      records: fc.array(recordArbitrary, { maxLength: 4 }),
    }),
    span: fc.constantFrom({}, { span: 2 }, { span: 2 ** 32 - 1 }),
    points: fc.oneof(
      fc.constant({}),
      fc.maxSafeNat().map((pointsThrough) => ({ pointsThrough })),
    ),
  })
  .map(({ frame, span, points }) => ({ ...frame, ...span, ...points }));

const sample: Frame = {
  sequence: 7,
  sealedAtMs: 1_700_000_000_000.5,
  groups: [
    {
      names: ["loss", "eval/accuracy"],
      steps: Float64Array.of(1, 2.5),
      timesMs: Float64Array.of(10, 20),
      values: [Float64Array.of(Number.NaN, Number.POSITIVE_INFINITY), Float64Array.of(0.25, -0)],
    },
  ],
  records: [{ type: "console", timeMs: 15, stream: "stdout", text: "epoch 1 ✓" }],
};

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof TailboneError) return error.code;
    throw error;
  }
  return "no error";
}

/** JSON writes -0 as 0; records carry no meaning in that sign. */
const withoutNegativeZero = (frame: Frame): Frame => ({ ...frame, records: JSON.parse(JSON.stringify(frame.records)) });

describe("a frame", () => {
  test("is decoded as it was encoded, with NaN, infinities and signed zeros", () => {
    fc.assert(
      fc.property(frameArbitrary, (frame) => {
        expect(decodeFrame(encodeFrame(frame))).toEqual(withoutNegativeZero(frame));
      }),
    );
  });

  test("is decoded the same from any offset of a larger buffer", () => {
    const bytes = encodeFrame(sample);
    for (let shift = 0; shift < 9; shift++) {
      const larger = new Uint8Array(bytes.byteLength + 16);
      larger.set(bytes, shift);
      expect(decodeFrame(larger.subarray(shift, shift + bytes.byteLength))).toEqual(sample);
    }
  });

  test("cut off anywhere is refused as malformed", () => {
    const bytes = encodeFrame(sample);
    for (let length = 0; length < bytes.byteLength; length++) {
      expect(codeOf(() => decodeFrame(bytes.slice(0, length)))).toBe("frame_malformed");
    }
  });

  test("with any byte changed is decoded or refused, and never fails otherwise", () => {
    const bytes = encodeFrame(sample);
    const outcomes = new Set<string>();
    for (let index = 0; index < bytes.byteLength; index++) {
      for (const flip of [0x01, 0x80, 0xff]) {
        const damaged = bytes.slice();
        damaged[index] = (damaged[index] ?? 0) ^ flip;
        outcomes.add(codeOf(() => decodeFrame(damaged)));
      }
    }
    expect([...outcomes].sort()).toEqual(["frame_malformed", "no error", "too_large", "version_mismatch"]);
  });

  test("with bytes left over is refused", () => {
    const bytes = encodeFrame(sample);
    const longer = new Uint8Array(bytes.byteLength + 8);
    longer.set(bytes);
    expect(codeOf(() => decodeFrame(longer))).toBe("frame_malformed");
  });

  test("that announces more values than its bytes hold is refused before they are allocated", () => {
    const bytes = encodeFrame(sample);
    new DataView(bytes.buffer).setUint32(28, LIMITS.frameValues, true);
    expect(codeOf(() => decodeFrame(bytes))).toBe("frame_malformed");
    new DataView(bytes.buffer).setUint32(28, LIMITS.frameValues + 1, true);
    expect(codeOf(() => decodeFrame(bytes))).toBe("too_large");
  });

  test("over a limit is refused by encoder and decoder", () => {
    const points = LIMITS.frameValues + 1;
    const column = new Float64Array(points);
    const group: Group = { names: ["x"], steps: column, timesMs: column, values: [column] };
    expect(countValues([group])).toBe(points);
    expect(codeOf(() => encodeFrame({ ...sample, groups: [group] }))).toBe("too_large");
    expect(codeOf(() => decodeFrame(new Uint8Array(LIMITS.frameBytes + 1)))).toBe("too_large");
  });

  test("with a record of an unknown type, or a name of a megabyte, is refused", () => {
    const unknown = encodeFrame({ ...sample, records: JSON.parse('[{"type":"spell","timeMs":1}]') });
    expect(codeOf(() => decodeFrame(unknown))).toBe("frame_malformed");
    const [group] = sample.groups;
    const named: Group = { ...(group ?? expect.fail()), names: ["x".repeat(60_000), "y"] };
    expect(codeOf(() => decodeFrame(encodeFrame({ ...sample, groups: [named] })))).toBe("frame_malformed");
  });
});
