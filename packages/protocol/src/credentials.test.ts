import { expect, test } from "vitest";
import { parseCredentials } from "./credentials";

test("keys are found by their hub's origin, also where somebody wrote only a key, and what is not known is kept", () => {
  const entries = { "http://hub:4400": { key: "tb_1", team: "one", note: "mine" }, "https://b": { key: "tb_2" } };
  expect(parseCredentials(JSON.stringify(entries))).toEqual(entries);
});

test("a damaged file says nothing", () => {
  for (const text of ["", "{", "[]", '{"http://hub": "tb_1"}']) expect(parseCredentials(text)).toEqual({});
});
