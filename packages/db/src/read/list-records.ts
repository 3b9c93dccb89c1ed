import {
  type CheckpointList,
  type ConsoleLine,
  type ConsoleList,
  checkpointSchema,
  consoleLineSchema,
} from "@tailbone/protocol/http";
import { LIMITS } from "@tailbone/protocol/limits";
import { readParts } from "@tailbone/protocol/unreadable";
import { checkpoint as checkpointTable, consoleLine } from "../schema/run";
import { type RowOf, selectColumns } from "../schema/select-columns";
import type { Database } from "../server/database";
import { readSnapshot } from "./read-snapshot";

const checkpointColumns = selectColumns(checkpointTable, "step", "timeMs", "metrics", "weights");
const lineColumns = selectColumns(consoleLine, "timeMs", "stream", "text", { id: "number" });

/** All checkpoints of a run, by step. Throws `not_found`. */
export function listCheckpoints(db: Database, { team, run }: { team: string; run: string }): Promise<CheckpointList> {
  return readSnapshot(db, { team, run }, async (sql) => {
    const rows = await sql<RowOf<typeof checkpointColumns>[]>`
      select ${checkpointColumns.list(sql)} from checkpoint
      where run_id = ${run} and team_id = ${team} order by step, number`;
    const read = rows.map(({ weights, ...rest }) => {
      const about = { what: "checkpoint", id: run, name: `step ${rest.step}` };
      return readParts(checkpointSchema, weights === null ? rest : { ...rest, weights }, about, () => ({
        timeMs: 0,
        metrics: {},
        weights: undefined,
      }));
    });
    return {
      checkpoints: read.flatMap(({ value }) => value ?? []),
      unreadable: read.flatMap(({ unreadable }) => unreadable),
    };
  });
}

/** The newest lines before `before`, oldest first; `more` says whether there are older ones. Throws `not_found`. */
export function listConsole(
  db: Database,
  { team, run, before, limit }: { team: string; run: string; before?: number | undefined; limit: number },
): Promise<ConsoleList> {
  return readSnapshot(db, { team, run }, async (sql, offset) => {
    const rows = await sql<RowOf<typeof lineColumns>[]>`
      select ${lineColumns.list(sql)} from console_line
      where run_id = ${run} and team_id = ${team} ${before === undefined ? sql`` : sql`and number < ${before}`}
      order by number desc limit ${limit + 1}`;
    const shown = rows.slice(0, limit).reverse();
    const read = shown.map((row) =>
      readParts(
        consoleLineSchema,
        row,
        { what: "line", id: String(row.id), name: `line ${row.id}` },
        (): Partial<ConsoleLine> => ({
          timeMs: 0,
          stream: "stdout",
          text: row.text.slice(0, LIMITS.consoleTextBytes),
        }),
      ),
    );
    return {
      offset,
      lines: read.flatMap(({ value }) => value ?? []),
      more: rows.length > limit,
      unreadable: read.flatMap(({ unreadable }) => unreadable),
    };
  });
}
