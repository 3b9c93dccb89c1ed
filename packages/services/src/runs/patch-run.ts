import * as store from "@tailbone/db/append/change-run";
import type { RunPatch } from "@tailbone/protocol/http";
import { type Asked, type OfRun, verb } from "../verb";

interface PatchRun extends OfRun {
  readonly patch: RunPatch;
}

/**
 * Changes what a person may change of a run; rules see a state that was changed by hand as well. Throws `not_found` and
 * `too_large`.
 */
export const patchRun = verb("patchRun", async ({ ctx, input }: Asked<PatchRun>) => {
  const team = ctx.team.id;
  const { run, alerts } = await store.patchRun(ctx.db, { ...input, team, nowMs: ctx.nowMs });
  const { config: _config, host: _host, writers: _writers, ...head } = run;
  return {
    value: run,
    effects: [
      { type: "run-changed", run: head },
      { type: "alerts-raised", team, alerts },
    ],
  };
});
