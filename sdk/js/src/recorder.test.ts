import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { beforeEach, describe, expect, test } from "vitest";
import { Warnings } from "./own-output";
import { Recorder } from "./recorder";
import { allocateRing } from "./ring/layout";
import { RingReader } from "./ring/ring-reader";
import { RingWriter } from "./ring/ring-writer";
import type { Metrics } from "./run";

let told: string[];
let reader: RingReader;
let recorder: Recorder;

function open(nextStep = 0): void {
  const shared = allocateRing();
  told = [];
  reader = RingReader.over(shared);
  recorder = new Recorder(RingWriter.over(shared), new Warnings((text) => told.push(text)), nextStep);
}
beforeEach(() => open());

type Point = [name: string, step: number, value: number];

function points(): Point[] {
  const found: Point[] = [];
  const sink = {
    points: (_: number, names: readonly string[], step: number, __: number, values: (index: number) => number) => {
      for (const [index, name] of names.entries()) found.push([name, step, values(index)]);
    },
    record: () => {},
  };
  while (reader.drain(sink));
  return found;
}

/** Logs what a script without types may. */
const logAnything = (metrics: unknown, options?: unknown): void => {
  Reflect.apply(recorder.log, recorder, [metrics, options]);
};

describe("a step", () => {
  test("is what the script says: late, twice, fractional or negative", () => {
    for (const step of [5, 5, 2, 2.5, -1, 1e300]) recorder.log({ a: 1 }, { step });
    expect(points().map(([, step]) => step)).toEqual([5, 5, 2, 2.5, -1, 1e300]);
  });

  test("without being said is the largest so far plus one", () => {
    recorder.log({ a: 1 }, undefined);
    recorder.log({ a: 1, b: 2 }, undefined);
    recorder.log({ a: 1 }, { step: 10.5 });
    recorder.log({ a: 1 }, { step: 3 });
    recorder.log({ a: 1 }, undefined);
    expect(points().map(([, step]) => step)).toEqual([0, 1, 1, 10.5, 3, 11]);
  });

  test("goes on where a resumed run was", () => {
    open(42);
    recorder.log({ a: 1 }, undefined);
    expect(points()).toEqual([["a", 42, 1]]);
  });

  test("that is no finite number is told once, and what was logged at it left out", () => {
    for (const step of [Number.NaN, Number.POSITIVE_INFINITY, "3", {}]) logAnything({ a: 1 }, { step });
    logAnything({ a: 1 }, { timeMs: "noon" });
    expect(points()).toEqual([]);
    expect(told.length).toBe(2);
    recorder.log({ a: 1 }, undefined);
    expect(points()).toEqual([["a", 0, 1]]);
  });
});

test("a step that is not in an object, as other loggers take it, is told once", () => {
  logAnything({ a: 1 }, 5);
  logAnything({ a: 1 }, 6);
  expect(points()).toEqual([
    ["a", 0, 1],
    ["a", 1, 1],
  ]);
  expect(told).toEqual([expect.stringContaining("log(metrics, { step })")]);
});

describe("values", () => {
  test("are kept as they are: NaN, infinities, signed zeros, booleans as 0 and 1", () => {
    recorder.log({ a: Number.NaN, b: Number.NEGATIVE_INFINITY, c: -0, d: true, e: false, f: 7n }, { step: 1 });
    expect(points().map(([, , value]) => value)).toEqual([Number.NaN, Number.NEGATIVE_INFINITY, -0, 1, 0, 7]);
    expect(told).toEqual([]);
  });

  test("nested in objects are series with a slash", () => {
    recorder.log({ eval: { loss: 1, top: { k5: 2 } }, lr: 3 }, { step: 1 });
    expect(points()).toEqual([
      ["eval/loss", 1, 1],
      ["eval/top/k5", 1, 2],
      ["lr", 1, 3],
    ]);
  });

  test("that cannot be logged are told once a kind and left out; the others of the call stay", () => {
    for (let round = 0; round < 3; round++) {
      logAnything({
        good: round,
        text: "0.5",
        none: null,
        gone: undefined,
        list: [1],
        call: () => 1,
        when: Symbol("now"),
      });
    }
    expect(points().map(([name]) => name)).toEqual(["good", "good", "good"]);
    expect(told.length).toBe(6);
    for (const text of told) expect(text).toContain("log() takes numbers");
  });

  test("in something that is no object are told once", () => {
    for (const metrics of [1, "loss", null, undefined, [1, 2], () => 1]) logAnything(metrics);
    expect(points()).toEqual([]);
    expect(told.length).toBe(1);
  });

  test("with names that no series can have are told once a kind", () => {
    for (let round = 0; round < 2; round++) {
      recorder.log({ "": 1, ["x".repeat(600)]: 2, "new\nline": 3, fine: 4 }, { step: round });
    }
    expect(points().map(([name]) => name)).toEqual(["fine", "fine"]);
    expect(told.length).toBe(2);
  });

  test("under more names than a run holds are left out, told and counted", () => {
    const many = Object.fromEntries(Array.from({ length: 12_000 }, (_, index) => [`s${index}`, index]));
    recorder.log(many, { step: 0 });
    const kept = points();
    expect(kept.length).toBe(10_000);
    expect(new Set(kept.map(([name]) => name)).size).toBe(10_000);
    expect(told.length).toBe(1);
  });

  test("in ever new combinations are all kept", () => {
    let expected = 0;
    for (let round = 0; round < 6000; round++) {
      const metrics = Object.fromEntries(
        ["a", "b", "c", "d", "e"].map((name, bit) => [`${name}${(round >> (bit * 2)) & 7}`, round]),
      );
      recorder.log(metrics, { step: round });
      expected += 5;
    }
    expect(points().length).toBe(expected);
  });
});

