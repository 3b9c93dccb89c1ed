import { describe, expect, test } from "vitest";
import { chartParsers, parseAsLimits, parseAsSpan } from "./chart-url";
import { flattenConfig, searchConfig } from "./flat-config";

describe("what a URL says", () => {
  test("of a window comes back as it was, in few digits", () => {
    expect(parseAsSpan.serialize({ from: 1200.123456, to: 1800.98 })).toBe("1200.1..1801");
    expect(parseAsSpan.parse("1200..1800")).toEqual({ from: 1200, to: 1800 });
    expect(parseAsSpan.parse("-0.25..0.5")).toEqual({ from: -0.25, to: 0.5 });
    for (const bad of ["", "5", "5..1", "a..b", "1..2..3", "1..Infinity"]) expect(parseAsSpan.parse(bad)).toBeNull();
  });

  test("of y axes set by hand comes back as it was, whatever the series is called", () => {
    for (const series of ["loss", "eval/a@b", "a..b", "x, y"]) {
      for (const limits of [
        { from: 0, to: 1 },
        { from: -1e-3, to: null },
        { from: null, to: 2.5 },
      ]) {
        expect(parseAsLimits.parse(parseAsLimits.serialize({ series, ...limits }))).toEqual({ series, ...limits });
      }
    }
    for (const bad of ["", "..@loss", "1..0@loss", "a..b@loss", "0..1", "0..1@"])
      expect(parseAsLimits.parse(bad)).toBeNull();
    const several = [
      { series: "x, y", from: 0, to: 1 },
      { series: "loss", from: null, to: 2 },
    ];
    expect(chartParsers.y.parse(chartParsers.y.serialize(several))).toEqual(several);
  });
});

test("a config is listed by its innermost values, and found by key or value", () => {
  const entries = flattenConfig({ lr: 0.1, model: { hidden: [8, 8], act: { name: "relu" } }, empty: {} });
  expect(entries.map(({ path }) => path.join("."))).toEqual(["lr", "model.hidden", "model.act.name", "empty"]);
  expect(searchConfig(entries, "act relu").map(({ value }) => value)).toEqual(["relu"]);
  expect(searchConfig(entries, "0.1")).toHaveLength(1);
});
