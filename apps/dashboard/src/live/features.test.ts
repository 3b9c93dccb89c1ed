import type { Frame } from "@tailbone/protocol/frame";
import type { FeatureRecord, ReadingRecord } from "@tailbone/protocol/records";
import { expect, test } from "vitest";
import { addReadings, type Features } from "./features";

const frame = (...records: Frame["records"]): Frame => ({ sequence: 0, sealedAtMs: 0, groups: [], records });

const reading = (feature: string, step: number, note = ""): ReadingRecord => ({
  type: "reading",
  timeMs: step,
  feature,
  step,
  encoded: null,
  used: null,
  benefit: null,
  learnt: null,
  untrained: null,
  intervention: null,
  shift: null,
  marks: [],
  note,
});

const declared = (name: string, layer: string | null): FeatureRecord => ({
  type: "feature",
  timeMs: 0,
  name,
  layer,
  settings: { usedOff: 0.01 },
});

const none: Features = [];

test("readings that come live stand in the order of their steps, behind a feature's others", () => {
  const known = addReadings(none, [frame(declared("patch", "hidden_2"), reading("patch", 4))]);
  const [patch] = addReadings(known, [frame(reading("patch", 1)), frame(reading("patch", 8))]);
  expect(patch).toMatchObject({ name: "patch", layer: "hidden_2", settings: { usedOff: 0.01 } });
  expect(patch?.readings.map(({ step }) => step)).toEqual([1, 4, 8]);
});

test("of two readings of one step the later one counts", () => {
  const [patch] = addReadings(none, [frame(reading("patch", 4, "first"), reading("patch", 4, "second"))]);
  expect(patch?.readings.map(({ note }) => note)).toEqual(["second"]);
});

test("a feature that was never declared is there with its first reading, behind the others", () => {
  const features = addReadings(none, [frame(declared("patch", null), reading("copying", 0))]);
  expect(features.map(({ name }) => name)).toEqual(["patch", "copying"]);
});

test("frames without readings change nothing, so that nothing is drawn anew", () => {
  const known = addReadings(none, [frame(reading("patch", 4))]);
  expect(addReadings(known, [frame()])).toBe(known);
});
