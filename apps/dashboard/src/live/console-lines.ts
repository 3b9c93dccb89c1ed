import type { Frame } from "@tailbone/protocol/frame";
import type { ConsoleList } from "../api/calls";

export interface ConsoleLine {
  /** Null: it came live, and the hub's id for it is not known. */
  readonly id: number | null;
  readonly timeMs: number;
  readonly stream: "stdout" | "stderr";
  readonly text: string;
}

export interface ConsoleLines {
  readonly lines: readonly ConsoleLine[];
  /** There are older lines on the hub. */
  readonly more: boolean;
}

/** Lines that a page keeps; beyond it the oldest go. */
const MOST_LINES = 100_000;

export const fromConsoleList = ({ lines, more }: ConsoleList): ConsoleLines => ({ lines, more });

/** Adds the lines of new frames behind those that are known. */
export function addLines(known: ConsoleLines, frames: readonly Frame[]): ConsoleLines {
  const fresh = frames.flatMap(({ records }) =>
    records.flatMap((record): ConsoleLine[] => (record.type === "console" ? [{ ...record, id: null }] : [])),
  );
  if (fresh.length === 0) return known;
  const lines = [...known.lines, ...fresh];
  return lines.length > MOST_LINES
    ? { lines: lines.slice(lines.length - MOST_LINES * 0.9), more: true }
    : { lines, more: known.more };
}

/** Puts older lines before those that are known. */
export const addOlder = (known: ConsoleLines, { lines, more }: ConsoleList): ConsoleLines => ({
  lines: [...lines, ...known.lines],
  more,
});

/** Lines in which a text occurs, whatever its case. */
export function searchLines(lines: readonly ConsoleLine[], search: string): readonly ConsoleLine[] {
  const wanted = search.toLowerCase();
  return wanted === "" ? lines : lines.filter(({ text }) => text.toLowerCase().includes(wanted));
}
