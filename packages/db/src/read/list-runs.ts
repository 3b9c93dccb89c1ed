import { systemClock } from "@tailbone/base/clock";
import { TailboneError } from "@tailbone/protocol/errors";
import type { RunList, RunListQuery } from "@tailbone/protocol/http";
import { parseFilter } from "@tailbone/query/parse-filter";
import postgres from "postgres";
import type { Client, Database, Transaction } from "../server/database";
import { compileFilter } from "./compile-filter";
import { type RunRow, readRuns, runColumns } from "./get-run";
import { findProject } from "./projects";

type Fragment = ReturnType<typeof runColumns>;
type Sql = Client | Transaction;

interface ListRuns extends RunListQuery {
  team: string;
  nowMs?: number;
  /** How long the database may look for runs: a filter can ask for a lot. */
  longestMs?: number;
}

/**
 * A page of the team's runs: those that the filter is true of, in the order of `sort`, ties by age. The cursor holds
 * how many runs came before. Throws `not_found` for an unknown project and `bad_request` for a cursor that is none and
 * for a filter that cannot be read (with its place) or takes too long.
 */
export async function listRuns(
  db: Database,
  { team, nowMs = systemClock.wallMs(), longestMs = 5000, ...query }: ListRuns,
): Promise<RunList> {
  const filter = parseFilter(query.filter);
  const project = query.project === undefined ? null : await findProject(db, { team, project: query.project });
  const offset = readCursor(query.cursor);
  return query.filter === "" ? read(db.$client) : readInTime(db, longestMs, read);

  async function read(sql: Sql): Promise<RunList> {
    const where = sql`
      run.team_id = ${team} ${project === null ? sql`` : sql`and run.project_id = ${project}`}
      and ${compileFilter(sql, filter, nowMs)}`;
    const [rows, [count]] = await Promise.all([
      sql<RunRow[]>`
        select ${runColumns(sql)} from run join project on project.id = run.project_id
        ${sortOf(sql, query.sort, where)}, run.id desc limit ${query.limit} offset ${offset}`,
      sql<{ total: number }[]>`select count(*)::int as total from run where ${where}`,
    ]);
    const total = count?.total ?? 0;
    const end = offset + rows.length;
    const found = await readRuns(sql, rows);
    return {
      runs: found.flatMap(({ value }) => value ?? []),
      total,
      cursor: end < total ? String(end) : null,
      unreadable: found.flatMap(({ value, unreadable }) => (value === null ? unreadable : [])),
    };
  }
}

async function readInTime(
  db: Database,
  longestMs: number,
  read: (sql: Transaction) => Promise<RunList>,
): Promise<RunList> {
  try {
    return await db.$client.begin("read only", async (sql) => {
      await sql`select set_config('statement_timeout', ${String(longestMs)}, true)`;
      return read(sql);
    });
  } catch (error) {
    const why = error instanceof postgres.PostgresError ? TOO_MUCH[error.code] : undefined;
    if (why === undefined) throw error;
    throw new TailboneError("bad_request", `The filter asks for too much: ${why}.`, "Narrow it, or ask for less.", {
      cause: error,
    });
  }
}

/** What PostgreSQL says of a filter that it does not get through. */
const TOO_MUCH: Record<string, string> = {
  "57014": "the runs were not found in time",
  "2201B": "a regular expression is too large",
};

/** How rows are sorted, and of which series if it is by one. */
function sortOf(sql: Sql, sort: string, where: Fragment): Fragment {
  const descending = sort.startsWith("-");
  const name = descending ? sort.slice(1) : sort;
  const direction = descending ? sql`desc nulls last` : sql`asc nulls last`;
  if (name.startsWith("series:")) {
    return sql`
      left join series on series.run_id = run.id and series.name = ${name.slice("series:".length)} and series.count > 0
      where ${where} order by nullif(series.last, 'NaN') ${direction}, run.created_at_ms desc`;
  }
  const by = {
    name: sql`lower(run.name)`,
    state: sql`run.state`,
    duration: sql`coalesce(run.finished_at_ms, run.seen_at_ms) - run.started_at_ms`,
    created: sql`run.created_at_ms`,
    started: sql`run.started_at_ms`,
  }[name];
  return sql`where ${where} order by ${by ?? sql`run.created_at_ms`} ${direction}`;
}

function readCursor(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  if (/^\d{1,9}$/.test(cursor)) return Number(cursor);
  throw new TailboneError(
    "bad_request",
    "The cursor is none of this list's.",
    "Take it from the answer before, unchanged.",
  );
}
