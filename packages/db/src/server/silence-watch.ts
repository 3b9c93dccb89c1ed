/**
 * Tells which runs have been silent for long. A sign of life changes the time at which a run was last seen; what counts
 * is for how long *this* process has seen that time unchanged, by a clock that only goes on. So no wall clock that is
 * set forth or back, here or on another hub, makes a dead run live or a living one dead, and after a start every run
 * has its time to be heard of.
 */
export class SilenceWatch {
  #seen = new Map<string, { readonly seenAtMs: number; readonly sinceMs: number }>();

  /** The runs, of all that run now, that have been silent for `afterMs` at the monotonic time `nowMs`. */
  observe<R extends { readonly id: string; readonly seenAtMs: number }>(
    running: readonly R[],
    { nowMs, afterMs }: { nowMs: number; afterMs: number },
  ): R[] {
    const before = this.#seen;
    this.#seen = new Map(
      running.map(({ id, seenAtMs }) => {
        const known = before.get(id);
        return [id, known?.seenAtMs === seenAtMs ? known : { seenAtMs, sinceMs: nowMs }];
      }),
    );
    return running.filter(({ id }) => nowMs - (this.#seen.get(id)?.sinceMs ?? nowMs) >= afterMs);
  }
}
