import { expect, test } from "vitest";
import { Shapes } from "./shapes";

test("a shape is found by its names in their order, and by nothing else", () => {
  const shapes = new Shapes();
  const ab = shapes.add(["a", "b"]);
  const ba = shapes.add(["b", "a"]);
  const abc = shapes.add(["a", "b", "c"]);
  expect([ab.id, ba.id, abc.id]).toEqual([0, 1, 2]);
  expect(shapes.findKeys({ a: 1, b: 2 })).toBe(ab);
  expect(shapes.findKeys({ b: 1, a: 2 })).toBe(ba);
  expect(shapes.find(["a", "b", "c"])).toBe(abc);
  for (const other of [{}, { a: 1 }, { a: 1, c: 2 }, { a: 1, b: 2, c: 3, d: 4 }])
    expect(shapes.findKeys(other)).toBeNull();
});
