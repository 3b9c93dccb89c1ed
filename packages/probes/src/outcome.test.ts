import { expect, test } from "vitest";
import { outcomeOf } from "./outcome";

const close = (values: Float64Array, wanted: readonly number[]): void => {
  expect(values.length).toBe(wanted.length);
  for (const [index, value] of values.entries()) expect(value).toBeCloseTo(wanted[index] ?? Number.NaN, 5);
};

test("classes may be given as rows or as numbers, outputs as logits or as probabilities", () => {
  const logits = { count: 2, width: 2, values: Float32Array.of(Math.log(3), 0, 0, 0) };
  const probabilities = { ...logits, values: Float32Array.of(0.75, 0.25, 0.5, 0.5) };
  const form = { width: 2, last: 2 };
  for (const targets of [
    { shape: [2, 2], dtype: "float32" as const, values: Float32Array.of(1, 0, 0, 1) },
    { shape: [2], dtype: "int32" as const, values: Int32Array.of(0, 1) },
  ]) {
    close(outcomeOf("softmaxCrossEntropy", targets, { ...form, isProbability: false }).losses(logits), [
      -Math.log(0.75),
      Math.log(2),
    ]);
    const outcome = outcomeOf("softmaxCrossEntropy", targets, { ...form, isProbability: true });
    close(outcome.losses(probabilities), [-Math.log(0.75), Math.log(2)]);
    expect(outcome.chance).toBeCloseTo(Math.log(2), 6);
    const swapped = { ...probabilities, values: Float32Array.of(0.5, 0.5, 0.5, 0.5) };
    close(outcome.divergences(probabilities, swapped), [0.75 * Math.log(1.5) + 0.25 * Math.log(0.5), 0]);
  }
});

test("classes of a sequence are judged position by position, and averaged over an example", () => {
  // Two examples of two positions with two classes each.
  const outputs = { count: 2, width: 4, values: Float32Array.of(0.75, 0.25, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5) };
  const form = { isProbability: true, width: 4, last: 2 };
  const byClass = { shape: [2, 2], dtype: "int32" as const, values: Int32Array.of(0, 0, 1, 1) };
  const byRow = { shape: [2, 2, 2], dtype: "float32" as const, values: Float32Array.of(1, 0, 1, 0, 0, 1, 0, 1) };
  for (const targets of [byClass, byRow]) {
    const outcome = outcomeOf("softmaxCrossEntropy", targets, form);
    close(outcome.losses(outputs), [(-Math.log(0.75) + Math.log(2)) / 2, Math.log(2)]);
    expect(outcome.chance).toBeCloseTo(Math.log(2), 6);
  }
});
