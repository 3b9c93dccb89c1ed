import * as store from "@tailbone/db/read/list-series";
import { type Asked, type OfRun, verb } from "../verb";

/** A run's series with their statistics. Throws `not_found`. */
export const listSeries = verb("listSeries", async ({ ctx, input }: Asked<OfRun>) => ({
  value: await store.listSeries(ctx.db, { ...input, team: ctx.team.id }),
}));
