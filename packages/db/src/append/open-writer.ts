import { systemClock } from "@tailbone/base/clock";
import { TailboneError } from "@tailbone/protocol/errors";
import type { JsonObject } from "@tailbone/protocol/json";
import { LIMITS, utf8Length } from "@tailbone/protocol/limits";
import type { OpenedWriter, OpenWriter } from "@tailbone/protocol/run";
import { v7 as uuidv7 } from "uuid";
import { project as projectTable, type runCounter, run as runTable, writer as writerTable } from "../schema/run";
import { type RowOf, selectColumns } from "../schema/select-columns";
import type { Database, Transaction } from "../server/database";
import { isConfig } from "./gather-records";
import { refuseMissingRun } from "./missing-run";
import { pickRunName } from "./run-names";
import { jsonb, orderedJson } from "./stored-text";

interface OpenInput {
  team: string;
  request: OpenWriter;
  createdBy: string;
  /** The one project that the writer's key is for. */
  only?: { id: string; name: string } | null;
  /** Called before a run is made that was not there; it may throw. */
  admitNew?: () => void;
  nowMs?: number;
}

const runColumns = selectColumns(runTable, "name", "projectId", "lastStep", "config", "tags");
const projectColumns = selectColumns(projectTable, { project: "name" });
const writerColumns = selectColumns(writerTable, "pointsThrough", { next: "nextSequence" });
/** `next` null: there is no such writer yet. */
type Place = RowOf<typeof runColumns> &
  RowOf<typeof projectColumns> & {
    [Column in keyof RowOf<typeof writerColumns>]: RowOf<typeof writerColumns>[Column] | null;
  };

type Opened = Omit<OpenedWriter, "epoch" | "path">;

/**
 * Makes a run and its writer, or finds them again: repeating a request changes nothing. A new writer on a run that has
 * ended makes it run again. Throws `not_found` for `resume` of a run that the team does not have and for a run that
 * another team has, `gone` for one that was deleted, `forbidden` where the key is for another project, and `too_large`
 * for a config beyond its limit.
 */
export async function openWriter(
  db: Database,
  { team, request, createdBy, only = null, admitNew = () => {}, nowMs = systemClock.wallMs() }: OpenInput,
): Promise<Opened> {
  checkConfig(request.config);
  return db.$client.begin(async (sql) => {
    if (request.mode === "create") await createRun(sql, { team, request, createdBy, only, admitNew, nowMs });
    const [place] = await sql<Place[]>`
      select ${runColumns.list(sql)}, ${projectColumns.list(sql)}, ${writerColumns.list(sql)} from run join project on project.id = run.project_id
      left join writer on writer.run_id = run.id and writer.id = ${request.writer}
      where run.id = ${request.run} and run.team_id = ${team} for no key update of run`;
    if (place === undefined) return refuseMissingRun(sql, { team, run: request.run });
    if (only !== null && place.projectId !== only.id) throw otherProject(only.name);
    if (place.next === null) {
      const { config: known } = place;
      const isKnown = isConfig(known);
      const config = { ...(isKnown ? known : null), ...request.config };
      checkConfig(config);
      // The run is locked, so that no two writers get the same leg.
      await sql`
        insert into writer (team_id, run_id, id, leg, opened_at_ms, started_at_ms, last_at_ms, config)
        select ${team}, ${request.run}, ${request.writer}, 1 + coalesce(max(leg), 0), ${nowMs}, ${request.startedAtMs}::float8,
          ${request.startedAtMs}::float8, ${orderedJson(sql, config)}
        from writer where run_id = ${request.run}`;
      const tags = [...new Set([...place.tags, ...request.tags])].slice(0, LIMITS.tags);
      await sql`
        update run set state = 'running', finished_at_ms = null, error = null, seen_at_ms = ${nowMs}, tags = ${tags}::text[],
          config = ${isKnown ? orderedJson(sql, config) : sql`config`}, host = coalesce(${jsonb(sql, request.host)}, host),
          total_steps = coalesce(${request.totalSteps ?? null}, total_steps)
        where id = ${request.run} and team_id = ${team}`;
    }
    return {
      run: request.run,
      name: place.name,
      project: place.project,
      next: place.next ?? 0,
      pointsThrough: place.next === null ? 0 : place.pointsThrough,
      lastStep: place.lastStep,
    };
  });
}

function otherProject(only: string): TailboneError {
  return new TailboneError(
    "forbidden",
    `The key is for the project ${only} alone.`,
    "Name that project in `init`, or use a key that is for this one.",
  );
}

function checkConfig(config: JsonObject): void {
  if (utf8Length(JSON.stringify(config)) <= LIMITS.configBytes) return;
  throw new TailboneError(
    "too_large",
    `The run's config takes more than ${LIMITS.configBytes} bytes.`,
    "Log large data as files of your own, and keep their paths in the config.",
  );
}

async function createRun(
  sql: Transaction,
  { team, request, createdBy, admitNew, nowMs }: Required<OpenInput>,
): Promise<void> {
  const [existing] = await sql`
    select 1 from run where id = ${request.run} union all select 1 from deleted_run where run_id = ${request.run}`;
  if (existing !== undefined) return;
  admitNew();
  await sql`
    insert into project (id, team_id, name, created_at_ms) values (${uuidv7()}, ${team}, ${request.project}, ${nowMs})
    on conflict (team_id, name) do nothing`;
  const [project] = await sql<Pick<typeof projectTable.$inferSelect, "id">[]>`
    select id from project where team_id = ${team} and name = ${request.project} for key share`;
  const [counter] = await sql<Pick<typeof runCounter.$inferSelect, "made">[]>`
    insert into run_counter (team_id, made) values (${team}, 1)
    on conflict (team_id) do update set made = run_counter.made + 1 returning made`;
  if (project === undefined || counter === undefined) throw new Error("what was just made is not there");
  const number = counter.made;
  const name = request.name ?? pickRunName(request.run, number);
  await sql`
    insert into run (id, team_id, project_id, number, name, state, tags, config, host, created_by, created_at_ms, started_at_ms, seen_at_ms, total_steps)
    values (${request.run}, ${team}, ${project.id}, ${number}, ${name}, 'running', ${request.tags}::text[], ${orderedJson(sql, request.config)},
      ${jsonb(sql, request.host)}, ${createdBy}, ${nowMs}, ${request.startedAtMs}, ${nowMs}, ${request.totalSteps ?? null})
    on conflict (id) do nothing`;
}
