import { expect, test } from "vitest";
import { addSample, type PaceSample, paceOf, remainingMs } from "./pace";

const walk = (steps: [step: number | null, atMs: number][]): readonly PaceSample[] =>
  steps.reduce<readonly PaceSample[]>(
    (samples, [lastStep, seenAtMs]) => addSample(samples, { lastStep, seenAtMs }),
    [],
  );

test("the pace is that of the last seconds, not that of the whole run", () => {
  const samples = walk([
    [0, 0],
    [10, 10_000],
    [20, 20_000],
    [520, 25_000],
    [1020, 30_000],
  ]);
  expect(paceOf(samples)).toBe(1000 / 10);
});

test("no pace is told from one moment, nor a time left without a pace or an end", () => {
  expect(paceOf(walk([[5, 1000]]))).toBeNull();
  expect(paceOf(walk([[null, 1000]]))).toBeNull();
  expect(remainingMs({ lastStep: 10, totalSteps: null }, 5)).toBeNull();
  expect(remainingMs({ lastStep: 10, totalSteps: 100 }, null)).toBeNull();
  expect(remainingMs({ lastStep: 49, totalSteps: 100 }, 5)).toBe(10_000);
});

test("a step that comes late does not turn the pace around", () => {
  const samples = walk([
    [100, 1000],
    [150, 2000],
    [120, 2500],
  ]);
  expect(paceOf(samples)).toBe(50);
});
