import * as store from "@tailbone/db/rules/rules";
import { type Asked, verb } from "../verb";

/** Deletes a channel, with what was to be sent to it. Throws `not_found`. */
export const deleteChannel = verb("deleteChannel", async ({ ctx, input }: Asked<{ readonly id: string }>) => {
  await store.deleteChannel(ctx.db, { ...input, team: ctx.team.id });
  return { value: {} };
});
