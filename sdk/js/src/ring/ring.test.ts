import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { allocateRing, CONTROL, LINK, mapRing } from "./layout";
import { RingReader } from "./ring-reader";
import { RingWriter } from "./ring-writer";
import { Shapes } from "./shapes";

type Got = ["points", readonly string[], number, number, number[]] | ["record", unknown];

function openRing(slots: number, position = 0) {
  const shared = allocateRing(slots);
  for (const word of [CONTROL.head, CONTROL.tail]) Atomics.store(mapRing(shared).control, word, position);
  const got: Got[] = [];
  const reader = RingReader.over(shared);
  const drain = (limit?: number): boolean =>
    reader.drain(
      {
        points: (_, names, step, timeMs, values) =>
          got.push(["points", names, step, timeMs, names.map((__, index) => values(index))]),
        record: (json) => got.push(["record", JSON.parse(json)]),
      },
      limit,
    );
  return { writer: RingWriter.over(shared), reader, shapes: new Shapes(), got, drain };
}

const name = fc.constantFrom("loss", "accuracy", "lr", "eval/loss", "ünïcode ✓");
const point = fc.record({
  kind: fc.constant("points" as const),
  names: fc.uniqueArray(name, { minLength: 1, maxLength: 4 }),
  step: fc.double({ noNaN: true, noDefaultInfinity: true }),
  value: fc.double(),
});
const record = fc.record({
  kind: fc.constant("record" as const),
  text: fc.string({ unit: "grapheme", maxLength: 60 }),
});
const drainStep = fc.record({ kind: fc.constant("drain" as const), limit: fc.integer({ min: 1, max: 64 }) });

describe("the ring", () => {
  test("hands over any sequence of points and records in order, however it wraps", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(point, record, drainStep), { maxLength: 200 }), (actions) => {
        const { writer, shapes, got, drain } = openRing(128);
        const sent: Got[] = [];
        for (const action of actions) {
          if (action.kind === "drain") drain(action.limit);
          else if (action.kind === "record") {
            while (drain());
            const line = { type: "console" as const, timeMs: 1, stream: "stdout" as const, text: action.text };
            if (writer.writeRecord(line)) sent.push(["record", line]);
          } else {
            // Emptied before each, so that everything has room: being full is another test's matter.
            while (drain());
            const { names, step, value } = action;
            const known = shapes.find(names);
            if (known === null) expect(writer.writeShape(names)).toBe(true);
            const shape = known ?? shapes.add(names);
            const metrics = Object.fromEntries(names.map((one) => [one, value]));
            expect(writer.writeMetrics(shape, step, 7, metrics)).toBe("written");
            sent.push(["points", names, step, 7, names.map(() => value)]);
          }
        }
        while (drain());
        expect(got).toEqual(sent);
      }),
    );
  });

  test("holds many records at once and gives all of them back", () => {
    const { writer, shapes, got, drain } = openRing(1024);
    writer.writeShape(["n"]);
    const shape = shapes.add(["n"]);
    for (let round = 0; round < 50; round++) {
      for (let n = 0; n < 200; n++) writer.writeMetrics(shape, round * 200 + n, 0, { n: round * 200 + n });
      while (drain());
    }
    expect(writer.dropped).toBe(0);
    expect(got.map(([, , step]) => step)).toEqual(Array.from({ length: 10_000 }, (_, n) => n));
  });

  test("recognises only exactly the names and order of the shape, with numbers for values", () => {
    const { writer, shapes, got, drain } = openRing(128);
    writer.writeShape(["a", "b"]);
    const shape = shapes.add(["a", "b"]);
    for (const other of [{}, { a: 1 }, { b: 1, a: 2 }, { a: 1, b: 2, c: 3 }, { a: 1, b: "2" }, { a: 1, b: true }]) {
      expect(writer.writeMetrics(shape, 0, 0, other)).toBe("mismatch");
    }
    drain();
    expect(got).toEqual([]);
  });

  test("is not confused by a getter that logs itself", () => {
    const { writer, shapes, got, drain } = openRing(128);
    writer.writeShape(["a"]);
    const shape = shapes.add(["a"]);
    const sneaky = {
      get a() {
        writer.writeMetrics(shape, 1, 0, { a: 10 });
        return 20;
      },
    };
    expect(writer.writeMetrics(shape, 2, 0, sneaky)).toBe("mismatch");
    drain();
    expect(got).toEqual([["points", ["a"], 1, 0, [10]]]);
  });

  test("when full waits a bounded time in all, then drops the newest and counts them", () => {
    const { writer, reader, shapes, got, drain } = openRing(64);
    writer.writeShape(["a", "b"]);
    const shape = shapes.add(["a", "b"]);
    const started = performance.now();
    for (let step = 0; step < 100; step++) writer.writeMetrics(shape, step, 0, { a: step, b: step });
    // A thousand times the wait of a single call would be a wait for each.
    expect(performance.now() - started).toBeLessThan(2000);
    while (drain());
    const kept = got.length;
    expect(kept).toBe(12);
    expect(got.map(([, , step]) => step)).toEqual(Array.from({ length: kept }, (_, n) => n));
    expect(writer.dropped).toBe((100 - kept) * 2);
    expect(reader.takeDropped()).toBe((100 - kept) * 2);
    expect(reader.takeDropped()).toBe(0);
    expect(writer.writeMetrics(shape, 100, 0, { a: 1, b: 2 })).toBe("written");
  });

  test("does not wait at all for a worker that is dead", () => {
    const { writer, shapes } = openRing(64);
    writer.writeShape(["a"]);
    const shape = shapes.add(["a"]);
    const wait = vi.spyOn(Atomics, "wait");
    while (writer.writeMetrics(shape, 0, 0, { a: 0 }) !== "dropped")
      Atomics.store(writer.control, CONTROL.link, LINK.dead);
    for (let n = 0; n < 1000; n++) expect(writer.writeMetrics(shape, n, 0, { a: 0 })).toBe("dropped");
    expect(wait).not.toHaveBeenCalled();
    wait.mockRestore();
  });

  test("goes on when its positions pass the range of 32 bits", () => {
    // Where both stand after two thousand million slots.
    const { writer, shapes, got, drain } = openRing(64, 2 ** 31 - 8);
    writer.writeShape(["a"]);
    const shape = shapes.add(["a"]);
    for (let step = 0; step < 20; step++) {
      expect(writer.writeMetrics(shape, step, 0, { a: step })).toBe("written");
      drain();
    }
    expect(writer.head).toBeLessThan(0);
    expect(got.map(([, , step]) => step)).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });

  test("a record that is larger than the ring is refused, not half-written", () => {
    const { writer, got, drain } = openRing(64);
    expect(writer.writeRecord({ type: "console", timeMs: 0, stream: "stdout", text: "x".repeat(600) })).toBe(false);
    expect(drain()).toBe(false);
    expect(got).toEqual([]);
  });
});
