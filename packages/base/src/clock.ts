/**
 * Two clocks. `wallMs` says when something happened, in milliseconds since 1970: to be shown and stored, never to be waited by, because it
 * may be set forth or back. `monotonicMs` only ever goes on: every pause, timeout, lease and retry is measured by it.
 */
export interface Clock {
  readonly wallMs: () => number;
  readonly monotonicMs: () => number;
}

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
