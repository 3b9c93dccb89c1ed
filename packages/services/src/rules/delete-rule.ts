import * as store from "@tailbone/db/rules/rules";
import { type Asked, verb } from "../verb";

/** Deletes a rule; its alerts stay. Throws `not_found`. */
export const deleteRule = verb("deleteRule", async ({ ctx, input }: Asked<{ readonly id: string }>) => {
  await store.deleteRule(ctx.db, { ...input, team: ctx.team.id });
  return { value: {} };
});
