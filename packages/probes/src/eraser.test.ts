import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import { measureEncoded } from "./encoded";
import { erase, fitErasers } from "./eraser";
import { drawNormal, seededRandom } from "./random";
import type { Rows } from "./rows";

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

test("after LEACE no linear probe reads the feature", () => {
  const { rows, labels } = planted(1500, 12, 1);
  const { leace } = fitErasers(rows, labels, 3);
  expect(measureEncoded(rows, labels, 3, seededRandom(1)).estimate.value).toBeGreaterThan(0.3);
  expect(measureEncoded(erase(rows, leace), labels, 3, seededRandom(1)).estimate.value).toBeLessThan(0.01);
});

test("a control moves the activations as far, and leaves the feature readable", () => {
  const { rows, labels } = planted(1500, 12, 2);
  const { leace, drawControl } = fitErasers(rows, labels, 3);
  const moved = (other: Rows): number =>
    other.values.reduce((sum, value, at) => sum + (value - (rows.values[at] ?? 0)) ** 2, 0);
  const control = erase(rows, drawControl(seededRandom(5)));
  expect(moved(control) / moved(erase(rows, leace))).toBeCloseTo(1, 3);
  expect(measureEncoded(control, labels, 3, seededRandom(1)).estimate.value).toBeGreaterThan(0.15);
});
