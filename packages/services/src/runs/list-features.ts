import * as store from "@tailbone/db/read/list-life";
import { type Asked, type OfRun, verb } from "../verb";

/** A run's features: their states and all their readings. Throws `not_found`. */
export const listFeatures = verb("listFeatures", async ({ ctx, input }: Asked<OfRun>) => ({
  value: await store.listFeatures(ctx.db, { ...input, team: ctx.team.id }),
}));
