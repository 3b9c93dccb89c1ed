import { type Clock, systemClock } from "@tailbone/base/clock";
import { TailboneError } from "@tailbone/protocol/errors";

/** Bounds how often something may be guessed at, for each of those who may guess. */
export interface Attempts {
  /** Throws `rate_limited` after too many failures. */
  readonly require: (whose: string) => void;
  readonly failed: (whose: string) => void;
}

const MOST_FAILURES = 10;
const WINDOW_MS = 10 * 60 * 1000;
const MOST_KNOWN = 10_000;

export function createAttempts(clock: Clock = systemClock): Attempts {
  const failures = new Map<string, { count: number; untilMs: number }>();
  function current(whose: string): { count: number; untilMs: number } {
    const known = failures.get(whose);
    if (known !== undefined && known.untilMs > clock.monotonicMs()) return known;
    return { count: 0, untilMs: clock.monotonicMs() + WINDOW_MS };
  }
  return {
    require: (whose) => {
      if (current(whose).count < MOST_FAILURES) return;
      throw new TailboneError("rate_limited", "Too many wrong passwords.", "Wait ten minutes, then try again.");
    },
    failed: (whose) => {
      const { count, untilMs } = current(whose);
      if (failures.size >= MOST_KNOWN && !failures.has(whose)) failures.clear();
      failures.set(whose, { count: count + 1, untilMs });
    },
  };
}
