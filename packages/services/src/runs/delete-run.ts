import * as store from "@tailbone/db/append/change-run";
import { getRun } from "@tailbone/db/read/get-run";
import { type Asked, type OfRun, verb } from "../verb";

/** Deletes a run and all its data. Throws `not_found`. */
export const deleteRun = verb("deleteRun", async ({ ctx, input }: Asked<OfRun>) => {
  const { db, nowMs } = ctx;
  const address = { team: ctx.team.id, run: input.run };
  const run = await getRun(db, address);
  await store.deleteRun(db, { ...address, nowMs });
  return { value: {}, effects: [{ type: "run-deleted", run }] };
});
