import type { Run } from "@tailbone/protocol/run";
import { type RunRow, readRuns, runColumns } from "../read/get-run";
import { applyRules, stalledOccurrence } from "../rules/apply-rules";
import { run as runTable } from "../schema/run";
import { type RowOf, selectColumns } from "../schema/select-columns";
import type { Database } from "../server/database";
import type { SilenceWatch } from "../server/silence-watch";

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

const seenColumns = selectColumns(runTable, "id", "seenAtMs");
const teamColumn = selectColumns(runTable, { team: "teamId" });

/**
 * Marks the running runs, of all teams, that nobody has heard of for `afterMs`: the hub's own work, no caller's query.
 */
export async function sweepStalledRuns(
  db: Database,
  { watch, nowMs, monotonicMs, afterMs }: Sweep,
): Promise<TeamRun[]> {
  const running = await db.$client<RowOf<typeof seenColumns>[]>`
    select ${seenColumns.list(db.$client)} from run where state = 'running'`;
  const silent = watch.observe(running, { nowMs: monotonicMs, afterMs });
  if (silent.length === 0) return [];
  return db.$client.begin(async (sql) => {
    const rows = await sql<(RunRow & RowOf<typeof teamColumn>)[]>`
      with changed as (
        update run set state = 'stalled'
        from unnest(${silent.map(({ id }) => id)}::uuid[], ${silent.map(({ seenAtMs }) => seenAtMs)}::float8[])
          as silent (id, seen_at_ms)
        where run.id = silent.id and run.state = 'running' and run.seen_at_ms = silent.seen_at_ms returning run.*
      )
      select ${runColumns(sql)}, ${teamColumn.list(sql)} from changed as run join project on project.id = run.project_id`;
    const runs = await readRuns(sql, rows);
    const found: TeamRun[] = [];
    for (const [index, { id, team }] of rows.entries()) {
      const alerts = await applyRules(sql, { team, run: id, occurrences: [stalledOccurrence], nowMs });
      found.push({ team, run: runs[index]?.value ?? null, alerts });
    }
    return found;
  });
}
