import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { measureEncoded } from "./encoded";
import { drawNormal, seededRandom, shuffledIndices } from "./random";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const WIDTH = 6;

/** Activations in which the mean of the first two of six columns is `gap` higher for class 1. */
function measure(gap: number, seed: number, count = 400) {
  const random = seededRandom(seed);
  const labels = Int32Array.from({ length: count }, () => (random() < 0.5 ? 0 : 1));
  const values = Float32Array.from(
    { length: count * WIDTH },
    (_, at) => drawNormal(random) + (at % WIDTH < 2 ? gap * (labels[Math.floor(at / WIDTH)] ?? 0) : 0),
  );
  return measureEncoded({ count, width: WIDTH, values }, labels, 2, seededRandom(seed));
}

describe("encoded", () => {
  test("comes close to what there is to know, from below: learning the probe costs bits as well", () => {
    // Two classes d apart along one direction: H(Y) - H(Y | X) in bits, by a sum over x ~ N(d/2, 1).
    const d = 2 * Math.SQRT2;
    const density = (x: number): number => Math.exp(-((x - d / 2) ** 2) / 2) / Math.sqrt(2 * Math.PI);
    let left = 0;
    for (let index = -1000; index <= 1000; index++) {
      const x = d / 2 + index / 100;
      left += density(x) * 0.01 * Math.log2(1 + Math.exp(-d * x));
    }
    const known = 1 - left;
    const { estimate, vInformation } = measure(2, 1, 8000);
    expect(estimate.value).toBeLessThan(known + 0.02);
    expect(estimate.value).toBeGreaterThan(known - 0.05);
    expect(vInformation).toBeCloseTo(known, 1);
  });

  test("reads a layer that is wider than there are examples for", () => {
    const random = seededRandom(3);
    const [count, width] = [400, 500];
    const labels = Int32Array.from({ length: count }, (_, index) => index % 2);
    const values = Float32Array.from(
      { length: count * width },
      (_, at) => drawNormal(random) + (at % width < 40 ? (labels[Math.floor(at / width)] ?? 0) : 0),
    );
    const rows = { count, width, values };
    const { estimate } = measureEncoded(rows, labels, 2, seededRandom(1));
    expect(estimate.value).toBeGreaterThan(0.3);
    const shuffled = Int32Array.from(shuffledIndices(count, random), (index) => labels[index] ?? 0);
    expect(measureEncoded(rows, shuffled, 2, seededRandom(1)).estimate.value).toBeLessThan(0.03);
  });

  test("has intervals that hold its mean over many draws nearly always", () => {
    const seeds = Array.from({ length: 60 }, (_, seed) => seed);
    const estimates = seeds.map((seed) => measure(1, 100 + seed).estimate);
    const mean = estimates.reduce((sum, { value }) => sum + value, 0) / estimates.length;
    const holding = estimates.filter(({ low, high }) => low <= mean && mean <= high).length;
    // 95 % stated; fewer than 50 of 60 would come by chance once in ten thousand times.
    expect(holding).toBeGreaterThanOrEqual(50);
  });

  test("is nothing where there is nothing, whatever is drawn", () => {
    for (let seed = 0; seed < 20; seed++) expect(measure(0, seed).estimate.low).toBe(0);
  });
});
