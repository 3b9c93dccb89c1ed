import { expect, test } from "vitest";
import { chooseRows } from "./choose-rows";

const rows = ["a", "b", "c", "d"];

test("a press chooses a row, another one lets it go", () => {
  expect(chooseRows({ rows, chosen: [], pressed: "b", from: null })).toEqual(["b"]);
  expect(chooseRows({ rows, chosen: ["b", "c"], pressed: "b", from: null })).toEqual(["c"]);
});

test("with Shift all rows from the one pressed before are as that is now, in either direction", () => {
  expect(chooseRows({ rows, chosen: ["d"], pressed: "b", from: "d" })).toEqual(["d", "b", "c"]);
  expect(chooseRows({ rows, chosen: ["a", "b", "c"], pressed: "c", from: "b" })).toEqual(["a"]);
});

test("what was chosen on other pages stays, and one that is gone is no beginning", () => {
  expect(chooseRows({ rows, chosen: ["x"], pressed: "a", from: "gone" })).toEqual(["x", "a"]);
});
