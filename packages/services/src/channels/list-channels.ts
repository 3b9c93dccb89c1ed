import * as store from "@tailbone/db/rules/rules";
import { type Asked, verb } from "../verb";

/** Where alerts are sent, without secrets. */
export const listChannels = verb("listChannels", async ({ ctx }: Asked<object>) => ({
  value: await store.listChannels(ctx.db, { team: ctx.team.id }),
}));
