/** When charts are drawn: injected, so that tests need no browser. */
export interface FrameClock {
  readonly now: () => number;
  /** Calls back before the next frame is painted. */
  readonly onFrame: (callback: () => void) => void;
  /** The page is being scrolled. */
  readonly isScrolling: () => boolean;
}

/** Between two drawings of one chart lie at least so many milliseconds for each chart that is live. */
const MS_PER_CHART = 8;
const SHORTEST_MS = 33;
const LONGEST_MS = 125;
/**
 * While the page is scrolled, a chart is drawn so often, and some chart that often: scrolling is to be as smooth as on
 * a page that stands still. Those that have never been drawn do not wait, one in each frame.
 */
const SCROLLED_MS = 1000;
const SCROLLED_GAP_MS = 250;
const SMOOTH_FRAME_MS = 24;
const SLOW_FRAME_MS = 40;
const MOST_PER_FRAME = 12;
/**
 * A chart of many lines, which is dear to draw, is drawn so seldom that it takes no more than this share of the time.
 */
const MOST_SHARE = 0.25;
/** What drawing may take of a frame; the rest is the browser's, which has yet to paint it. */
const BUDGET_MS = 6;

/**
 * Spreads drawing over frames: those that waited longest first, each at most 30 times a second when it is alone and 8
 * times when there are many, and no more in one frame than the machine draws without a stutter, which it learns from
 * what drawing takes and from the frames' lengths.
 */
export class DrawScheduler<Chart = string> {
  readonly #clock: FrameClock;
  readonly #draw: (chart: Chart) => void;
  readonly #dirty = new Set<Chart>();
  /** Charts that change and are in sight. */
  readonly #live = new Set<Chart>();
  readonly #drawnAt = new Map<Chart, number>();
  /** What drawing a chart took the last time. */
  readonly #tookMs = new Map<Chart, number>();
  #lastDrawn = Number.NEGATIVE_INFINITY;
  #perFrame = 6;
  #lastFrame: number | null = null;
  #scheduled = false;

  /** `draw` draws at once: when it returns, the work is done. */
  constructor(clock: FrameClock, draw: (chart: Chart) => void) {
    this.#clock = clock;
    this.#draw = draw;
  }

  /** The chart has something new; it is drawn as soon as its turn comes. */
  touch(chart: Chart): void {
    this.#dirty.add(chart);
    this.#live.add(chart);
    this.#schedule();
  }

  /** The chart is out of sight. */
  forget(chart: Chart): void {
    this.#dirty.delete(chart);
    this.#live.delete(chart);
  }

  /** The chart is gone for good. */
  drop(chart: Chart): void {
    this.forget(chart);
    this.#drawnAt.delete(chart);
    this.#tookMs.delete(chart);
  }

  #schedule(): void {
    if (this.#scheduled || this.#dirty.size === 0) return;
    this.#scheduled = true;
    this.#clock.onFrame(() => {
      this.#scheduled = false;
      this.#frame();
    });
  }

  #frame(): void {
    const now = this.#clock.now();
    this.#adapt(now);
    const isScrolling = this.#clock.isScrolling();
    const intervalMs = isScrolling
      ? SCROLLED_MS
      : Math.min(LONGEST_MS, Math.max(SHORTEST_MS, MS_PER_CHART * this.#live.size));
    const drawnAt = (chart: Chart): number => this.#drawnAt.get(chart) ?? Number.NEGATIVE_INFINITY;
    const due = [...this.#dirty]
      .filter((chart) => now - drawnAt(chart) >= Math.max(intervalMs, (this.#tookMs.get(chart) ?? 0) / MOST_SHARE))
      .sort((a, b) => drawnAt(a) - drawnAt(b))
      .slice(0, isScrolling ? 1 : this.#perFrame);
    for (const chart of due) {
      if (isScrolling && this.#drawnAt.has(chart) && now - this.#lastDrawn < SCROLLED_GAP_MS) continue;
      this.#dirty.delete(chart);
      this.#drawnAt.set(chart, now);
      this.#lastDrawn = now;
      const beganMs = this.#clock.now();
      this.#draw(chart);
      const endedMs = this.#clock.now();
      this.#tookMs.set(chart, endedMs - beganMs);
      if (endedMs - now >= BUDGET_MS) break;
    }
    this.#lastFrame = this.#dirty.size > 0 || due.length > 0 ? now : null;
    this.#schedule();
  }

  /** More per frame while frames are short, half as many when one was long. */
  #adapt(now: number): void {
    if (this.#lastFrame === null) return;
    const tookMs = now - this.#lastFrame;
    if (tookMs > SLOW_FRAME_MS) this.#perFrame = Math.max(1, Math.floor(this.#perFrame / 2));
    else if (tookMs < SMOOTH_FRAME_MS) this.#perFrame = Math.min(MOST_PER_FRAME, this.#perFrame + 0.25);
  }
}
