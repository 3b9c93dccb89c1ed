import type { CheckpointRecord } from "@tailbone/protocol/records";
import { runNotFound } from "../append/missing-run";
import type { Database } from "../server/database";
import { readRun } from "./get-run";

type Checkpoint = Omit<CheckpointRecord, "type">;

/** All checkpoints of a run, by step. Throws `not_found`. */
export async function listCheckpoints(
  db: Database,
  { team, run }: { team: string; run: string },
): Promise<Checkpoint[]> {
  await readRun(db.$client, { team, run });
  const rows = await db.$client<(Checkpoint & { weights: Checkpoint["weights"] | null })[]>`
    select step, time_ms as "timeMs", metrics, weights from checkpoint
    where run_id = ${run} and team_id = ${team} order by step, number`;
  return rows.map(({ weights, ...rest }) => (weights === null || weights === undefined ? rest : { ...rest, weights }));
}

interface ConsolePage {
  offset: number;
  lines: { id: number; timeMs: number; stream: "stdout" | "stderr"; text: string }[];
  more: boolean;
}

/** The newest lines before `before`, oldest first; `more` says whether there are older ones. Throws `not_found`. */
export async function listConsole(
  db: Database,
  { team, run, before, limit }: { team: string; run: string; before?: number | undefined; limit: number },
): Promise<ConsolePage> {
  return db.$client.begin("isolation level repeatable read read only", async (sql) => {
    const [head] = await sql<{ offset: number }[]>`
      select stream_offset as "offset" from run where id = ${run} and team_id = ${team}`;
    if (head === undefined) throw runNotFound(run);
    const lines = await sql<ConsolePage["lines"]>`
      select number as id, time_ms as "timeMs", stream, text from console_line
      where run_id = ${run} and team_id = ${team} ${before === undefined ? sql`` : sql`and number < ${before}`}
      order by number desc limit ${limit + 1}`;
    return { offset: head.offset, lines: lines.slice(0, limit).reverse(), more: lines.length > limit };
  });
}
