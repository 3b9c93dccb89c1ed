import * as store from "@tailbone/db/read/list-records";
import { type Asked, type OfRun, verb } from "../verb";

/** A run's checkpoints. Throws `not_found`. */
export const listCheckpoints = verb("listCheckpoints", async ({ ctx, input }: Asked<OfRun>) => ({
  value: await store.listCheckpoints(ctx.db, { ...input, team: ctx.team.id }),
}));
