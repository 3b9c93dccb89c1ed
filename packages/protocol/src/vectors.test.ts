import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { decodeFrame, encodeFrame } from "./frame";
import { openWriterSchema } from "./run";
import { readFrameVectors, SAMPLE_FRAMES, SAMPLE_OPEN, VECTORS, writeFrameVectors } from "./vectors.test-util";
import { MIN_VERSION, PROTOCOL_VERSION } from "./version";

if (process.env.WRITE_VECTORS === "1") writeFrameVectors(PROTOCOL_VERSION);

const versions = Array.from({ length: PROTOCOL_VERSION - MIN_VERSION + 1 }, (_, index) => MIN_VERSION + index);

test("every version that is read has its vectors", () => {
  expect(readdirSync(VECTORS).sort()).toEqual(versions.map((version) => `v${version}`));
});

describe.each(versions)("version %i", (version) => {
  test("of a frame is decoded as it was meant", () => {
    const vectors = readFrameVectors(version);
    expect(vectors.length).toBeGreaterThanOrEqual(4);
    for (const { bytes, frame } of vectors) {
      expect(new DataView(bytes.buffer).getUint16(4, true)).toBe(version);
      expect(decodeFrame(bytes)).toEqual(frame);
    }
  });

  test("of a writer's first words is understood", () => {
    const open: unknown = JSON.parse(readFileSync(`${VECTORS}/v${version}/writer-open.json`, "utf8"));
    expect(openWriterSchema.parse(open)).toEqual(open);
  });
});

test("the newest version is written as its vectors are, byte by byte", () => {
  const vectors = new Map(readFrameVectors(PROTOCOL_VERSION).map(({ name, bytes }) => [name, bytes]));
  expect([...vectors.keys()].sort()).toEqual(Object.keys(SAMPLE_FRAMES).sort());
  for (const [name, frame] of Object.entries(SAMPLE_FRAMES)) {
    expect(Buffer.from(encodeFrame(frame))).toEqual(Buffer.from(vectors.get(name) ?? []));
  }
  expect(openWriterSchema.parse(SAMPLE_OPEN)).toEqual(SAMPLE_OPEN);
});
