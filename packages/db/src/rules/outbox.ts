import { systemClock } from "@tailbone/base/clock";
import { TailboneError } from "@tailbone/protocol/errors";
import {
  type Alert,
  type ChannelTarget,
  channelTargetSchema,
  type DeliveryList,
  deliverySchema,
} from "@tailbone/protocol/rules";
import { storable } from "@tailbone/protocol/text";
import { readRow, readRows } from "@tailbone/protocol/unreadable";
import { alert as alertTable, channel as channelTable, delivery as deliveryTable } from "../schema/run";
import { type RowOf, selectColumns } from "../schema/select-columns";
import type { Database } from "../server/database";
import { listAlerts } from "./alerts";

const claimedColumns = selectColumns(deliveryTable, "id", "attempts", "runId", "alertId", {
  team: "teamId",
  channel: "channelId",
});
const channelColumns = selectColumns(channelTable, "name", "target");

export interface Claimed extends Omit<RowOf<typeof claimedColumns>, "runId" | "alertId"> {
  target: ChannelTarget;
  alert: Alert;
}

/** No delivery waits for longer: what is due only later was put off by a clock that was wrong, and is due now. */
export const LONGEST_WAIT_MS = 3_600_000;

interface ClaimDeliveries {
  nowMs: number;
  leaseMs: number;
  limit: number;
  /** Those that are under way, and how many of one channel and of one team may be: so that none holds up the others. */
  underWay?: readonly { team: string; channel: string }[];
  perChannel?: number;
  perTeam?: number;
}

/**
 * Takes up to `limit` deliveries of all teams that are due, for `leaseMs`: one that is not settled by then is due
 * again, so it is delivered at least once though its sender dies. No two senders get the same one. Those that cannot be
 * read are given up.
 */
export async function claimDeliveries(
  db: Database,
  { nowMs, leaseMs, limit, underWay = [], perChannel = limit, perTeam = limit }: ClaimDeliveries,
): Promise<Claimed[]> {
  const sql = db.$client;
  const isDue = sql`
    state = 'pending' and (attempts = 0 or due_ms <= ${nowMs} or due_ms > ${nowMs + LONGEST_WAIT_MS})`;
  const rows = await sql<(RowOf<typeof claimedColumns> & RowOf<typeof channelColumns>)[]>`
    with busy as (
      select * from unnest(${underWay.map(({ team }) => team)}::text[], ${underWay.map(({ channel }) => channel)}::uuid[])
        as one (team_id, channel_id)
    ), of_channels as (
      select run_id, alert_id, channel_id, id, team_id, due_ms, row_number() over (partition by channel_id order by due_ms, id)
        + (select count(*) from busy where busy.channel_id = delivery.channel_id) as place
      from delivery where ${isDue}
    ), of_teams as (
      select run_id, alert_id, channel_id, id, due_ms, row_number() over (partition by team_id order by due_ms, id)
        + (select count(*) from busy where busy.team_id = of_channels.team_id) as place
      from of_channels where place <= ${perChannel}
    ), due as (
      select run_id, alert_id, channel_id from delivery
      where (run_id, alert_id, channel_id) in (
        select run_id, alert_id, channel_id from of_teams where place <= ${perTeam} order by due_ms, id limit ${limit}
      ) and ${isDue}
      for update skip locked
    ), claimed as (
      update delivery set due_ms = ${nowMs + leaseMs}, attempts = attempts + 1 from due
      where delivery.run_id = due.run_id and delivery.alert_id = due.alert_id and delivery.channel_id = due.channel_id returning delivery.*
    )
    select ${claimedColumns.list(sql)}, ${channelColumns.list(sql)}
    from claimed as delivery join channel on channel.id = delivery.channel_id and channel.team_id = delivery.team_id`;
  const found: Claimed[] = [];
  for (const { runId, alertId, name, target, ...rest } of rows) {
    const { alerts, unreadable } = await listAlerts(db, { team: rest.team, ids: [alertId] });
    const to = readRow(channelTargetSchema, target, { what: "channel", id: rest.channel, name });
    const [alert] = alerts;
    const wrong = to.unreadable ?? unreadable[0];
    if (wrong !== undefined) {
      const error = `The ${wrong.what} ${wrong.name} cannot be read: ${wrong.reason}.`;
      const delivery = { alert: { id: alertId, run: { id: runId } }, channel: rest.channel };
      await settleDelivery(db, delivery, { state: "dead", dueMs: nowMs, error });
    } else if (to.value !== null && alert !== undefined) {
      found.push({ ...rest, target: to.value, alert });
    }
  }
  return found;
}

export async function settleDelivery(
  db: Database,
  { alert, channel }: { alert: { id: string; run: { id: string } }; channel: string },
  outcome: { state: "delivered"; nowMs: number } | { state: "pending" | "dead"; dueMs: number; error: string },
): Promise<void> {
  const sql = db.$client;
  const which = sql`run_id = ${alert.run.id} and alert_id = ${alert.id} and channel_id = ${channel}`;
  if (outcome.state === "delivered") {
    await sql`update delivery set state = 'delivered', delivered_at_ms = ${outcome.nowMs}, error = null where ${which}`;
  } else {
    await sql`
      update delivery set state = ${outcome.state}, due_ms = ${outcome.dueMs}, error = ${storable(outcome.error.slice(0, 1000))}
      where ${which} and state = 'pending'`;
  }
}

const columns = selectColumns(
  deliveryTable,
  "id",
  "alertId",
  "channelId",
  "state",
  "attempts",
  "createdAtMs",
  "dueMs",
  "deliveredAtMs",
  "error",
);
const titleColumn = selectColumns(alertTable, "title");
const nameColumn = selectColumns(channelTable, "name");

/** The newest 200 deliveries of a team. */
export async function listDeliveries(db: Database, { team }: { team: string }): Promise<DeliveryList> {
  const sql = db.$client;
  const rows = await sql<(RowOf<typeof columns> & RowOf<typeof titleColumn> & RowOf<typeof nameColumn>)[]>`
    select ${columns.list(sql)}, ${titleColumn.list(sql)}, ${nameColumn.list(sql)}
    from delivery join alert on alert.run_id = delivery.run_id and alert.id = delivery.alert_id join channel on channel.id = delivery.channel_id
    where delivery.team_id = ${team} order by delivery.created_at_ms desc, delivery.id limit 200`;
  const { values, unreadable } = readRows(
    deliverySchema,
    rows.map(({ alertId, title, channelId, name, ...rest }) => ({
      ...rest,
      alert: { id: alertId, title },
      channel: { id: channelId, name },
    })),
    ({ id, alert }) => ({ what: "delivery", id, name: alert.title }),
  );
  return { deliveries: values, unreadable };
}

/** Has a dead delivery tried anew. Throws `not_found` unless it is the team's and dead. */
export async function retryDelivery(db: Database, { team, id }: { team: string; id: string }): Promise<void> {
  const rows = await db.$client`
    update delivery set state = 'pending', attempts = 0, due_ms = ${systemClock.wallMs()}
    where id = ${id} and team_id = ${team} and state = 'dead' returning id`;
  if (rows.length > 0) return;
  throw new TailboneError("not_found", "There is no such dead delivery.", "It may have been tried anew already.");
}
