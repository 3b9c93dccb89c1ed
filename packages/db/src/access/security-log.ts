import { type SecurityAction, type SecurityLog, securityEventSchema } from "@tailbone/protocol/access";
import { readRows } from "@tailbone/protocol/unreadable";
import { eq } from "drizzle-orm";
import { securityEvent } from "../schema/access";
import { type RowOf, selectColumns } from "../schema/select-columns";
import type { Database } from "../server/database";

/** What happened, who did it, from where. `team` null: it concerns the account, or nobody knows whom. */
export interface NewSecurityEvent {
  readonly team: string | null;
  readonly user: string | null;
  readonly who: string | null;
  readonly address: string | null;
  readonly agent: string | null;
  readonly action: SecurityAction;
  readonly what: string;
}

/** Writes one event down; its id. */
export async function writeSecurityEvent(db: Database, event: NewSecurityEvent): Promise<number> {
  const { team, user, ...rest } = event;
  const [row] = await db
    .insert(securityEvent)
    .values({ teamId: team, userId: user, ...rest })
    .returning({ id: securityEvent.id });
  if (row === undefined) throw new Error("an event that was just written is not there");
  return row.id;
}

/** The same happened again, so many times in all. */
export async function countSecurityEvent(db: Database, id: number, times: number): Promise<void> {
  await db.update(securityEvent).set({ times }).where(eq(securityEvent.id, id));
}

const columns = selectColumns(securityEvent, "id", "who", "address", "agent", "action", "what", "times");

interface LogQuery {
  readonly team: string;
  readonly before: number | undefined;
  readonly limit: number;
}

/**
 * What a team's owners may know of, the newest first: what happened in the team; what happened to its members'
 * accounts; and, for the team that the hub began with, what strangers tried.
 */
export async function listSecurityEvents(db: Database, { team, before, limit }: LogQuery): Promise<SecurityLog> {
  const rows = await db.$client<(RowOf<typeof columns> & { atMs: number })[]>`
    select ${columns.list(db.$client)}, extract(epoch from at)::float8 * 1000 as "atMs" from security_event
    where (team_id = ${team}
        or (team_id is null and user_id in (select user_id from member where organization_id = ${team}))
        or (team_id is null and user_id is null and exists (select 1 from organization where id = ${team} and slug = 'default')))
      ${before === undefined ? db.$client`` : db.$client`and id < ${before}`}
    order by id desc limit ${limit + 1}`;
  const about = ({ id, what }: (typeof rows)[number]) => ({ what: "event", id: String(id), name: what });
  const { values, unreadable } = readRows(securityEventSchema, rows.slice(0, limit), about);
  return { events: values, more: rows.length > limit, unreadable };
}

const KEPT_DAYS = 180;
const KEPT_REFUSALS = 100_000;

/** Forgets what is half a year old, and refusals beyond the newest hundred thousand: strangers cannot fill the disk. */
export async function pruneSecurityLog(db: Database): Promise<void> {
  await db.$client`
    delete from security_event where at < now() - make_interval(days => ${KEPT_DAYS})
      or id in (select id from security_event where action in ('access-refused', 'sign-in-refused')
        order by id desc offset ${KEPT_REFUSALS})`;
}
