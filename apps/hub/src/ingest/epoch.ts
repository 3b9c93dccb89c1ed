import type { Clock } from "@tailbone/base/clock";
import type { Database } from "@tailbone/db/server/database";
import { renewEpoch } from "@tailbone/db/server/database-epoch";
import type { OpenWriter } from "@tailbone/protocol/run";
import type { Log } from "../log";

export interface EpochOptions {
  readonly db: Database;
  /** The database's, at the start. */
  readonly epoch: string;
  /** The database was found to be restored: what this hub remembers of it is not true any more. */
  readonly onRestored: () => void;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Epoch {
  readonly current: string;
  /**
   * A writer was opened. One that was acknowledged further than the database knows, in this epoch, shows that the
   * database was restored to an older state: then another epoch begins.
   */
  readonly notice: (request: OpenWriter, next: number) => Promise<void>;
}

/** What one writer claims makes at most one epoch in this time: whoever lies disturbs others no more than that. */
const LEAST_MS = 60_000;

export function createEpoch({ db, epoch, onRestored, clock, log }: EpochOptions): Epoch {
  let current = epoch;
  let beganMs = Number.NEGATIVE_INFINITY;

  return {
    get current() {
      return current;
    },
    notice: async ({ known, run, writer }, next) => {
      if (known === undefined || known.next <= next) return;
      if (known.epoch !== null && known.epoch !== current) return;
      if (clock.monotonicMs() - beganMs < LEAST_MS) return;
      beganMs = clock.monotonicMs();
      current = await renewEpoch(db, current);
      log.warn(
        { run, writer, acknowledged: known.next, stored: next, epoch: current },
        "the database was restored to an older state: writers send again what they still have, and runs say what is missing",
      );
      onRestored();
    },
  };
}
