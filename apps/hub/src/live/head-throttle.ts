import type { Run } from "@tailbone/protocol/run";

interface Entry {
  state: Run["state"];
  pending: Run | null;
  timer: NodeJS.Timeout | null;
}

export interface HeadThrottle {
  readonly push: (run: Run) => void;
  readonly forget: (run: string) => void;
  readonly close: () => void;
}

/**
 * Passes a run's head on at most once per `intervalMs`, the last one always; a change of state passes at once.
 */
export function createHeadThrottle(intervalMs: number, send: (run: Run) => void): HeadThrottle {
  const entries = new Map<string, Entry>();

  function pass(entry: Entry, run: Run): void {
    if (entry.timer !== null) clearTimeout(entry.timer);
    entry.state = run.state;
    entry.pending = null;
    entry.timer = setTimeout(() => {
      entry.timer = null;
      if (entry.pending !== null) pass(entry, entry.pending);
      else entries.delete(run.id);
    }, intervalMs);
    send(run);
  }

  return {
    push: (run) => {
      const entry = entries.get(run.id);
      if (entry === undefined) {
        const fresh: Entry = { state: run.state, pending: null, timer: null };
        entries.set(run.id, fresh);
        pass(fresh, run);
      } else if (entry.state !== run.state) {
        pass(entry, run);
      } else {
        entry.pending = run;
      }
    },
    forget: (run) => {
      const timer = entries.get(run)?.timer;
      if (timer) clearTimeout(timer);
      entries.delete(run);
    },
    close: () => {
      for (const { timer } of entries.values()) if (timer !== null) clearTimeout(timer);
      entries.clear();
    },
  };
}
