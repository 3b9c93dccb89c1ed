import * as store from "@tailbone/db/read/list-life";
import { type Asked, type OfRun, verb } from "../verb";

/** What happened to a run's features, with the evidence. Throws `not_found`. */
export const listEvents = verb("listEvents", async ({ ctx, input }: Asked<OfRun>) => ({
  value: await store.listEvents(ctx.db, { ...input, team: ctx.team.id }),
}));
