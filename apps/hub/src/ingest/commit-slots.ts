import { FairQueue } from "./fair-queue";

interface CommitSlotsOptions {
  /** Commits under way at once. */
  readonly slots: number;
  /** How many of them may be large: the others are kept free, so that a small one never waits behind large ones alone. */
  readonly largeSlots: number;
  /** What counts as large. */
  readonly largeBytes: number;
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

/** A bounded number of commits over all runs, handed out fairly among teams and their runs. */
export function createCommitSlots({ slots, largeSlots, largeBytes }: CommitSlotsOptions): CommitSlots {
  const queue = new FairQueue<{ isLarge: boolean; begin: () => void }>();
  let busy = 0;
  let busyLarge = 0;

  function serve(): void {
    while (busy < slots) {
      const next = queue.take(({ isLarge }) => !isLarge || busyLarge < largeSlots);
      if (next === null) return;
      busy++;
      if (next.isLarge) busyLarge++;
      next.begin();
    }
  }

  return {
    take: async ({ team, run, bytes }, work) => {
      const isLarge = bytes > largeBytes;
      await new Promise<void>((begin) => {
        queue.push(team, run, bytes + TURN_BYTES, { isLarge, begin });
        serve();
      });
      try {
        return await work();
      } finally {
        busy--;
        if (isLarge) busyLarge--;
        serve();
      }
    },
  };
}
