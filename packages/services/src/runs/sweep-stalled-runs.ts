import * as store from "@tailbone/db/append/sweep-stalled-runs";
import type { SilenceWatch } from "@tailbone/db/server/silence-watch";
import type { Effect } from "../effects";
import type { HubVerb } from "../verb";

interface SweepStalledRuns {
  /** What the hub has heard of them so far. */
  readonly watch: SilenceWatch;
  /** By the clock that silence is measured with. */
  readonly monotonicMs: number;
  readonly afterMs: number;
}

/** Calls running runs of all teams stalled that nobody has heard of for `afterMs`: the hub's own round. */
export const sweepStalledRuns: HubVerb<SweepStalledRuns, object> = async ({ ctx, input }) => {
  const stalled = await store.sweepStalledRuns(ctx.db, { ...input, nowMs: ctx.nowMs });
  const effects = stalled.flatMap(({ team, run, alerts }): Effect[] => [
    ...(run === null ? [] : [{ type: "run-changed" as const, run }]),
    { type: "alerts-raised", team, alerts },
  ]);
  return { value: {}, effects };
};
