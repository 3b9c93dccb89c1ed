import { TailboneError } from "@tailbone/protocol/errors";
import type { Project } from "@tailbone/protocol/http";
import type { Database } from "../server/database";

const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

/** The team's projects, the one that was active last first. */
export async function listProjects(db: Database, { team }: { team: string }): Promise<Project[]> {
  return readProjects(db, team, null);
}

/** A project by its id or its name. Throws `not_found`. */
export async function getProject(db: Database, { team, project }: { team: string; project: string }): Promise<Project> {
  const [found] = await readProjects(db, team, project);
  if (found !== undefined) return found;
  throw new TailboneError(
    "not_found",
    `There is no project ${project}.`,
    "A project is made by the first run that names it.",
  );
}

async function readProjects(db: Database, team: string, only: string | null): Promise<Project[]> {
  const sql = db.$client;
  const which = only === null ? sql`` : isUuid(only) ? sql`and project.id = ${only}` : sql`and project.name = ${only}`;
  const rows = await sql<Project[]>`
    select project.id, project.name, project.created_at_ms as "createdAtMs", count(run.id)::int as runs,
      (count(run.id) filter (where run.state = 'running'))::int as running, max(run.seen_at_ms) as "lastActiveAtMs"
    from project left join run on run.project_id = project.id
    where project.team_id = ${team} ${which}
    group by project.id order by max(run.seen_at_ms) desc nulls last, project.name`;
  return [...rows];
}
