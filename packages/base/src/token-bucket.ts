import type { Clock } from "./clock";

export interface TokenBucketOptions {
  /** Tokens that come back in a minute, and the most there are. */
  readonly perMinute: number;
  readonly clock: Pick<Clock, "monotonicMs">;
}

/**
 * Bounds how often each of many keys may do something. Who has a whole token left may take more than it has, and is
 * then in debt: what is asked for at once is granted whole or not at all, however much it is. Keys that have all their
 * tokens take no memory.
 */
export class TokenBucket {
  readonly #perMs: number;
  readonly #most: number;
  readonly #clock: TokenBucketOptions["clock"];
  readonly #spent = new Map<string, { tokens: number; atMs: number }>();

  constructor({ perMinute, clock }: TokenBucketOptions) {
    this.#perMs = perMinute / 60_000;
    this.#most = Math.max(1, perMinute);
    this.#clock = clock;
  }

  /** Milliseconds until `key` may take; 0: now. */
  waitMs(key: string): number {
    const tokens = this.#tokens(key);
    return tokens >= 1 - ROUNDING ? 0 : (1 - tokens) / this.#perMs;
  }

  /** Takes tokens, into debt if need be. */
  take(key: string, tokens: number): void {
    const left = this.#tokens(key) - tokens;
    this.#spent.set(key, { tokens: left, atMs: this.#clock.monotonicMs() });
    if (this.#spent.size > PRUNE_AT) this.#prune();
  }

  #tokens(key: string): number {
    const spent = this.#spent.get(key);
    if (spent === undefined) return this.#most;
    return Math.min(this.#most, spent.tokens + (this.#clock.monotonicMs() - spent.atMs) * this.#perMs);
  }

  #prune(): void {
    for (const key of this.#spent.keys()) if (this.#tokens(key) >= this.#most) this.#spent.delete(key);
  }
}

const PRUNE_AT = 1024;
/** What sums of fractions of tokens are off by, at most: who comes when told to finds a whole one. */
const ROUNDING = 1e-6;
