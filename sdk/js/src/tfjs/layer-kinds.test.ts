import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, test } from "vitest";

const loader = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const script = fileURLToPath(new URL("./layer-kinds.test-util.ts", import.meta.url));

interface Line {
  kind: string;
  readings: { step: number; encoded: object | null; used: object | null; marks?: string[] }[];
}

test("models of every kind are measured on the thread, in a process that has TensorFlow.js' core and layers alone", async () => {
  const child = spawn(process.execPath, ["--import", loader, script], { stdio: ["ignore", "pipe", "pipe"] });
  let [output, told] = ["", ""];
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (told += chunk));
  const [code] = await once(child, "close");
  expect(code, told).toBe(0);
  expect(told).not.toContain("cannot be rebuilt on another thread");
  const lines: Line[] = output
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.map(({ kind }) => kind)).toEqual([
    ...["dense", "conv", "embedding", "lstm", "gru", "simple rnn", "bidirectional", "attention", "branches"],
  ]);
  for (const { kind, readings } of lines) {
    expect(
      readings.map(({ step }) => step),
      kind,
    ).toEqual([0, 2, 3]);
    for (const { encoded, used, marks = [] } of readings) {
      expect([encoded, used], `${kind}: ${marks}`).not.toContain(null);
      expect(marks, kind).not.toContain("not_measurable");
    }
  }
}, 120_000);
