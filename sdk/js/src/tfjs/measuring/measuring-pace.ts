/** Times before that say little of now: the data have grown, or something else computes beside it. */
const REMEMBERED = 8;

/**
 * How long a checkpoint takes to be measured, learnt from those before, and how many there is time for at the end of a
 * run.
 *
 * While the training computes beside it a checkpoint may take several times as long as it will afterwards. So the
 * quickest of late says how many may fit, and is corrected by each that is done; the slowest of late says what must be
 * kept back for the model's last state.
 */
export class MeasuringPace {
  #tookMs: number[] = [];

  /** How long the newest took; null: none is done yet. */
  get lastMs(): number | null {
    return this.#tookMs.at(-1) ?? null;
  }

  add(tookMs: number): void {
    this.#tookMs = [...this.#tookMs, tookMs].slice(-REMEMBERED);
  }

  /**
   * How many of those that wait may still be measured within `restMs`: 1, the newest, if there is no time for another
   * before it.
   */
  mostWithin(restMs: number): number {
    if (this.#tookMs.length === 0) return Number.POSITIVE_INFINITY;
    if (restMs < 2 * Math.max(...this.#tookMs)) return 1;
    return Math.floor(restMs / Math.min(...this.#tookMs));
  }
}
