import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { encodeFrame, type Frame } from "./frame";
import { fromWireNumber, toWireNumber, type WireNumber } from "./json";
import type { RunRecord } from "./records";
import type { OpenWriter } from "./run";

/** `packages/protocol/vectors`: one folder a version, written by the code of that version, and never again. */
export const VECTORS = fileURLToPath(new URL("../vectors", import.meta.url));

/** Numbers of a column as JSON that keeps every one of them, also -0. */
const writeColumn = (column: Float64Array): (WireNumber | "-0")[] =>
  Array.from(column, (value) => (Object.is(value, -0) ? "-0" : toWireNumber(value)));
const readColumn = (column: readonly (WireNumber | "-0")[]): Float64Array =>
  Float64Array.from(column, (value) => (value === "-0" ? -0 : fromWireNumber(value)));

interface WrittenFrame {
  readonly sequence: number;
  readonly sealedAtMs: number;
  readonly groups: readonly {
    readonly names: readonly string[];
    readonly steps: readonly (WireNumber | "-0")[];
    readonly timesMs: readonly (WireNumber | "-0")[];
    readonly values: readonly (readonly (WireNumber | "-0")[])[];
  }[];
  readonly records: readonly RunRecord[];
  readonly span?: number;
  readonly pointsThrough?: number;
}

const writeFrame = ({ groups, ...rest }: Frame): WrittenFrame => ({
  ...rest,
  groups: groups.map(({ names, steps, timesMs, values }) => ({
    names,
    steps: writeColumn(steps),
    timesMs: writeColumn(timesMs),
    values: values.map(writeColumn),
  })),
});
const readFrame = ({ groups, ...rest }: WrittenFrame): Frame => ({
  ...rest,
  groups: groups.map(({ names, steps, timesMs, values }) => ({
    names,
    steps: readColumn(steps),
    timesMs: readColumn(timesMs),
    values: values.map(readColumn),
  })),
});

/** A frame as a version has encoded it, and what was put into it. */
export interface FrameVector {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly frame: Frame;
}

export function readFrameVectors(version: number): FrameVector[] {
  const folder = `${VECTORS}/v${version}`;
  return readdirSync(folder)
    .filter((file) => file.endsWith(".frame"))
    .map((file) => {
      const name = file.slice(0, -".frame".length);
      const written: WrittenFrame = JSON.parse(readFileSync(`${folder}/${name}.json`, "utf8"));
      return { name, bytes: new Uint8Array(readFileSync(`${folder}/${file}`)), frame: readFrame(written) };
    });
}

/** Writes the vectors of the version that this code speaks. A version that was released is not written again. */
export function writeFrameVectors(version: number): void {
  const folder = `${VECTORS}/v${version}`;
  mkdirSync(folder, { recursive: true });
  for (const [name, frame] of Object.entries(SAMPLE_FRAMES)) {
    writeFileSync(`${folder}/${name}.frame`, encodeFrame(frame));
    writeFileSync(`${folder}/${name}.json`, `${JSON.stringify(writeFrame(frame), null, 1)}\n`);
  }
  writeFileSync(`${folder}/writer-open.json`, `${JSON.stringify(SAMPLE_OPEN, null, 1)}\n`);
}

const T = 1_764_000_000_000;

/** What a version must be able to say: a frame of each kind. */
export const SAMPLE_FRAMES: Readonly<Record<string, Frame>> = {
  empty: { sequence: 0, sealedAtMs: T, groups: [], records: [] },
  points: {
    sequence: 4_294_967_301,
    sealedAtMs: T + 0.5,
    groups: [
      {
        names: ["loss", "eval/accuracy", "größe ✓"],
        steps: Float64Array.of(-3, 0, 2.5, 2.5),
        timesMs: Float64Array.of(T, T + 0.25, T + 1, T + 2),
        values: [
          Float64Array.of(2.25, Number.NaN, Number.POSITIVE_INFINITY, 1e-300),
          Float64Array.of(-0, Number.NEGATIVE_INFINITY, 0.1, 5e-324),
          Float64Array.of(1, 2, 3, Number.MAX_VALUE),
        ],
      },
      { names: ["x"], steps: Float64Array.of(1), timesMs: Float64Array.of(T), values: [Float64Array.of(7)] },
    ],
    records: [],
  },
  records: {
    sequence: 1,
    sealedAtMs: T,
    groups: [],
    records: [
      { type: "config", timeMs: T, config: { lr: 0.1, layers: [64, 64], nested: { seed: null, on: true, name: "a" } } },
      { type: "tags", timeMs: T, add: ["baseline"], remove: ["draft"] },
      { type: "console", timeMs: T, stream: "stdout", text: "epoch 1\ttab\nnext ✓" },
      { type: "checkpoint", timeMs: T, step: 8, metrics: { loss: 0.5, norm: "NaN" } },
      { type: "checkpoint", timeMs: T, step: 9, metrics: {}, weights: { path: "weights/9", bytes: 440_000 } },
      { type: "alert", timeMs: T, step: 9, title: "diverged", text: "the loss grew", level: "warning" },
      { type: "alert", timeMs: T, title: "no step", text: "", level: "info" },
      { type: "dropped", timeMs: T, points: 12, reason: "ring_full" },
      { type: "dropped", timeMs: T, points: 1, reason: "refused" },
      { type: "feature", timeMs: T, name: "patch", layer: "hidden_2", settings: { confirmations: 3 } },
      { type: "feature", timeMs: T, name: "own", layer: null, settings: {} },
      {
        type: "reading",
        timeMs: T,
        feature: "patch",
        step: 9,
        encoded: { value: 0.8, low: 0.7, high: 0.9, n: 512, control: 0.01, unit: "share of H" },
        used: { value: 0.1, low: 0.05, high: 0.2, n: 512, control: null, unit: "share" },
        benefit: null,
        learnt: 0.7,
        untrained: null,
        intervention: "swap",
        shift: { share: 0.01, control: null },
        marks: ["few_examples"],
        note: "few",
      },
      {
        type: "finish",
        timeMs: T,
        state: "crashed",
        error: { name: "Error", message: "out of memory", stack: "at x" },
      },
    ],
  },
  gap: {
    sequence: 3,
    sealedAtMs: T,
    groups: [],
    records: [{ type: "dropped", timeMs: T, points: 1_800_000, reason: "restored" }],
    span: 4000,
    pointsThrough: 1_800_009,
  },
  mixed: {
    sequence: 2,
    sealedAtMs: T,
    groups: [
      {
        names: ["loss"],
        steps: Float64Array.of(1, 2),
        timesMs: Float64Array.of(T, T),
        values: [Float64Array.of(1, 0.5)],
      },
    ],
    records: [{ type: "finish", timeMs: T, state: "finished" }],
    pointsThrough: 9,
  },
};

/** What a writer says first. */
export const SAMPLE_OPEN: OpenWriter = {
  run: "019aa000-0000-7000-8000-000000000001",
  writer: "019aa000-0000-7000-8000-000000000002",
  project: "digits",
  name: "seed 1",
  mode: "create",
  config: { lr: 0.1, seed: 1 },
  tags: ["baseline"],
  totalSteps: 20,
  startedAtMs: T,
  host: {
    hostname: "trainer",
    platform: "linux x64",
    cpuModel: "a processor",
    cpuCount: 2,
    memoryBytes: 8e9,
    gpus: [],
    nodeVersion: "v20.0.0",
    sdkVersion: "0.1.0",
    pid: 7,
    command: "node train.mjs",
    workingDirectory: "/home/someone",
  },
  known: { epoch: "019aa000-0000-4000-8000-000000000003", next: 7 },
};
