import { systemClock } from "@tailbone/base/clock";
import { TailboneError } from "@tailbone/protocol/errors";
import { alertPath } from "@tailbone/protocol/page-paths";
import { type Alert, type AlertPatch, alertSchema } from "@tailbone/protocol/rules";
import { readParts, type Unreadable } from "@tailbone/protocol/unreadable";
import { alert as alertTable, project as projectTable, run as runTable } from "../schema/run";
import { type RowOf, selectColumns } from "../schema/select-columns";
import type { Database } from "../server/database";

interface AlertQuery {
  team: string;
  run?: string | undefined;
  ids?: readonly string[];
  which?: "all" | "open" | "unread";
  limit?: number;
  nowMs?: number;
}

const columns = selectColumns(
  alertTable,
  "id",
  "runId",
  "ruleId",
  "kind",
  "title",
  "text",
  "level",
  "feature",
  "after",
  "by",
  "evidence",
  "step",
  "timeMs",
  "swallowed",
  "swallowedTo",
  "readAtMs",
  "acknowledgedAtMs",
  "acknowledgedBy",
  "snoozedUntilMs",
  "assignedTo",
);
const runColumns = selectColumns(runTable, { runName: "name" });
const projectColumns = selectColumns(projectTable, { project: "name" });
const storedSchema = alertSchema.omit({ path: true, unreadable: true });

/** Alerts of the team that can be read, the newest first. */
export async function readAlerts(db: Database, query: AlertQuery): Promise<Alert[]> {
  return (await listAlerts(db, query)).alerts;
}

/** Alerts of the team, the newest first. */
export async function listAlerts(
  db: Database,
  { team, run, ids, which = "all", limit = 200, nowMs = systemClock.wallMs() }: AlertQuery,
): Promise<{ alerts: Alert[]; unreadable: Unreadable[] }> {
  const sql = db.$client;
  const open = sql`and alert.acknowledged_at_ms is null and coalesce(alert.snoozed_until_ms, 0) <= ${nowMs}`;
  const rows = await sql<(RowOf<typeof columns> & RowOf<typeof runColumns> & RowOf<typeof projectColumns>)[]>`
    select ${columns.list(sql)}, ${runColumns.list(sql)}, ${projectColumns.list(sql)}
    from alert join run on run.id = alert.run_id join project on project.id = run.project_id
    where alert.team_id = ${team} ${run === undefined ? sql`` : sql`and alert.run_id = ${run}`}
      ${ids === undefined ? sql`` : sql`and alert.id = any(${[...ids]}::uuid[])`}
      ${which === "all" ? sql`` : which === "open" ? open : sql`and alert.read_at_ms is null`}
    order by alert.time_ms desc, alert.id desc limit ${limit}`;
  const read = rows.map(({ runId, runName, project, ...rest }) => {
    const row = { ...rest, run: { id: runId, name: runName, project } };
    return readParts(
      storedSchema,
      row,
      { what: "alert", id: row.id, name: row.title },
      (): Partial<Alert> => ({
        kind: "script",
        level: "warning",
        after: null,
        by: null,
        step: null,
        timeMs: 0,
        swallowed: 0,
        swallowedTo: null,
        readAtMs: null,
        acknowledgedAtMs: null,
        snoozedUntilMs: null,
      }),
    );
  });
  return {
    alerts: read.flatMap(({ value, unreadable }) =>
      value === null ? [] : { ...value, path: alertPath(value), unreadable },
    ),
    unreadable: read.flatMap(({ value, unreadable }) => (value === null ? unreadable : [])),
  };
}

export async function countUnread(db: Database, { team }: { team: string }): Promise<number> {
  const [row] = await db.$client<{ unread: number }[]>`
    select count(*)::int as unread from alert where team_id = ${team} and read_at_ms is null`;
  return row?.unread ?? 0;
}

/** Throws `not_found`; `bad_request` when it is assigned to somebody who is not in the team. */
export async function patchAlert(
  db: Database,
  {
    team,
    id,
    by,
    patch,
    nowMs = systemClock.wallMs(),
  }: { team: string; id: string; by: string; patch: AlertPatch; nowMs?: number },
): Promise<Alert> {
  const sql = db.$client;
  const { read, acknowledged, snoozedUntilMs, assignedTo } = patch;
  if (assignedTo !== undefined && assignedTo !== null) {
    const found = await sql`select 1 from member where organization_id = ${team} and user_id = ${assignedTo}`;
    if (found.length === 0)
      throw new TailboneError("bad_request", "Nobody of this team has that id.", "Pick a member.");
  }
  const at = (is: boolean): number | null => (is ? nowMs : null);
  await sql`
    update alert set id = id
      ${read === undefined ? sql`` : sql`, read_at_ms = ${at(read)}::float8`}
      ${acknowledged === undefined ? sql`` : sql`, acknowledged_at_ms = ${at(acknowledged)}::float8, acknowledged_by = ${acknowledged ? by : null}`}
      ${snoozedUntilMs === undefined ? sql`` : sql`, snoozed_until_ms = ${snoozedUntilMs}::float8`}
      ${assignedTo === undefined ? sql`` : sql`, assigned_to = ${assignedTo}`}
    where id = ${id} and team_id = ${team}`;
  const [alert] = await readAlerts(db, { team, ids: [id] });
  if (alert !== undefined) return alert;
  throw new TailboneError("not_found", "There is no such alert.", "Its run may have been deleted.");
}
