import type { Alert } from "@tailbone/protocol/rules";
import type { CheckpointRecord } from "@tailbone/protocol/records";
import type { Database } from "./database";
import { readRun } from "./get-run";
import { runNotFound } from "./missing-run";

type Checkpoint = Omit<CheckpointRecord, "type">;

/** All checkpoints of a run, by step. Throws `not_found`. */
export async function listCheckpoints(
  db: Database,
  { team, run }: { team: string; run: string },
): Promise<Checkpoint[]> {
  await readRun(db.$client, { team, run });
  const rows = await db.$client<(Checkpoint & { weights: Checkpoint["weights"] | null })[]>`
    select step, time_ms as "timeMs", metrics, weights from checkpoint
    where run_id = ${run} and team_id = ${team} order by step, id`;
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
      select id, time_ms as "timeMs", stream, text from console_line
      where run_id = ${run} and team_id = ${team} ${before === undefined ? sql`` : sql`and id < ${before}`}
      order by id desc limit ${limit + 1}`;
    return { offset: head.offset, lines: lines.slice(0, limit).reverse(), more: lines.length > limit };
  });
}

/** Alerts of the team (or of one run), the newest first. */
export async function listAlerts(
  db: Database,
  { team, run, limit = 200 }: { team: string; run?: string | undefined; limit?: number },
): Promise<Alert[]> {
  const sql = db.$client;
  const rows = await sql<(Omit<Alert, "run"> & { runId: string; runName: string; project: string })[]>`
    select alert.id, alert.title, alert.text, alert.level, alert.step, alert.time_ms as "timeMs",
      run.id as "runId", run.name as "runName", project.name as project
    from alert join run on run.id = alert.run_id join project on project.id = run.project_id
    where alert.team_id = ${team} ${run === undefined ? sql`` : sql`and alert.run_id = ${run}`}
    order by alert.time_ms desc, alert.id desc limit ${limit}`;
  return rows.map(({ runId, runName, project, ...rest }) => ({ ...rest, run: { id: runId, name: runName, project } }));
}
