import type { RunState } from "@tailbone/protocol/run";

/** What is to be told of a run: it is looked at when it is sent, not before. */
interface Head {
  readonly run: string;
  readonly state: RunState;
}

interface Entry<H extends Head> {
  state: RunState;
  pending: H | null;
  timer: NodeJS.Timeout | null;
}

export interface HeadThrottle<H extends Head> {
  readonly push: (head: H) => void;
  readonly forget: (run: string) => void;
  readonly close: () => void;
}

/**
 * Passes a run's head on at most once per `intervalMs`, the last one always; a change of state passes at once. The next
 * one waits until `send` is done; where it answers false, the head is sent again.
 */
export function createHeadThrottle<H extends Head>(
  intervalMs: number,
  send: (head: H) => Promise<boolean> | undefined,
): HeadThrottle<H> {
  const entries = new Map<string, Entry<H>>();

  function pass(entry: Entry<H>, head: H): void {
    if (entry.timer !== null) clearTimeout(entry.timer);
    entry.timer = null;
    entry.state = head.state;
    entry.pending = null;
    const sending = send(head);
    if (sending === undefined) rest(entry, head.run);
    else {
      isSending.add(entry);
      void sending.then((isSent) => {
        isSending.delete(entry);
        if (entries.get(head.run) !== entry) return;
        if (!isSent) entry.pending ??= head;
        if (entry.pending !== null && entry.pending.state !== entry.state) pass(entry, entry.pending);
        else rest(entry, head.run);
      });
    }
  }
  const isSending = new Set<Entry<H>>();

  function rest(entry: Entry<H>, run: string): void {
    entry.timer = setTimeout(() => {
      entry.timer = null;
      if (entry.pending !== null) pass(entry, entry.pending);
      else entries.delete(run);
    }, intervalMs);
  }

  return {
    push: (head) => {
      const entry = entries.get(head.run);
      if (entry === undefined) {
        const fresh: Entry<H> = { state: head.state, pending: null, timer: null };
        entries.set(head.run, fresh);
        pass(fresh, head);
      } else if (entry.state !== head.state && !isSending.has(entry)) {
        pass(entry, head);
      } else {
        entry.pending = head;
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
