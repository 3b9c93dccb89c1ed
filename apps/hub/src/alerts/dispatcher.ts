import { backoffMs } from "@tailbone/base/backoff";
import { type Clock, steadyWall, systemClock } from "@tailbone/base/clock";
import { oneAfterAnother } from "@tailbone/base/single-flight";
import { within } from "@tailbone/base/within";
import { type Claimed, claimDeliveries, LONGEST_WAIT_MS, settleDelivery } from "@tailbone/db/rules/outbox";
import type { Database } from "@tailbone/db/server/database";
import type { Log } from "../log";
import type { Send } from "./sender";

export interface DispatcherOptions {
  readonly db: Database;
  readonly send: Send;
  readonly log: Log;
  /** Default: the system's. */
  readonly clock?: Clock;
  readonly attempts?: number;
  /** Wait after the first failure; it doubles with each. */
  readonly backoffMs?: number;
  readonly leaseMs?: number;
  /**
   * How long one attempt may take; shorter than the lease, so that nothing is sent while somebody else sends it again.
   */
  readonly deadlineMs?: number;
  readonly pollMs?: number;
}

export interface Dispatcher {
  /** Something was put into the outbox. */
  readonly wake: () => void;
  /** Ends after what is under way; what takes long is left to the next hub, which sends it when its lease is over. */
  readonly close: () => Promise<void>;
}

/**
 * Attempts under way at once, in all, of one team and to one channel: a receiver that never answers holds up its own
 * alone.
 */
const SLOTS = 32;
const PER_TEAM = 8;
const PER_CHANNEL = 2;
const CLOSE_MS = 3000;

/** Empties the outbox: at once when woken, and on a beat for what other hubs put in or what is due again. */
export function startDispatcher(options: DispatcherOptions): Dispatcher {
  const { db, send, log, attempts = 8, leaseMs = 60_000, pollMs = 1000 } = options;
  const backoff = { firstMs: options.backoffMs ?? 1000, lastMs: LONGEST_WAIT_MS };
  const deadlineMs = Math.min(options.deadlineMs ?? 20_000, leaseMs / 2);
  const clock = options.clock ?? systemClock;
  /** Leases and pauses are measured by it, so that no clock that is set holds an alert up or sends it twice. */
  const steadyMs = steadyWall(clock);
  let isClosed = false;
  let round = Promise.resolve();
  const underWay = new Map<Claimed, Promise<void>>();

  /** True: it was taken, and the next one to the same channel may go. What fails waits for the beat. */
  async function deliver(claimed: Claimed): Promise<boolean> {
    const { id, target, alert, attempts: attempt } = claimed;
    try {
      await within(deadlineMs, send(target, alert, id));
      await settleDelivery(db, claimed, { state: "delivered", nowMs: clock.wallMs() });
      return true;
    } catch (cause) {
      const error = cause instanceof Error ? cause.message : String(cause);
      const wait = Math.min(LONGEST_WAIT_MS, backoffMs(backoff, attempt - 1, Math.random()));
      const state = attempt >= attempts ? "dead" : "pending";
      log.warn({ delivery: id, attempt, state, reason: error }, "an alert was not delivered");
      await settleDelivery(db, claimed, { state, dueMs: steadyMs() + wait, error });
      return false;
    }
  }

  function begin(claimed: Claimed): void {
    const delivered = deliver(claimed)
      .catch((error: unknown) => {
        log.debug({ err: error }, "what came of an alert was not kept; it is sent again");
        return false;
      })
      .then((wasTaken) => {
        underWay.delete(claimed);
        if (wasTaken) wake();
      });
    underWay.set(claimed, delivered);
  }

  const work = oneAfterAnother(async () => {
    const limit = SLOTS - underWay.size;
    if (limit <= 0 || isClosed) return;
    const claimed = await claimDeliveries(db, {
      nowMs: steadyMs(),
      leaseMs,
      limit,
      underWay: [...underWay.keys()],
      perChannel: PER_CHANNEL,
      perTeam: PER_TEAM,
    });
    for (const one of claimed) begin(one);
  });

  function wake(): void {
    round = work().catch((error: unknown) => log.debug({ err: error }, "the outbox waits for the database"));
  }

  const timer = setInterval(wake, pollMs);
  wake();
  return {
    wake,
    close: async () => {
      isClosed = true;
      clearInterval(timer);
      await round;
      await within(CLOSE_MS, Promise.all(underWay.values())).catch(() => {});
    },
  };
}
