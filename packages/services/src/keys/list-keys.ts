import * as store from "@tailbone/db/access/keys";
import { type Asked, verb } from "../verb";

/** The team's API keys, without their secrets, the oldest first. */
export const listKeys = verb("listKeys", async ({ ctx }: Asked<object>) => ({
  value: await store.listKeys(ctx.db, { team: ctx.team.id }),
}));
