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

test("when too many wait, the one is left out that is missed least", () => {
  const queue = new SnapshotQueue();
  queue.add(snapshot(100));
  queue.next();
  expect(queue.add(snapshot(110))).toBeNull();
  expect(queue.add(snapshot(400))).toBeNull();
  expect(queue.add(snapshot(500))?.step).toBe(110);
  expect(queue.add(snapshot(2000))?.step).toBe(400);
  expect(queue.clear()).toEqual([100, 500, 2000]);
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