describe("tensors", () => {
  test("are read back at the step and with the value that they had, though the script disposes of them", async () => {
    tf.tidy(() => recorder.log({ loss: tf.scalar(0.5), lr: 0.1 }, { step: 3 }));
    const one = tf.scalar(2);
    recorder.log({ loss: one }, { step: 4 });
    one.dispose();
    await recorder.settle();
    expect(points()).toEqual([
      ["lr", 3, 0.1],
      ["loss", 3, 0.5],
      ["loss", 4, 2],
    ]);
    expect(tf.memory().numTensors).toBe(0);
  });

  test("that nobody can wait for any more are read at once, and only once", async () => {
    const one = tf.scalar(2);
    recorder.log({ loss: one }, { step: 4 });
    recorder.settleNow();
    expect(points()).toEqual([["loss", 4, 2]]);
    await recorder.settle();
    expect(points()).toEqual([]);
    one.dispose();
    expect(tf.memory().numTensors).toBe(0);
  });

  test("of more than one element, or disposed of, are told and left out", () => {
    const vector = tf.tensor1d([1, 2]);
    const gone = tf.scalar(1);
    gone.dispose();
    recorder.log({ vector, gone, fine: 1 }, { step: 0 });
    vector.dispose();
    expect(points()).toEqual([["fine", 0, 1]]);
    expect(told.length).toBe(2);
  });

  test("of a loop that never yields do not pile up without end", () => {
    const before = tf.memory().numTensors;
    for (let step = 0; step < 3000; step++) tf.tidy(() => recorder.log({ loss: tf.scalar(step) }, { step }));
    expect(tf.memory().numTensors - before).toBeLessThanOrEqual(2048);
    recorder.settleNow();
    expect(points().map(([, step, value]) => step === value)).toEqual(Array.from({ length: 3000 }, () => true));
    expect(told.length).toBe(1);
  });
});

describe("a pinned step", () => {
  const names = (): string[] => points().map(([name, step, value]) => `${name}@${step}=${value}`);

  test("is the step of what is logged without one, and does not advance", () => {
    recorder.pinStep(7, undefined);
    recorder.log({ a: 1 }, undefined);
    recorder.log({ b: 2 }, undefined);
    recorder.log({ a: 3 }, { step: 9 });
    recorder.log({ a: 4 }, undefined);
    expect(names()).toEqual(["a@7=1", "b@7=2", "a@9=3", "a@7=4"]);
  });

  test("gets its defaults when the next one comes, but for what the script has logged there itself", () => {
    recorder.pinStep(0, { loss: 1, lr: 0.1 });
    recorder.log({ loss: 5 }, undefined);
    recorder.pinStep(1, { loss: 2, lr: 0.1 });
    recorder.log({ eval: { loss: 9 }, lr: true }, undefined);
    recorder.log({ loss: 6 }, { step: 0 });
    recorder.pinStep(2, undefined);
    recorder.flushPin();
    expect(names()).toEqual(["loss@0=5", "lr@0=0.1", "eval/loss@1=9", "lr@1=1", "loss@0=6", "loss@1=2"]);
  });

  test("keeps tensors among its defaults until then, or disposes of them", async () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => recorder.pinStep(0, { loss: tf.scalar(1), norm: tf.scalar(3) }));
    recorder.log({ loss: 5 }, undefined);
    recorder.flushPin();
    await recorder.settle();
    expect(names()).toEqual(["loss@0=5", "norm@0=3"]);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("that is no number is told and leaves the last one", () => {
    recorder.pinStep(3, undefined);
    recorder.pinStep(Number.NaN, { loss: 1 } satisfies Metrics);
    recorder.log({ a: 1 }, undefined);
    expect(names()).toEqual(["a@3=1"]);
    expect(told.length).toBe(1);
  });
});
