import fc from "fast-check";
import { expect, test } from "vitest";
import { MeasuringPace } from "./measuring-pace";
import { SnapshotQueue } from "./snapshot-queue";

/**
 * Ends a run while `steps` wait, each of which takes as long as `takesMs` says: what was measured, and how long that
 * took.
 */
function end(pace: MeasuringPace, steps: readonly number[], limitMs: number, takesMs: (index: number) => number) {
  const queue = new SnapshotQueue();
  for (const step of steps) queue.add({ step, weights: [] });
  const measured: number[] = [];
  let spentMs = 0;
  for (;;) {
    queue.thin(pace.mostWithin(limitMs - spentMs));
    const next = queue.next();
    if (next === null) return { measured, spentMs };
    const tookMs = takesMs(measured.length);
    spentMs += tookMs;
    pace.add(tookMs);
    measured.push(next.step);
    queue.done();
  }
}

test("one checkpoint that took long beside the training does not cost those that wait their measuring", () => {
  const pace = new MeasuringPace();
  for (const tookMs of [1500, 1400, 3700]) pace.add(tookMs);
  const waiting = [1, 2, 4, 8, 16, 32, 64, 128];
  expect(end(pace, waiting, 30_000, () => 1500)).toEqual({ measured: waiting, spentMs: 12_000 });
});

test("where there is not time for all, those that are measured are spread, and the last state is among them", () => {
  const pace = new MeasuringPace();
  pace.add(4000);
  const { measured, spentMs } = end(pace, [0, 1, 2, 4, 8, 16, 32, 64], 20_000, () => 4000);
  expect(measured[0]).toBe(0);
  expect(measured.at(-1)).toBe(64);
  expect(measured).toHaveLength(5);
  expect(spentMs).toBeLessThanOrEqual(20_000);
});

test("times within a factor of two of what was known: the last state is measured in time, and where any is left out, half of the time was used", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 2000, max: 40_000 }),
      fc.array(fc.integer({ min: 500, max: 1000 }), { minLength: 20, maxLength: 20 }),
      (count, limitMs, times) => {
        const pace = new MeasuringPace();
        pace.add(1000);
        const steps = Array.from({ length: count }, (_, index) => 2 ** index);
        const { measured, spentMs } = end(pace, steps, limitMs, (index) => times[index] ?? 1000);
        expect(measured.at(-1)).toBe(steps.at(-1));
        expect(spentMs).toBeLessThanOrEqual(limitMs);
        if (measured.length < count) expect(spentMs).toBeGreaterThan(limitMs / 2 - 2000);
      },
    ),
  );
});
