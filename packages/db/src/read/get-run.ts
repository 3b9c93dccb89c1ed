import { TailboneError } from "@tailbone/protocol/errors";
import { toWireNumber } from "@tailbone/protocol/json";
import { type Run, type RunDetail, runDetailSchema, runSchema, writerSchema } from "@tailbone/protocol/run";
import { type ReadParts, readParts, UNREADABLE_HINT } from "@tailbone/protocol/unreadable";
import { runNotFound } from "../append/missing-run";
import { project as projectTable, run as runTable, series as seriesTable, writer as writerTable } from "../schema/run";
import { type RowOf, selectColumns } from "../schema/select-columns";
import type { Client, Database, Transaction } from "../server/database";

/** Last values that a run carries in lists. */
const LAST_VALUES = 100;

const headColumns = selectColumns(
  runTable,
  "id",
  "projectId",
  "number",
  "name",
  "state",
  "tags",
  "createdBy",
  "createdAtMs",
  "startedAtMs",
  "seenAtMs",
  "finishedAtMs",
  "totalSteps",
  "lastStep",
  "points",
  "droppedPoints",
  "error",
  "notes",
  { offset: "streamOffset" },
);
const projectColumns = selectColumns(projectTable, { projectName: "name" });
const projectColumn = selectColumns(runTable, "projectId");
const lastColumns = selectColumns(seriesTable, "runId", "name", "last");
const restColumns = selectColumns(runTable, "config", "host");
const writerColumns = selectColumns(writerTable, "id", "leg", "openedAtMs", "startedAtMs", "lastAtMs", "config", {
  frames: "nextSequence",
});

/** What `runColumns` selects, as it stands there; `readHead` reads it. */
export type RunRow = RowOf<typeof headColumns> & RowOf<typeof projectColumns> & { lives: unknown };

type Head = Omit<Run, "last" | "unreadable">;
const headSchema = runSchema.omit({ last: true, unreadable: true });

/**
 * A run's head without its last values. Of a run whose state cannot be read it is not said that it runs or how it
 * ended.
 */
function readHead({ projectId, projectName, ...row }: RunRow): ReadParts<Head> {
  const whole = { ...row, project: { id: projectId, name: projectName } };
  return readParts(headSchema, whole, { what: "run", id: row.id, name: row.name }, () => ({
    project: { id: projectId, name: "unreadable" },
    number: 1,
    name: "unreadable",
    state: "stalled",
    tags: [],
    createdAtMs: 0,
    startedAtMs: 0,
    seenAtMs: 0,
    finishedAtMs: null,
    totalSteps: null,
    lastStep: null,
    offset: 0,
    points: 0,
    droppedPoints: 0,
    error: null,
    lives: [],
  }));
}

/** The columns of `RunRow`, for a query over `run` joined with `project`. */
export const runColumns = (sql: Client | Transaction) => sql`
  ${headColumns.list(sql)}, ${projectColumns.list(sql)},
  coalesce((select strips from run_life where run_life.run_id = run.id), '[]') as lives`;

/** The last values of the first series, by name, of each run. */
const readLastValues = (sql: Client | Transaction, runs: readonly string[]) => sql<LastValue[]>`
  select ${lastColumns.list(sql)}
  from unnest(${[...runs]}::uuid[]) as wanted (run) cross join lateral (
    select run_id, name, last from series where run_id = wanted.run and count > 0 order by name limit ${LAST_VALUES}
  ) as series`;
type LastValue = RowOf<typeof lastColumns>;

function toRuns(rows: readonly RunRow[], values: readonly LastValue[]): ReadParts<Run>[] {
  const last = new Map<string, [string, Run["last"][string]][]>(rows.map(({ id }) => [id, []]));
  for (const { runId, name, last: value } of values) last.get(runId)?.push([name, toWireNumber(value)]);
  return rows.map((row) => {
    const { value, unreadable } = readHead(row);
    if (value === null) return { value, unreadable };
    return { value: { ...value, last: Object.fromEntries(last.get(row.id) ?? []), unreadable }, unreadable };
  });
}

/** The runs of these rows, in their order, with the last values of their series. */
export async function readRuns(sql: Client | Transaction, rows: readonly RunRow[]): Promise<ReadParts<Run>[]> {
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
  if (found.value !== null) return found.value;
  throw new TailboneError("conflict", `Run ${run} cannot be read: ${found.unreadable[0]?.reason}.`, UNREADABLE_HINT);
}

export function getRun(db: Database, input: { team: string; run: string }): Promise<Run> {
  return readRun(db.$client, input);
}

/** In which of the team's projects a run lies. Throws `not_found`. */
export async function readProjectOf(db: Database, { team, run }: { team: string; run: string }): Promise<string> {
  const [row] = await db.$client<RowOf<typeof projectColumn>[]>`
    select ${projectColumn.list(db.$client)} from run where id = ${run} and team_id = ${team}`;
  if (row === undefined) throw runNotFound(run);
  return row.projectId;
}

const restSchema = runDetailSchema.pick({ config: true, host: true });

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
    sql<RowOf<typeof restColumns>[]>`
      select ${restColumns.list(sql)} from run where id = ${run} and team_id = ${team}`,
    sql<RowOf<typeof writerColumns>[]>`
      select ${writerColumns.list(sql)} from writer where run_id = ${run} and team_id = ${team} order by leg`,
  ]);
  if (rest === undefined) throw runNotFound(run);
  const about = { what: "run", id: run, name: head.name };
  const { value, unreadable } = readParts(restSchema, rest, about, () => ({ config: {}, host: null }));
  const legs = writers.map((row) =>
    readParts(writerSchema, row, { what: "writer", id: row.id, name: `writer ${row.leg}` }, () => ({
      openedAtMs: 0,
      startedAtMs: 0,
      lastAtMs: 0,
      frames: 0,
      config: {},
    })),
  );
  return {
    ...head,
    config: value?.config ?? {},
    host: value?.host ?? null,
    writers: legs.flatMap((leg) => leg.value ?? []),
    unreadable: [...head.unreadable, ...unreadable, ...legs.flatMap((leg) => leg.unreadable)],
  };
}
