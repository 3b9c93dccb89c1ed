import { describe, expect, test } from "vitest";
import { formatBytes, formatCount, formatPlural, formatStep, formatValue } from "./number";
import { formatAgo, formatDuration } from "./time";

const plain = (text: string): string => text.replaceAll("\u202f", " ");

describe("numbers", () => {
  test("are short and say what they are", () => {
    const cases: [number, string][] = [
      [0, "0"],
      [0.083124, "0.08312"],
      [-0.5, "−0.5"],
      [1.23456, "1.235"],
      [12.3456, "12.35"],
      [1234.5678, "1 235"],
      [123_456, "123 456"],
      [0.00012, "1.2e−4"],
      [-3e-9, "−3e−9"],
      [1e9, "1e9"],
      [Number.NaN, "NaN"],
      [Number.NEGATIVE_INFINITY, "−∞"],
    ];
    for (const [value, text] of cases) expect([value, plain(formatValue(value))]).toEqual([value, text]);
  });

  test("of steps, counts and bytes hold their thousands apart", () => {
    expect(plain(formatCount(1_234_567))).toBe("1 234 567");
    expect(plain(formatStep(2310))).toBe("2 310");
    expect(formatStep(0.25)).toBe("0.25");
    expect(plain(formatBytes(16_500_000_000))).toBe("17 GB");
    expect(plain(formatBytes(1500))).toBe("1.5 kB");
    expect([formatPlural(1, "run"), formatPlural(2, "run")]).toEqual(["1 run", "2 runs"]);
  });
});

describe("times", () => {
  test("of a duration grow by their units", () => {
    const cases: [number, string][] = [
      [400, "0.4 s"],
      [12_000, "12 s"],
      [72_000, "1:12"],
      [7_391_000, "2:03:11"],
      [273_600_000, "3 d 4 h"],
    ];
    for (const [ms, text] of cases) expect(formatDuration(ms)).toBe(text);
  });

  test("gone by are told in one unit", () => {
    const now = 1_700_000_000_000;
    const ago = (seconds: number): string => formatAgo(now - seconds * 1000, now);
    expect([ago(1), ago(30), ago(125), ago(7300)]).toEqual(["now", "30 s ago", "2 min ago", "2 h ago"]);
  });
});
