import { sweepStalledRuns } from "@tailbone/db/append/sweep-stalled-runs";
import type { Database } from "@tailbone/db/server/database";
import { SilenceWatch } from "@tailbone/db/server/silence-watch";
import type { Services } from "./services";

/** Calls runs stalled whose writers have been silent for `stallAfterMs`, and tells their viewers. The result ends it. */
export function startStallSweep(db: Database, { publish, log, clock }: Services, stallAfterMs: number): () => void {
  const watch = new SilenceWatch();
  let isSweeping = false;
  async function sweep(): Promise<void> {
    if (isSweeping) return;
    isSweeping = true;
    try {
      const stalled = await sweepStalledRuns(db, {
        watch,
        nowMs: clock.wallMs(),
        monotonicMs: clock.monotonicMs(),
        afterMs: stallAfterMs,
      });
      for (const { team, run, alerts } of stalled) {
        await publish([
          ...(run === null ? [] : [{ type: "run-changed" as const, run }]),
          { type: "alerts-raised", team, alerts },
        ]);
      }
    } catch (error) {
      log.debug({ err: error }, "the sweep for stalled runs waits for the database");
    } finally {
      isSweeping = false;
    }
  }
  const timer = setInterval(() => void sweep(), Math.max(50, Math.min(5000, stallAfterMs / 4)));
  return () => clearInterval(timer);
}
