import type { Clock } from "@tailbone/base/clock";
import { FairQueue } from "./fair-queue";

interface CommitSlotsOptions {
  /** Commits under way at once. */
  readonly slots: number;
  /**
   * How many of them may be large: the others are kept free, so that a small one never waits behind large ones alone.
   */
  readonly largeSlots: number;
  /** What counts as large. */
  readonly largeBytes: number;
  /** How long a run is thought of as committing small ones after the last one. */
  readonly restWithinMs: number;
  readonly clock: Clock;
}

/** Who wants to commit how much. A run asks for one turn at a time. */
interface Turn {
  readonly team: string;
  readonly run: string;
  readonly bytes: number;
}

export interface CommitSlots {
  /** Does the work when the turn has come, and resolves with its outcome. */
  readonly take: <T>(turn: Turn, work: () => Promise<T>) => Promise<T>;
}

/** What any commit costs, besides its bytes. */
const TURN_BYTES = 4096;

/**
 * A bounded number of commits over all runs, handed out fairly among teams and their runs. A large one keeps the whole
 * machine busy: while others commit small ones, the next large one waits as long as the last one took, so that half of
 * the time is theirs.
 */
export function createCommitSlots(options: CommitSlotsOptions): CommitSlots {
  const { slots, largeSlots, largeBytes, restWithinMs, clock } = options;
  const queue = new FairQueue<{ isLarge: boolean; begin: () => void }>();
  let busy = 0;
  let busyLarge = 0;
  /** When each run has last begun a small one. */
  const small = new Map<string, number>();
  let isResting = false;

  function serve(): void {
    while (busy < slots) {
      const next = queue.take(({ isLarge }) => !isLarge || (busyLarge < largeSlots && !isResting));
      if (next === null) return;
      busy++;
      if (next.isLarge) busyLarge++;
      next.begin();
    }
  }

  function rest(run: string, forMs: number): void {
    for (const [name, begunMs] of small) if (clock.monotonicMs() - begunMs > restWithinMs) small.delete(name);
    if (isResting || small.size - Number(small.has(run)) === 0) return;
    isResting = true;
    setTimeout(() => {
      isResting = false;
      serve();
    }, forMs);
  }

  return {
    take: async ({ team, run, bytes }, work) => {
      const isLarge = bytes > largeBytes;
      await new Promise<void>((begin) => {
        queue.push(team, run, bytes + TURN_BYTES, { isLarge, begin });
        serve();
      });
      const begunMs = clock.monotonicMs();
      if (!isLarge) small.set(run, begunMs);
      try {
        return await work();
      } finally {
        busy--;
        if (isLarge) {
          busyLarge--;
          rest(run, clock.monotonicMs() - begunMs);
        }
        serve();
      }
    },
  };
}
