import type { Database } from "@tailbone/db/database";
import { sweepStalledRuns } from "@tailbone/db/keep-runs";
import type { Live } from "./live/live";
import type { Log } from "./log";

/** Calls runs stalled whose writers have been silent for `stallAfterMs`, and tells their viewers. The result ends it. */
export function startStallSweep(db: Database, live: Live, stallAfterMs: number, log: Log): () => void {
  let isSweeping = false;
  async function sweep(): Promise<void> {
    if (isSweeping) return;
    isSweeping = true;
    try {
      const stalled = await sweepStalledRuns(db, { nowMs: Date.now(), afterMs: stallAfterMs });
      for (const { run } of stalled) live.changed(run);
    } catch (error) {
      log.debug({ err: error }, "the sweep for stalled runs waits for the database");
    } finally {
      isSweeping = false;
    }
  }
  const timer = setInterval(() => void sweep(), Math.max(50, Math.min(5000, stallAfterMs / 4)));
  return () => clearInterval(timer);
}
