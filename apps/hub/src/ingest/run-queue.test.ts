import fc from "fast-check";
import { expect, test } from "vitest";
import { type PendingFrame, takeBatch } from "./run-queue";

const pending = (writer: string, sequence: number): PendingFrame => ({
  writer,
  frame: { sequence, sealedAtMs: 0, groups: [], records: [] },
  bytes: new Uint8Array(8),
  resolve: () => {},
  reject: () => {},
});

test("frames leave the queue in batches of one writer without a gap, each once, in each writer's order", () => {
  const arrivals = fc.array(fc.tuple(fc.constantFrom("a", "b"), fc.nat({ max: 3 })), { maxLength: 50 });
  fc.assert(
    fc.property(arrivals, (given) => {
      const queue = given.map(([writer, sequence]) => pending(writer, sequence));
      const all = [...queue];
      const taken: PendingFrame[] = [];
      while (queue.length > 0) {
        const batch = takeBatch(queue);
        const first = batch[0] ?? expect.fail("a batch is empty");
        batch.forEach((each, index) => {
          expect(each.writer).toBe(first.writer);
          expect(each.frame.sequence).toBe(first.frame.sequence + index);
        });
        taken.push(...batch);
      }
      for (const writer of ["a", "b"]) {
        const of = (list: PendingFrame[]) => list.filter((each) => each.writer === writer);
        expect(of(taken)).toEqual(of(all));
      }
    }),
  );
});
