import * as store from "@tailbone/db/rules/alerts";
import type { AlertsQuery } from "@tailbone/protocol/rules";
import { type Asked, verb } from "../verb";

/** Alerts, the newest first, and how many nobody has read. */
export const listAlerts = verb("listAlerts", async ({ ctx, input }: Asked<AlertsQuery>) => {
  const { db, team, nowMs } = ctx;
  const [{ alerts, unreadable }, unread] = await Promise.all([
    store.listAlerts(db, { ...input, team: team.id, nowMs }),
    store.countUnread(db, { team: team.id }),
  ]);
  return { value: { alerts, unread, cursor: null, unreadable } };
});
