import { getRunDetail } from "@tailbone/db/read/get-run";
import { type Asked, type OfRun, verb } from "../verb";

/** A run with its config, host and writers. Throws `not_found`. */
export const getRun = verb("getRun", async ({ ctx, input }: Asked<OfRun>) => ({
  value: await getRunDetail(ctx.db, { ...input, team: ctx.team.id }),
}));
