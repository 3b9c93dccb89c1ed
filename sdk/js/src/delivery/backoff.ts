const FIRST_MS = 200;
const LAST_MS = 10_000;

/** One pause at a time before something is tried again. It doubles with each failure in a row, with jitter, so that many do not come at once. */
export class Backoff {
  #failures = 0;
  #timer: NodeJS.Timeout | null = null;

  get isPausing(): boolean {
    return this.#timer !== null;
  }

  /** Acts after the pause, and not before `atLeastMs` are over. Does nothing while another pause goes on. */
  later(action: () => void, atLeastMs = 0): void {
    if (this.#timer !== null) return;
    const pauseMs = Math.min(LAST_MS, FIRST_MS * 2 ** this.#failures++) * (0.5 + Math.random());
    const act = (): void => {
      this.#timer = null;
      action();
    };
    this.#timer = setTimeout(act, Math.max(pauseMs, atLeastMs * (1 + Math.random() / 4)));
  }

  /** It works again. */
  reset(): void {
    this.#failures = 0;
  }

  cancel(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
