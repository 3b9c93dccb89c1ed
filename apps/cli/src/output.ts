import { stripVTControlCharacters } from "node:util";
import type { Unreadable } from "@tailbone/protocol/unreadable";

/**
 * What moves the cursor, rings, or turns the direction of writing: controls but tab and line end, and Unicode's marks
 * for bidirectional text.
 */
const CONTROLS = /(?![\t\n])[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Text that others wrote, fit for a terminal: it can colour, erase, retitle, answer or fake nothing. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replaceAll(CONTROLS, "");
}

/** The same on one line: a name cannot look like a line of its own. */
export const oneLine = (text: string): string => plain(text.replaceAll(/[\r\n]+/g, " "));

/** Writes a line to stdout: what the command was asked for. */
export function print(line: string): void {
  process.stdout.write(`${plain(line)}\n`);
}

/** Writes a value to stdout as one line of JSON; what JSON leaves as it is, a terminal may still obey. */
export function printJson(value: unknown): void {
  const spell = (control: string): string => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`;
  process.stdout.write(`${JSON.stringify(value).replaceAll(CONTROLS, spell)}\n`);
}

/** Writes a line to stderr: what a person may want to know besides. */
export function note(line: string): void {
  process.stderr.write(`${plain(line)}\n`);
}

/** What of an answer is missing, because it cannot be read. */
export function noteUnreadable(all: readonly Unreadable[]): void {
  for (const { what, id, name, reason } of all) note(`Not readable: ${what} of ${name} (${id}): ${reason}.`);
}

/** Rows as columns of equal width, the heads in capitals. */
export function formatTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [heads.map((head) => head.toUpperCase()), ...rows.map((row) => row.map(oneLine))];
  const widths = heads.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** A number in as few characters as say what matters. */
export function formatNumber(value: number | string): string {
  return typeof value === "number" ? String(Number(value.toPrecision(6))) : value;
}
