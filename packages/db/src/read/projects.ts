import { TailboneError } from "@tailbone/protocol/errors";
import { type Project, type ProjectList, projectSchema } from "@tailbone/protocol/http";
import { type ReadParts, readParts, UNREADABLE_HINT } from "@tailbone/protocol/unreadable";
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
  const [found] = await readProjects(db, team, project);
  if (found?.value) return found.value;
  if (found !== undefined)
    throw new TailboneError(
      "conflict",
      `Project ${project} cannot be read: ${found.unreadable[0]?.reason}.`,
      UNREADABLE_HINT,
    );
  throw new TailboneError(
    "not_found",
    `There is no project ${project}.`,
    "A project is made by the first run that names it.",
  );
}

async function readProjects(db: Database, team: string, only: string | null): Promise<ReadParts<Project>[]> {
  const sql = db.$client;
  const which = only === null ? sql`` : isUuid(only) ? sql`and project.id = ${only}` : sql`and project.name = ${only}`;
  const rows = await sql<{ id: string; name: string }[]>`
    select project.id, project.name, project.created_at_ms as "createdAtMs", count(run.id)::int as runs,
      (count(run.id) filter (where run.state = 'running'))::int as running, max(run.seen_at_ms) as "lastActiveAtMs"
    from project left join run on run.project_id = project.id
    where project.team_id = ${team} ${which}
    group by project.id order by max(run.seen_at_ms) desc nulls last, project.name`;
  return rows.map((row) =>
    readParts(projectSchema, row, { what: "project", id: row.id, name: row.name }, () => ({
      createdAtMs: 0,
      lastActiveAtMs: null,
    })),
  );
}
