import type { Run } from "@tailbone/protocol/run";
import { type RunRow, readRuns, runColumns } from "../read/get-run";
import type { run as runTable } from "../schema/run";
import type { Database } from "../server/database";
import { refuseMissingRun, writerNotFound } from "./missing-run";

type StateOf = Pick<typeof runTable.$inferSelect, "state">;

interface Beaten extends StateOf {
  /** The run, if it had stalled and runs again. */
  revived: Run | null;
}

/**
 * A heartbeat: the writer lives, or without one, somebody who writes the run. One that has ended stays so. Throws
 * `not_found` when the team has no such run or the run no such writer, and `gone`.
 */
export async function beatWriter(
  db: Database,
  { team, run, writer, nowMs }: { team: string; run: string; writer: string | null; nowMs: number },
): Promise<Beaten> {
  const sql = db.$client;
  const rows = await sql<(RunRow & { before: StateOf["state"] })[]>`
    with old as (
      select run.id, run.state from run
      where exists (select 1 from writer where run_id = run.id and (id = ${writer} or ${writer}::uuid is null))
        and run.id = ${run} and run.team_id = ${team} and run.state in ('running', 'stalled') for no key update of run
    ), changed as (
      update run set seen_at_ms = ${nowMs}, state = 'running' from old where run.id = old.id returning run.*
    )
    select ${runColumns(sql)}, old.state as before
    from changed as run join project on project.id = run.project_id join old on old.id = run.id`;
  const [back] = await readRuns(
    sql,
    rows.filter(({ before }) => before === "stalled"),
  );
  if (rows.length > 0) return { state: "running", revived: back?.value ?? null };
  const [ended] = await sql<(StateOf & { hasWriter: boolean })[]>`
    select state, exists (select 1 from writer where run_id = run.id and (id = ${writer} or ${writer}::uuid is null)) as "hasWriter"
    from run where id = ${run} and team_id = ${team}`;
  if (ended === undefined) return refuseMissingRun(sql, { team, run });
  if (!ended.hasWriter) throw writerNotFound(run, writer);
  return { state: ended.state, revived: null };
}
