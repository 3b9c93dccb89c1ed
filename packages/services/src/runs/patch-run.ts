import * as store from "@tailbone/db/append/change-run";
import type { RunPatch } from "@tailbone/protocol/http";
import { type Asked, type OfRun, verb } from "../verb";

/**
 * Changes what a person may change of a run; rules see a state that was changed by hand as well. Throws `not_found` and
 * `too_large`.
 */
export const patchRun = verb("patchRun", async ({ ctx, input }: Asked<OfRun & RunPatch>) => {
  const team = ctx.team.id;
  const { run, ...patch } = input;
  const { run: changed, alerts } = await store.patchRun(ctx.db, { run, patch, team, nowMs: ctx.nowMs });
  const { config: _config, host: _host, writers: _writers, ...head } = changed;
  return {
    value: changed,
    effects: [
      { type: "run-changed", run: head },
      { type: "alerts-raised", team, alerts },
    ],
  };
});
