import * as store from "@tailbone/db/rules/alerts";
import type { AlertPatch } from "@tailbone/protocol/rules";
import { type Asked, verb } from "../verb";

/** Reads, acknowledges, snoozes or assigns an alert. Throws `not_found` and `bad_request`. */
export const patchAlert = verb("patchAlert", async ({ ctx, input }: Asked<{ readonly id: string } & AlertPatch>) => {
  const { db, by, nowMs } = ctx;
  const team = ctx.team.id;
  const { id, ...patch } = input;
  const alert = await store.patchAlert(db, { id, patch, team, by: by.name, nowMs });
  return { value: alert, effects: [{ type: "alert-changed", team, alert }] };
});
