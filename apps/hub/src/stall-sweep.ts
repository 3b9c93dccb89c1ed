import { singleFlight } from "@tailbone/base/single-flight";
import { sweepStalledRuns } from "@tailbone/services/runs/sweep-stalled-runs";
import type { Services } from "./services";

/** Calls runs stalled whose writers have been silent for `stallAfterMs`. The result ends it. */
export function startStallSweep(
  { perform, hubContext, silence, log, clock }: Services,
  stallAfterMs: number,
): () => void {
  const sweep = singleFlight(async () => {
    try {
      const input = { watch: silence, monotonicMs: clock.monotonicMs(), afterMs: stallAfterMs };
      await perform(hubContext(), sweepStalledRuns, input);
    } catch (error) {
      log.debug({ err: error }, "the sweep for stalled runs waits for the database");
    }
  });
  const timer = setInterval(() => void sweep(), Math.max(50, Math.min(5000, stallAfterMs / 4)));
  return () => clearInterval(timer);
}
