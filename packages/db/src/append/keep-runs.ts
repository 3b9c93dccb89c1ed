import type { Run, RunState } from "@tailbone/protocol/run";
import { type RunRow, readRuns, runColumns } from "../read/get-run";
import { applyRules, stalledOccurrence } from "../rules/apply-rules";
import type { Database } from "../server/database";
import type { SilenceWatch } from "../server/silence-watch";
import { refuseMissingRun, writerNotFound } from "./missing-run";

interface Beaten {
  state: RunState;
  /** The run, if it had stalled and runs again. */
  revived: Run | null;
}

/**
 * A heartbeat: the writer lives, or without one, somebody who writes the run. One that has ended stays so. Throws `not_found` when the team
 * has no such run or the run no such writer, and `gone`.
 */
export async function beatWriter(
  db: Database,
  { team, run, writer, nowMs }: { team: string; run: string; writer: string | null; nowMs: number },
): Promise<Beaten> {
  const sql = db.$client;
  const rows = await sql<(RunRow & { before: string })[]>`
    with old as (
      select run.id, run.state from run
      where exists (select 1 from writer where run_id = run.id and (id = ${writer} or ${writer}::uuid is null))
        and run.id = ${run} and run.team_id = ${team} and run.state in ('running', 'stalled') for no key update of run
    ), changed as (
      update run set seen_at_ms = ${nowMs}, state = 'running' from old where run.id = old.id returning run.*
    )
    select ${runColumns(sql)}, old.state as before
    from changed as run join project on project.id = run.project_id join old on old.id = run.id`;
  const stalled = rows.filter(({ before }) => before === "stalled").map(({ before: _, ...row }) => row);
  const [back] = await readRuns(sql, stalled);
  if (rows.length > 0) return { state: "running", revived: back?.value ?? null };
  const [ended] = await sql<{ state: RunState; hasWriter: boolean }[]>`
    select state, exists (select 1 from writer where run_id = run.id and (id = ${writer} or ${writer}::uuid is null)) as "hasWriter"
    from run where id = ${run} and team_id = ${team}`;
  if (ended === undefined) return refuseMissingRun(sql, { team, run });
  if (!ended.hasWriter) throw writerNotFound(run, writer);
  return { state: ended.state, revived: null };
}

/** A run of some team, for the hub's own rounds over all of them. */
export interface TeamRun {
  team: string;
  /** Null: it cannot be read. */
  run: Run | null;
  /** Alerts of rules that wait for stalled runs. */
  alerts: readonly string[];
}

interface Sweep {
  /** What this process has heard of them so far. */
  watch: SilenceWatch;
  /** By the wall's clock, for alerts. */
  nowMs: number;
  /** By the clock that silence is measured with. */
  monotonicMs: number;
  afterMs: number;
}

/** Marks the running runs, of all teams, that nobody has heard of for `afterMs`: the hub's own work, no caller's query. */
export async function sweepStalledRuns(
  db: Database,
  { watch, nowMs, monotonicMs, afterMs }: Sweep,
): Promise<TeamRun[]> {
  const running = await db.$client<{ id: string; seenAtMs: number }[]>`
    select id, seen_at_ms as "seenAtMs" from run where state = 'running'`;
  const silent = watch.observe(running, { nowMs: monotonicMs, afterMs });
  if (silent.length === 0) return [];
  return db.$client.begin(async (sql) => {
    const rows = await sql<(RunRow & { team: string })[]>`
      with changed as (
        update run set state = 'stalled'
        from unnest(${silent.map(({ id }) => id)}::uuid[], ${silent.map(({ seenAtMs }) => seenAtMs)}::float8[])
          as silent (id, seen_at_ms)
        where run.id = silent.id and run.state = 'running' and run.seen_at_ms = silent.seen_at_ms returning run.*
      )
      select ${runColumns(sql)}, run.team_id as team from changed as run join project on project.id = run.project_id`;
    const runs = await readRuns(
      sql,
      rows.map(({ team: _, ...row }) => row),
    );
    const found: TeamRun[] = [];
    for (const [index, { id, team }] of rows.entries()) {
      const alerts = await applyRules(sql, { team, run: id, occurrences: [stalledOccurrence], nowMs });
      found.push({ team, run: runs[index]?.value ?? null, alerts });
    }
    return found;
  });
}
