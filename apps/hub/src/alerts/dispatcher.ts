import { type Clock, steadyWall, systemClock } from "@tailbone/base/clock";
import type { Database } from "@tailbone/db/database";
import { type Claimed, claimDeliveries, LONGEST_WAIT_MS, settleDelivery } from "@tailbone/db/outbox";
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
  readonly pollMs?: number;
}

export interface Dispatcher {
  /** Something was put into the outbox. */
  readonly wake: () => void;
  /** Ends after what is under way. */
  readonly close: () => Promise<void>;
}

const BATCH = 16;

/** Empties the outbox: at once when woken, and on a beat for what other hubs put in or what is due again. */
export function startDispatcher(options: DispatcherOptions): Dispatcher {
  const { db, send, log, attempts = 8, backoffMs = 1000, leaseMs = 60_000, pollMs = 1000 } = options;
  const clock = options.clock ?? systemClock;
  /** Leases and pauses are measured by it, so that no clock that is set holds an alert up or sends it twice. */
  const steadyMs = steadyWall(clock);
  let isClosed = false;
  let isWoken = false;
  let round: Promise<void> | null = null;

  async function deliver({ id, target, alert, attempts: attempt }: Claimed): Promise<void> {
    try {
      await send(target, alert, id);
      await settleDelivery(db, id, { state: "delivered", nowMs: clock.wallMs() });
    } catch (cause) {
      const error = cause instanceof Error ? cause.message : String(cause);
      const wait = Math.min(LONGEST_WAIT_MS, backoffMs * 2 ** (attempt - 1) * (0.5 + Math.random()));
      const state = attempt >= attempts ? "dead" : "pending";
      log.warn({ delivery: id, attempt, state, reason: error }, "an alert was not delivered");
      await settleDelivery(db, id, { state, dueMs: steadyMs() + wait, error });
    }
  }

  async function work(): Promise<void> {
    do {
      isWoken = false;
      const claimed = await claimDeliveries(db, { nowMs: steadyMs(), leaseMs, limit: BATCH });
      await Promise.all(claimed.map(deliver));
      if (claimed.length === BATCH) isWoken = true;
    } while (isWoken && !isClosed);
  }

  function wake(): void {
    isWoken = true;
    if (isClosed || round !== null) return;
    round = work()
      .catch((error: unknown) => log.debug({ err: error }, "the outbox waits for the database"))
      .finally(() => {
        round = null;
      });
  }

  const timer = setInterval(wake, pollMs);
  wake();
  return {
    wake,
    close: async () => {
      isClosed = true;
      clearInterval(timer);
      await round;
    },
  };
}
