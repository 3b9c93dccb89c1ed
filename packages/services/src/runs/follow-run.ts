import * as store from "@tailbone/db/read/get-run";
import { type Asked, type OfRun, verb } from "../verb";

/** The head of a run, as whoever follows it is told of it. Throws `not_found`. */
export const followRun = verb("followRun", async ({ ctx, input }: Asked<OfRun>) => ({
  value: await store.getRun(ctx.db, { ...input, team: ctx.team.id }),
}));
