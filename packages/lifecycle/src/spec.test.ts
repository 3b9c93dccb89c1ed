import { readFileSync } from "node:fs";
import { FEATURE_STATES } from "@tailbone/protocol/reading";
import { expect, test } from "vitest";
import { FINDINGS, TRANSITIONS } from "./transitions";

test("the specification's table is the code's", () => {
  const lines = readFileSync(new URL("../SPEC.md", import.meta.url), "utf8").split("\n");
  const cells = (line: string): string[] =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
  const head = lines.findIndex((line) => line.startsWith("| state |"));
  expect(cells(lines[head] ?? "").slice(1)).toEqual([...FINDINGS]);
  const rows = lines.slice(head + 2, head + 2 + FEATURE_STATES.length).map(cells);
  const coded = FEATURE_STATES.map((state) => [
    state,
    ...FINDINGS.map((finding) => {
      const { encoded, hidden } = TRANSITIONS[state][finding];
      return encoded === hidden ? encoded : `${encoded} / ${hidden}`;
    }),
  ]);
  expect(rows.sort()).toEqual(coded.sort());
});
