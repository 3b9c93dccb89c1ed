import { expect, test } from "vitest";
import { csvCell, rawCsv } from "./csv";

test("no text of a CSV begins as a formula does", () => {
  for (const name of ["=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "=cmd|' /C calc'!A0", '"=1']) {
    const cell = csvCell(name).replace(/^"/, "");
    expect([name, /^[\s"]*[=+\-@＝＋－＠]/.test(cell.replace(/^""/, "x"))]).toEqual([name, false]);
  }
  expect([csvCell("loss"), csvCell("odd, name"), csvCell("a=b")]).toEqual(["loss", '"odd, name"', "a=b"]);
});

test("raw points are a row each, with their leg, and what is no finite number by its name", () => {
  const page = { series: "=loss", offset: 2, steps: [0, 1], timesMs: [5, 6], values: [-0.5, Number.NaN] };
  expect(rawCsv({ ...page, legs: [1, 2], abandoned: [1, 0], unreadable: [] })).toBe(
    "'=loss,0,5,-0.5,1,1\n'=loss,1,6,NaN,2,0\n",
  );
});
