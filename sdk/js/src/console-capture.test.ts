import { LIMITS, utf8Length } from "@tailbone/protocol/limits";
import { describe, expect, test } from "vitest";
import { ConsoleLines, captureConsole } from "./console-capture";
import { say } from "./own-output";

function open(): { lines: ConsoleLines; got: string[] } {
  const got: string[] = [];
  return { lines: new ConsoleLines((stream, text) => got.push(`${stream}: ${text}`), 0), got };
}

describe("captured output", () => {
  test("comes as whole lines, however it was cut when it was written", () => {
    const { lines, got } = open();
    const bytes = Buffer.from("héllo wörld\nsecond ✓\nrest");
    for (const byte of bytes) lines.write("stdout", Uint8Array.of(byte), 0);
    lines.write("stderr", "other\n", 0);
    expect(got).toEqual(["stdout: héllo wörld", "stdout: second ✓", "stderr: other"]);
    lines.flush(0);
    expect(got.at(-1)).toBe("stdout: rest");
  });

  test("shows of a redrawn, coloured line what a terminal shows in the end", () => {
    const { lines, got } = open();
    lines.write("stdout", "10%\r50%\r\u001b[32m100%\u001b[0m\r\n", 0);
    expect(got).toEqual(["stdout: 100%"]);
  });

  test("is cut where a line is longer than the wire takes", () => {
    const { lines, got } = open();
    lines.write("stdout", `${"✓".repeat(1_000_000)}\n`, 0);
    for (let n = 0; n < 100; n++) lines.write("stderr", "x".repeat(10_000), 0);
    lines.flush(0);
    expect(got.length).toBe(2);
    for (const line of got) {
      expect(utf8Length(line)).toBeLessThanOrEqual(LIMITS.consoleTextBytes + 10);
      expect(line).toContain("(cut)");
    }
  });

  test("of a chatty loop is bounded, and says how many lines are left out", () => {
    const { lines, got } = open();
    for (let n = 0; n < 50_000; n++) lines.write("stdout", `${n}\n`, 0);
    expect(got.length).toBe(2000);
    lines.write("stdout", "later\n", 60_000);
    expect(got.slice(2000)).toEqual(["stderr: (48000 lines came too fast and were left out here)", "stdout: later"]);
  });
});

test("output passes unchanged while it is captured, our own is not captured, and the streams are as before afterwards", () => {
  const before = [process.stdout.write, process.stderr.write];
  const first: string[] = [];
  const second: string[] = [];
  const stopFirst = captureConsole((_, text) => first.push(text));
  const stopSecond = captureConsole((_, text) => second.push(text));
  expect(process.stderr.write("captured\n")).toBeTypeOf("boolean");
  say("not captured");
  stopFirst();
  process.stderr.write("captured by the second\n");
  stopSecond();
  expect(first).toEqual(["captured"]);
  expect(second).toEqual(["captured", "captured by the second"]);
  expect([process.stdout.write, process.stderr.write]).toEqual(before);
});
