import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import { measureEncoded } from "./encoded";
import { ABLATIONS, type Eraser, erase, fitErasers } from "./eraser";
import { drawNormal, seededRandom } from "./random";
import { type Rows, readRows } from "./rows";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

/** Activations with a class planted along two directions, on correlated noise. */
function planted(count: number, width: number, seed: number): { rows: Rows; labels: Int32Array } {
  const random = seededRandom(seed);
  const labels = Int32Array.from({ length: count }, (_, index) => index % 3);
  const values = new Float32Array(count * width);
  for (let index = 0; index < count; index++) {
    const common = drawNormal(random);
    for (let column = 0; column < width; column++) {
      const signal = column < 2 ? 2 * Number(labels[index] === column) : 0;
      values[index * width + column] = signal + 0.7 * common + drawNormal(random);
    }
  }
  return { rows: { count, width, values }, labels };
}

const erased = async ({ count, width, values }: Rows, eraser: Eraser): Promise<Rows> =>
  readRows(tf.tidy(() => erase(tf.tensor2d(values, [count, width]), eraser)));
const encoded = (rows: Rows, labels: Int32Array): number =>
  measureEncoded(rows, labels, 3, seededRandom(1)).estimate.value;
const moved = (rows: Rows, other: Rows): number =>
  other.values.reduce((sum, value, at) => sum + (value - (rows.values[at] ?? 0)) ** 2, 0) / rows.count;

test("after LEACE no linear probe reads the feature", async () => {
  const { rows, labels } = planted(1500, 12, 1);
  const erasers = fitErasers(rows, [{ labels, classes: 3 }]);
  expect(erasers.rank).toBe(2);
  expect(encoded(rows, labels)).toBeGreaterThan(0.3);
  expect(encoded(await erased(rows, erasers.eraserOf("leace", seededRandom(9))), labels)).toBeLessThan(0.01);
});

test.each(ABLATIONS)("%s hides the feature, and its controls leave it readable", async (kind) => {
  const { rows, labels } = planted(1500, 12, 2);
  const { eraserOf, drawControl } = fitErasers(rows, [{ labels, classes: 3 }]);
  expect(encoded(await erased(rows, drawControl(kind, seededRandom(5))), labels)).toBeGreaterThan(0.15);
  expect(encoded(await erased(rows, eraserOf(kind, seededRandom(9))), labels)).toBeLessThan(0.05);
});

test("LEACE moves the activations no further than any other way to hide the feature from linear probes", async () => {
  const { rows, labels } = planted(1500, 12, 3);
  const { eraserOf } = fitErasers(rows, [{ labels, classes: 3 }]);
  const least = moved(rows, await erased(rows, eraserOf("leace", seededRandom(9))));
  for (const kind of ["resample", "zero"] as const) {
    expect(moved(rows, await erased(rows, eraserOf(kind, seededRandom(9))))).toBeGreaterThan(least);
  }
});

test("two features are erased together, and a third one stays", async () => {
  const random = seededRandom(7);
  const count = 1200;
  const bits = [0, 1, 2].map(() => Int32Array.from({ length: count }, () => (random() < 0.5 ? 0 : 1)));
  const width = 8;
  const values = Float32Array.from(
    { length: count * width },
    (_, at) => drawNormal(random) + 3 * (bits[at % width]?.[Math.floor(at / width)] ?? 0),
  );
  const rows = { count, width, values };
  const [a, b, c] = bits.map((labels) => ({ labels, classes: 2 }));
  if (a === undefined || b === undefined || c === undefined) return expect.fail("three bits");
  const { rank, eraserOf } = fitErasers(rows, [a, b]);
  expect(rank).toBe(2);
  const without = await erased(rows, eraserOf("leace", seededRandom(9)));
  const read = (of: { labels: Int32Array }): number =>
    measureEncoded(without, of.labels, 2, seededRandom(1)).estimate.value;
  expect(Math.max(read(a), read(b))).toBeLessThan(0.01);
  expect(read(c)).toBeGreaterThan(0.4);
});
