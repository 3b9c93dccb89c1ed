import { TailboneError } from "@tailbone/protocol/errors";
import type { RunList, RunListQuery } from "@tailbone/protocol/http";
import type { Client, Database } from "../server/database";
import { type RunRow, readRuns, runColumns } from "./get-run";
import { findProject } from "./projects";

type Fragment = ReturnType<typeof runColumns>;

/**
 * A page of the team's runs: those in which every word of `filter` occurs (in name, tags or state; `state:x` and
 * `tag:x`, also written with `=`, look at one field), in the order of `sort`, ties by age. The cursor holds how many
 * runs came before. Throws `not_found` for an unknown project and `bad_request` for a cursor that is none.
 */
export async function listRuns(db: Database, { team, ...query }: RunListQuery & { team: string }): Promise<RunList> {
  const sql = db.$client;
  const project = query.project === undefined ? null : await findProject(db, { team, project: query.project });
  const offset = readCursor(query.cursor);
  const where = sql`
    run.team_id = ${team} ${project === null ? sql`` : sql`and run.project_id = ${project}`} ${filterOf(sql, query.filter)}`;
  const [rows, [count]] = await Promise.all([
    sql<RunRow[]>`
      select ${runColumns(sql)} from run join project on project.id = run.project_id ${sortOf(sql, query.sort)}, run.id desc
      limit ${query.limit} offset ${offset}`,
    sql<{ total: number }[]>`select count(*)::int as total from run where ${where}`,
  ]);
  const total = count?.total ?? 0;
  const end = offset + rows.length;
  const read = await readRuns(sql, rows);
  return {
    runs: read.flatMap(({ value }) => value ?? []),
    total,
    cursor: end < total ? String(end) : null,
    unreadable: read.flatMap(({ value, unreadable }) => (value === null ? unreadable : [])),
  };

  function sortOf(client: Client, sort: string): Fragment {
    const descending = sort.startsWith("-");
    const name = descending ? sort.slice(1) : sort;
    const direction = descending ? client`desc nulls last` : client`asc nulls last`;
    if (name.startsWith("series:")) {
      return client`
        left join series on series.run_id = run.id and series.name = ${name.slice("series:".length)} and series.count > 0
        where ${where} order by nullif(series.last, 'NaN') ${direction}, run.created_at_ms desc`;
    }
    const by = {
      name: client`lower(run.name)`,
      state: client`run.state`,
      duration: client`coalesce(run.finished_at_ms, run.seen_at_ms) - run.started_at_ms`,
      created: client`run.created_at_ms`,
      started: client`run.started_at_ms`,
    }[name];
    return client`where ${where} order by ${by ?? client`run.created_at_ms`} ${direction}`;
  }
}

function filterOf(sql: Client, filter: string): Fragment {
  const words = filter.split(/\s+/).filter((word) => word !== "");
  return words.reduce((all, word) => {
    const [, field, value] = /^(state|tag|name)[=:](.+)$/.exec(word) ?? [];
    const pattern = `%${(value ?? word).replaceAll(/[\\%_]/g, "\\$&")}%`;
    const name = sql`run.name ilike ${pattern}`;
    const state = sql`run.state ilike ${pattern}`;
    const tag = sql`exists (select 1 from unnest(run.tags) as tag where tag ilike ${pattern})`;
    const one = field === undefined ? sql`(${name} or ${state} or ${tag})` : { name, state, tag }[field];
    return one === undefined ? all : sql`${all} and ${one}`;
  }, sql``);
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
