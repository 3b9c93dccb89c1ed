import type { Group } from "@tailbone/protocol/frame";
import { toWireNumber } from "@tailbone/protocol/json";
import type { RunRecord } from "@tailbone/protocol/records";
import { formatNumber, oneLine, print, printJson } from "./output";

/** How a tail shows what a run logs. */
export interface TailPrinter {
  readonly points: (groups: readonly Group[]) => void;
  readonly record: (record: RunRecord) => void;
}

interface Row {
  readonly step: number;
  readonly timeMs: number;
  readonly values: readonly [name: string, value: number][];
}

/** What was logged at once is a row; rows are in the order in which they were logged, whichever series they are of. */
function rowsOf(groups: readonly Group[]): Row[] {
  const rows = groups.flatMap(({ names, steps, timesMs, values }) =>
    Array.from(steps, (step, index): Row => {
      const row = names.map((name, series): [string, number] => [name, values[series]?.[index] ?? Number.NaN]);
      return { step, timeMs: timesMs[index] ?? Number.NaN, values: row };
    }),
  );
  return groups.length === 1 ? rows : rows.sort((a, b) => a.timeMs - b.timeMs);
}

/** One object a line. */
export const jsonPrinter: TailPrinter = {
  points: (groups) => {
    for (const { step, timeMs, values } of rowsOf(groups)) {
      const metrics = Object.fromEntries(values.map(([name, value]) => [name, toWireNumber(value)]));
      printJson({ type: "points", step, timeMs, metrics });
    }
  },
  record: printJson,
};

/** For people. */
export const wordPrinter: TailPrinter = {
  points: (groups) => {
    for (const { step, values } of rowsOf(groups)) {
      print(`step ${step}  ${values.map(([name, value]) => `${oneLine(name)} ${formatNumber(value)}`).join("  ")}`);
    }
  },
  record: (record) => {
    if (record.type === "console") {
      for (const line of record.text.split(/\r\n|\r|\n/)) print(`${record.stream === "stderr" ? "!" : "|"} ${line}`);
    } else if (record.type === "alert") print(`alert (${record.level}): ${oneLine(record.title)}`);
    else if (record.type === "checkpoint") print(`checkpoint at step ${record.step}`);
    else if (record.type === "dropped") print(`${record.points} points were dropped (${record.reason})`);
  },
};
