import fc from "fast-check";
import { expect, test } from "vitest";
import { TailboneError } from "./errors";
import { decodeFrame, encodeFrame } from "./frame";

/*
 * What nobody would send by mistake: frames that were changed in several places at once, spliced, cut and padded, and
 * bytes that only begin like one. decodeFrame reads them or refuses them with an expected error; it never fails
 * otherwise. Bounded by the number of tries.
 */
const sample = encodeFrame({
  sequence: 7,
  sealedAtMs: 1_700_000_000_000.5,
  groups: [
    {
      names: ["loss", "eval/accuracy"],
      steps: Float64Array.of(1, 2.5),
      timesMs: Float64Array.of(10, 20),
      values: [Float64Array.of(Number.NaN, Number.POSITIVE_INFINITY), Float64Array.of(0.25, -0)],
    },
    { names: ["μ"], steps: Float64Array.of(3), timesMs: Float64Array.of(30), values: [Float64Array.of(1)] },
  ],
  records: [
    { type: "console", timeMs: 15, stream: "stdout", text: "epoch 1 ✓" },
    { type: "config", timeMs: 16, config: { lr: 0.1, layers: [1, { units: 2 }] } },
  ],
});

type Bytes = Uint8Array<ArrayBuffer>;
type Change = (bytes: Bytes) => Bytes;
const at = (place: number, bytes: Bytes): number => Math.min(bytes.length, Math.floor(place * (bytes.length + 1)));
const part = fc.double({ min: 0, max: 1, noNaN: true });

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(part, fc.nat({ max: 255 })).map(
    ([place, value]): Change =>
      (bytes) =>
        bytes.map((byte, index) => (index === at(place, bytes) ? value : byte)),
  ),
  // Lengths and counts lie in words: zero, all ones, and the edges of signs.
  fc.tuple(part, fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.constantFrom(2, 4, 8)).map(
    ([place, value, size]): Change =>
      (bytes) =>
        bytes.slice().fill(value, at(place, bytes) & ~1, (at(place, bytes) & ~1) + size),
  ),
  part.map(
    (place): Change =>
      (bytes) =>
        bytes.slice(0, at(place, bytes)),
  ),
  fc.tuple(part, fc.uint8Array({ maxLength: 40 })).map(
    ([place, more]): Change =>
      (bytes) =>
        Uint8Array.of(...bytes.subarray(0, at(place, bytes)), ...more, ...bytes.subarray(at(place, bytes))),
  ),
  fc.tuple(part, part).map(
    ([from, to]): Change =>
      (bytes) =>
        Uint8Array.of(...bytes.subarray(0, at(from, bytes)), ...bytes.subarray(at(to, bytes))),
  ),
);

const bytesArbitrary: fc.Arbitrary<Bytes> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .array(change, { minLength: 1, maxLength: 4 })
      .map((changes) => changes.reduce((bytes, one) => one(bytes), sample.slice())),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  {
    weight: 1,
    arbitrary: fc.uint8Array({ maxLength: 200 }).map((rest) => Uint8Array.of(...sample.subarray(0, 8), ...rest)),
  },
);

const expected = new Set(["frame_malformed", "too_large", "version_mismatch"]);

test("bytes of any kind are decoded, and then can be encoded again, or refused with an expected error", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(bytesArbitrary, (bytes) => {
      try {
        const frame = decodeFrame(bytes);
        seen.add("decoded");
        expect(decodeFrame(encodeFrame(frame))).toEqual(frame);
      } catch (error) {
        if (!(error instanceof TailboneError)) throw error;
        seen.add(error.code);
        expect(expected).toContain(error.code);
      }
    }),
    { numRuns: 20_000 },
  );
  // A length beyond its limit is rarely met by chance; frame.test.ts has those.
  expect([...seen]).toEqual(expect.arrayContaining(["decoded", "frame_malformed", "version_mismatch"]));
}, 60_000);
