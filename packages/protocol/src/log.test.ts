import fc from "fast-check";
import { expect, test } from "vitest";
import { gatherEntries, type LogEntry, logBodySchema } from "./log";

/** The points of each series in the order in which groups hold them. */
function pointsOf(entries: readonly LogEntry[]): Map<string, [step: number, value: number][]> {
  const points = new Map<string, [number, number][]>();
  for (const { names, steps, values } of gatherEntries(entries, 0).groups) {
    for (const [index, name] of names.entries()) {
      const column = [...steps].map((step, at): [number, number] => [step, values[index]?.[at] ?? Number.NaN]);
      points.set(name, [...(points.get(name) ?? []), ...column]);
    }
  }
  return points;
}

test("every value of every entry is in a group, each series in its order", () => {
  const values = fc.dictionary(fc.constantFrom("a", "b", "c"), fc.integer(), { minKeys: 1, noNullPrototype: true });
  fc.assert(
    fc.property(fc.array(values, { maxLength: 30 }), (given) => {
      const expected = new Map<string, [number, number][]>();
      for (const [step, one] of given.entries()) {
        for (const [name, value] of Object.entries(one))
          expected.set(name, [...(expected.get(name) ?? []), [step, value]]);
      }
      expect(pointsOf(given.map((one, step) => ({ step, values: one })))).toEqual(expected);
    }),
  );
});

test("two series by turns, and the same names in another order, share as few groups as they can", () => {
  const alternating = Array.from(
    { length: 100 },
    (_, step): LogEntry => ({ step, values: { [step % 2 ? "a" : "b"]: 1 } }),
  );
  expect(gatherEntries(alternating, 0).groups).toHaveLength(2);
  const both: LogEntry[] = [
    { step: 0, values: { a: 1, b: 2 } },
    { step: 1, values: { b: 3, a: "NaN" } },
  ];
  const [group, ...others] = gatherEntries(both, 7).groups;
  expect(others).toEqual([]);
  expect(group).toMatchObject({ names: ["a", "b"], timesMs: Float64Array.of(7, 7) });
  expect(group?.values).toEqual([Float64Array.of(1, Number.NaN), Float64Array.of(2, 3)]);
});

test("one entry needs no array, a time may be left away, and what does not fit is named", () => {
  const [entry] = logBodySchema.parse({ type: "finish", state: "finished" });
  expect(gatherEntries(entry === undefined ? [] : [entry], 5).records).toEqual([
    { type: "finish", state: "finished", timeMs: 5 },
  ]);
  const refused = logBodySchema.safeParse([
    { step: 1, values: { loss: 1 } },
    { step: "two", values: { loss: 1 } },
  ]);
  expect(refused.error?.issues[0]?.path).toEqual([1, "step"]);
});
