/**
 * Two clocks. `wallMs` says when something happened, in milliseconds since 1970: to be shown and stored, never to be
 * waited by, because it may be set forth or back. `monotonicMs` only ever goes on: every pause, timeout, lease and
 * retry is measured by it.
 */
export interface Clock {
  readonly wallMs: () => number;
  readonly monotonicMs: () => number;
}

/**
 * The wall's time as it would go on from now if nobody set the clock: for times that are stored and waited for. In one
 * process they follow each other as they should, whatever becomes of the wall's clock.
 */
export function steadyWall({ wallMs, monotonicMs }: Clock): () => number {
  const offsetMs = wallMs() - monotonicMs();
  return () => offsetMs + monotonicMs();
}

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
