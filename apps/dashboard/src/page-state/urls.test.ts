import { describe, expect, test } from "vitest";
import { alertsUrl, runsUrl, runUrl } from "./urls";

const parsers = Object.entries({ ...runUrl, ...runsUrl, ...alertsUrl });

describe("what a URL says", () => {
  test("of a window comes back as it was, in few digits", () => {
    const { zoom } = runUrl;
    expect(zoom.serialize({ from: 1200.123456, to: 1800.98 })).toBe("1200.1..1801");
    expect(zoom.parse("1200..1800")).toEqual({ from: 1200, to: 1800 });
    expect(zoom.parse("-0.25..0.5")).toEqual({ from: -0.25, to: 0.5 });
    for (const bad of ["", "5", "5..1", "a..b", "1..2..3", "1..Infinity", "..", "1..", "..2"])
      expect(zoom.parse(bad), bad).toBeNull();
  });

  test("of the ranges of single panels comes back as it was, whatever the series is called", () => {
    for (const panel of ["loss", "eval/a@b", "a..b", "x, y", "100%", "a%2Cb"]) {
      const y = [
        { panel, from: 0, to: 1 },
        { panel, from: -1e-3, to: null },
        { panel, from: null, to: 2.5 },
      ];
      expect(runUrl.y.parse(runUrl.y.serialize(y))).toEqual(y);
      const zooms = [
        { panel, from: 10, to: 20 },
        { panel: "lr", from: -1, to: 0.5 },
      ];
      expect(runUrl.zooms.parse(runUrl.zooms.serialize(zooms))).toEqual(zooms);
      const off = [
        { panel, line: "a@b%" },
        { panel: "#1", line: panel },
      ];
      expect(runUrl.off.parse(runUrl.off.serialize(off))).toEqual(off);
      expect(runUrl.closed.parse(runUrl.closed.serialize([panel, "train"]))).toEqual([panel, "train"]);
    }
    for (const bad of ["", "..@loss", "1..0@loss", "a..b@loss", "0..1", "0..1@", "1@loss", "0..1..2@loss"])
      expect(runUrl.y.parse(bad), bad).toEqual([]);
    expect(runUrl.y.parse("0..1@loss,broken")).toEqual([{ panel: "loss", from: 0, to: 1 }]);
  });

  test("and cannot be read counts as missing, in every field", () => {
    expect(runUrl.tab.parse("nothing")).toBeNull();
    expect(runUrl.logx.parse("yes")).toBeNull();
    expect(runUrl.smooth.parse("a")).toBeNull();
    expect(runUrl.thresholds.parse("{")).toBeNull();
    expect(runUrl.thresholds.parse('{"alpha":7}')).toBeNull();
    expect(runUrl.thresholds.parse('{"alpha":0.01}')).toEqual({ alpha: 0.01 });
    expect(runsUrl.facts.parse("state,nonsense,who")).toEqual(["state", "who"]);
    expect(alertsUrl.which.parse("unread")).toBe("unread");
  });

  test("is a default only where there is one, and each default can be written and read", () => {
    const withDefault = parsers.flatMap(([name, parser]) => ("defaultValue" in parser ? [name] : []));
    expect(withDefault).toEqual(expect.arrayContaining(["tab", "x", "y", "zooms", "smooth", "filter", "which"]));
    expect(withDefault).not.toContain("zoom");
    expect(withDefault).not.toContain("closed");
    expect(runUrl.y.parse(runUrl.y.serialize(runUrl.y.defaultValue))).toEqual([]);
    expect(runUrl.x.parse(runUrl.x.serialize(runUrl.x.defaultValue))).toBe("step");
    expect(runUrl.logx.eq(runUrl.logx.defaultValue, false)).toBe(true);
    expect(runUrl.y.eq(runUrl.y.defaultValue, [])).toBe(true);
  });
});
