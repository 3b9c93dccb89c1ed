import { type JsonObject, toWireNumber } from "@tailbone/protocol/json";
import type { RunError } from "@tailbone/protocol/records";
import type { Host, LifeStrip, Run, RunDetail, RunState } from "@tailbone/protocol/run";
import { runNotFound } from "../append/missing-run";
import type { Client, Database, Transaction } from "../server/database";

/** Last values that a run carries in lists. */
const LAST_VALUES = 100;

export interface RunRow {
  id: string;
  projectId: string;
  projectName: string;
  number: number;
  name: string;
  state: RunState;
  tags: string[];
  createdBy: string;
  createdAtMs: number;
  startedAtMs: number;
  seenAtMs: number;
  finishedAtMs: number | null;
  totalSteps: number | null;
  lastStep: number | null;
  offset: number;
  points: number;
  droppedPoints: number;
  error: RunError | null;
  notes: string;
  lives: LifeStrip[];
}

/** The columns of `RunRow`, for a query over `run` joined with `project`. */
export const runColumns = (sql: Client | Transaction) => sql`
  run.id, project.id as "projectId", project.name as "projectName", run.number, run.name, run.state, run.tags, run.created_by as "createdBy",
  run.created_at_ms as "createdAtMs", run.started_at_ms as "startedAtMs", run.seen_at_ms as "seenAtMs",
  run.finished_at_ms as "finishedAtMs", run.total_steps as "totalSteps", run.last_step as "lastStep",
  run.stream_offset as "offset", run.points, run.dropped_points as "droppedPoints", run.error, run.notes,
  coalesce((select strips from run_life where run_life.run_id = run.id), '[]') as lives`;

/** The last values of the first series, by name, of each run. */
const readLastValues = (sql: Client | Transaction, runs: readonly string[]) => sql<LastValue[]>`
  select wanted.run, found.name, found.last
  from unnest(${[...runs]}::uuid[]) as wanted (run) cross join lateral (
    select name, last from series where run_id = wanted.run and count > 0 order by name limit ${LAST_VALUES}
  ) as found`;

interface LastValue {
  run: string;
  name: string;
  last: number;
}

function toRuns(rows: readonly RunRow[], values: readonly LastValue[]): Run[] {
  const last = new Map<string, [string, Run["last"][string]][]>(rows.map(({ id }) => [id, []]));
  for (const { run, name, last: value } of values) last.get(run)?.push([name, toWireNumber(value)]);
  return rows.map(({ projectId, projectName, ...row }) => ({
    ...row,
    project: { id: projectId, name: projectName },
    last: Object.fromEntries(last.get(row.id) ?? []),
  }));
}

/** Adds to each run the last values of its series. */
export async function withLastValues(sql: Client | Transaction, rows: readonly RunRow[]): Promise<Run[]> {
  if (rows.length === 0) return [];
  return toRuns(
    rows,
    await readLastValues(
      sql,
      rows.map((row) => row.id),
    ),
  );
}

/** A run of the team. Throws `not_found`, also when it belongs to another. */
export async function readRun(sql: Client | Transaction, { team, run }: { team: string; run: string }): Promise<Run> {
  const [rows, values] = await Promise.all([
    sql<RunRow[]>`
      select ${runColumns(sql)} from run join project on project.id = run.project_id
      where run.id = ${run} and run.team_id = ${team}`,
    readLastValues(sql, [run]),
  ]);
  const [found] = toRuns(rows, values);
  if (found === undefined) throw runNotFound(run);
  return found;
}

export function getRun(db: Database, input: { team: string; run: string }): Promise<Run> {
  return readRun(db.$client, input);
}

/** In which of the team's projects a run lies. Throws `not_found`. */
export async function readProjectOf(db: Database, { team, run }: { team: string; run: string }): Promise<string> {
  const [row] = await db.$client<{ project: string }[]>`
    select project_id as project from run where id = ${run} and team_id = ${team}`;
  if (row === undefined) throw runNotFound(run);
  return row.project;
}

/** A run with its config, host and writers. Throws `not_found`. */
export function getRunDetail(db: Database, input: { team: string; run: string }): Promise<RunDetail> {
  return readRunDetail(db.$client, input);
}

export async function readRunDetail(
  sql: Client | Transaction,
  { team, run }: { team: string; run: string },
): Promise<RunDetail> {
  const [head, [rest], writers] = await Promise.all([
    readRun(sql, { team, run }),
    sql<
      { config: JsonObject; host: Host | null }[]
    >`select config, host from run where id = ${run} and team_id = ${team}`,
    sql<RunDetail["writers"]>`
      select id, leg, opened_at_ms as "openedAtMs", started_at_ms as "startedAtMs", last_at_ms as "lastAtMs",
        next_sequence as frames, config
      from writer where run_id = ${run} and team_id = ${team} order by leg`,
  ]);
  if (rest === undefined) throw runNotFound(run);
  return { ...head, ...rest, writers: [...writers] };
}
