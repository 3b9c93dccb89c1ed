export interface Backoff {
  /** The pause after the first failure. */
  readonly firstMs: number;
  /** No pause grows beyond it (but by the jitter). */
  readonly lastMs: number;
}

/**
 * The pause after a failure that follows on `failures` others in a row: it doubles with each, and is spread from half
 * to one and a half of that by `random` (0 to 1), so that many who failed at once do not come back at once.
 */
export function backoffMs({ firstMs, lastMs }: Backoff, failures: number, random: number): number {
  return Math.min(lastMs, firstMs * 2 ** failures) * (0.5 + random);
}
