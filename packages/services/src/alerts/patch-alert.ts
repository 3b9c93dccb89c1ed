import * as store from "@tailbone/db/rules/alerts";
import type { AlertPatch } from "@tailbone/protocol/rules";
import { type Asked, verb } from "../verb";

interface PatchAlert {
  readonly id: string;
  readonly patch: AlertPatch;
}

/** Reads, acknowledges, snoozes or assigns an alert. Throws `not_found` and `bad_request`. */
export const patchAlert = verb("patchAlert", async ({ ctx, input }: Asked<PatchAlert>) => {
  const { db, by, nowMs } = ctx;
  const team = ctx.team.id;
  const alert = await store.patchAlert(db, { ...input, team, by: by.name, nowMs });
  return { value: alert, effects: [{ type: "alert-changed", team, alert }] };
});
