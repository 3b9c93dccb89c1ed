import fc from "fast-check";
import { expect, test } from "vitest";
import { SnapshotQueue } from "./snapshot-queue";

const snapshot = (step: number) => ({ step, weights: [] });

test("one is measured at a time, in the order of the training", () => {
  const queue = new SnapshotQueue();
  expect(queue.next()).toBeNull();
  queue.add(snapshot(0));
  queue.add(snapshot(1));
  expect(queue.next()?.step).toBe(0);
  expect(queue.next()).toBeNull();
  queue.done();
  expect(queue.next()?.step).toBe(1);
  queue.done();
  expect(queue.isEmpty).toBe(true);
});

test("when too many wait, the one is left out that is missed least; never the untrained model", () => {
  const queue = new SnapshotQueue();
  for (const step of [0, 100, 200, 400, 800, 1600, 1700]) expect(queue.add(snapshot(step))).toBeNull();
  expect(queue.add(snapshot(3200))).toBeNull();
  expect(queue.add(snapshot(6400))?.step).toBe(1700);
  expect(queue.clear()).toEqual([0, 100, 200, 400, 800, 1600, 3200, 6400]);
});

test("the untrained model stays while the checkpoints after it come before anything is measured", () => {
  const queue = new SnapshotQueue();
  const leftOut = [0, 1, 2, 4, 8, 16, 32, 64, 128, 256].map((step) => queue.add(snapshot(step))?.step);
  expect(leftOut.filter((step) => step !== undefined)).toEqual([2, 8]);
  expect(queue.next()?.step).toBe(0);
});

test("large models wait in smaller numbers", () => {
  const queue = new SnapshotQueue();
  const large = (step: number) => ({ step, weights: [new Float32Array(16 * 1024 * 1024)] });
  expect(queue.add(large(1))).toBeNull();
  expect(queue.add(large(2))).toBeNull();
  expect(queue.add(large(4))?.step).toBe(2);
});

test("where there is time for a few only, they are spread over the training, and the newest is among them", () => {
  const queue = new SnapshotQueue();
  for (const step of [0, 1, 2, 4, 8, 16, 32, 64]) queue.add(snapshot(step));
  queue.next();
  expect(
    queue
      .thin(3)
      .map(({ step }) => step)
      .sort((a, b) => a - b),
  ).toEqual([1, 2, 8, 32]);
  expect(queue.thin(0)).toHaveLength(2);
  expect(queue.thin(0)).toEqual([]);
  queue.done();
  expect(queue.next()?.step).toBe(64);
});

test("whatever comes and is done: each snapshot is measured or left out, once, and the newest is never left out", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (moves) => {
      const queue = new SnapshotQueue();
      const [measured, leftOut]: number[][] = [[], []];
      let step = 0;
      for (const isArrival of moves) {
        if (isArrival) {
          const out = queue.add(snapshot(step));
          if (out !== null) {
            expect(out.step).toBeLessThan(step);
            leftOut?.push(out.step);
          }
          step++;
        } else {
          queue.done();
          const next = queue.next();
          if (next !== null) measured?.push(next.step);
        }
      }
      for (;;) {
        queue.done();
        const next = queue.next();
        if (next === null) break;
        measured?.push(next.step);
      }
      expect([...(measured ?? [])].sort((a, b) => a - b)).toEqual(measured);
      expect([...(measured ?? []), ...(leftOut ?? [])].sort((a, b) => a - b)).toEqual(
        Array.from({ length: step }, (_, n) => n),
      );
    }),
  );
});
