import {
  type CheckpointList,
  type ConsoleLine,
  type ConsoleList,
  checkpointSchema,
  consoleLineSchema,
} from "@tailbone/protocol/http";
import { LIMITS } from "@tailbone/protocol/limits";
import { readParts } from "@tailbone/protocol/unreadable";
import { runNotFound } from "../append/missing-run";
import type { Database } from "../server/database";
import { readRun } from "./get-run";

/** All checkpoints of a run, by step. Throws `not_found`. */
export async function listCheckpoints(
  db: Database,
  { team, run }: { team: string; run: string },
): Promise<CheckpointList> {
  await readRun(db.$client, { team, run });
  const rows = await db.$client<{ step: number; weights: unknown }[]>`
    select step, time_ms as "timeMs", metrics, weights from checkpoint
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
}

/** The newest lines before `before`, oldest first; `more` says whether there are older ones. Throws `not_found`. */
export async function listConsole(
  db: Database,
  { team, run, before, limit }: { team: string; run: string; before?: number | undefined; limit: number },
): Promise<ConsoleList> {
  return db.$client.begin("isolation level repeatable read read only", async (sql) => {
    const [head] = await sql<{ offset: number }[]>`
      select stream_offset as "offset" from run where id = ${run} and team_id = ${team}`;
    if (head === undefined) throw runNotFound(run);
    const rows = await sql<{ id: number; text: string }[]>`
      select number as id, time_ms as "timeMs", stream, text from console_line
      where run_id = ${run} and team_id = ${team} ${before === undefined ? sql`` : sql`and number < ${before}`}
      order by number desc limit ${limit + 1}`;
    const read = rows
      .slice(0, limit)
      .reverse()
      .map((row) =>
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
      offset: head.offset,
      lines: read.flatMap(({ value }) => value ?? []),
      more: rows.length > limit,
      unreadable: read.flatMap(({ unreadable }) => unreadable),
    };
  });
}
