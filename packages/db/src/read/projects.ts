import { TailboneError } from "@tailbone/protocol/errors";
import { type Project, type ProjectList, projectSchema } from "@tailbone/protocol/http";
import { type ReadParts, readParts, UNREADABLE_HINT } from "@tailbone/protocol/unreadable";
import { project as projectTable } from "../schema/run";
import { type RowOf, selectColumns } from "../schema/select-columns";
import type { Database } from "../server/database";

const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

/** The team's projects, the one that was active last first. */
export async function listProjects(db: Database, { team }: { team: string }): Promise<ProjectList> {
  const read = await readProjects(db, team, null);
  return {
    projects: read.flatMap(({ value }) => value ?? []),
    unreadable: read.flatMap(({ unreadable }) => unreadable),
  };
}

/** A project by its id or its name. Throws `not_found`. */
export async function getProject(db: Database, { team, project }: { team: string; project: string }): Promise<Project> {
  const id = await findProject(db, { team, project });
  const [found] = await readProjects(db, team, id);
  if (found?.value) return found.value;
  if (found === undefined) throw projectNotFound(project);
  throw new TailboneError(
    "conflict",
    `Project ${project} cannot be read: ${found.unreadable[0]?.reason}.`,
    UNREADABLE_HINT,
  );
}

/** The id of a project by its id or its name; nothing is counted. Throws `not_found`. */
export async function findProject(db: Database, { team, project }: { team: string; project: string }): Promise<string> {
  const sql = db.$client;
  const [found] = await sql<Pick<typeof projectTable.$inferSelect, "id">[]>`
    select id from project where team_id = ${team} and ${isUuid(project) ? sql`id = ${project}` : sql`name = ${project}`}`;
  if (found === undefined) throw projectNotFound(project);
  return found.id;
}

function projectNotFound(project: string): TailboneError {
  return new TailboneError(
    "not_found",
    `There is no project ${project}.`,
    "A project is made by the first run that names it.",
  );
}

const columns = selectColumns(projectTable, "id", "name", "createdAtMs");

/** Runs are counted before they are joined: else each carries its project's columns through a sort. */
async function readProjects(db: Database, team: string, only: string | null): Promise<ReadParts<Project>[]> {
  const sql = db.$client;
  const which = (id: string) => (only === null ? sql`` : sql`and ${sql(id)} = ${only}`);
  const rows = await sql<RowOf<typeof columns>[]>`
    select ${columns.list(sql)}, coalesce(counted.runs, 0) as runs, coalesce(counted.running, 0) as running,
      counted.seen_at_ms as "lastActiveAtMs"
    from project left join (
      select project_id, count(*)::int as runs, (count(*) filter (where state = 'running'))::int as running,
        max(seen_at_ms) as seen_at_ms
      from run where team_id = ${team} ${which("project_id")} group by project_id
    ) as counted on counted.project_id = project.id
    where project.team_id = ${team} ${which("project.id")}
    order by counted.seen_at_ms desc nulls last, project.name`;
  return rows.map((row) =>
    readParts(projectSchema, row, { what: "project", id: row.id, name: row.name }, () => ({
      createdAtMs: 0,
      lastActiveAtMs: null,
    })),
  );
}
