import * as store from "@tailbone/db/rules/rules";
import { type Asked, verb } from "../verb";

/** The team's rules, the oldest first. */
export const listRules = verb("listRules", async ({ ctx }: Asked<object>) => ({
  value: await store.listRules(ctx.db, { team: ctx.team.id }),
}));
