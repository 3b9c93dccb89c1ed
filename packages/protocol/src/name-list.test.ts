import fc from "fast-check";
import { expect, test } from "vitest";
import { formatNameList, parseNameList } from "./name-list";

test("names come out of a query's list as they went in, whatever commas and percent signs are in them", () => {
  const name = fc.string({ unit: fc.constantFrom("a", ",", "%", "2", "5", "C", "c", "é"), maxLength: 8 });
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 5 }), (names) => {
      expect(parseNameList(formatNameList(names))).toEqual(names);
    }),
  );
});

test("a percent sign that nobody has escaped stands for itself", () => {
  expect(parseNameList("share %,a%2cb")).toEqual(["share %", "a,b"]);
});
