import type { ChartState } from "../live/chart-feed";
import { type ChartFeeds, type ChartLease, keyOfRange } from "../live/chart-feeds";
import type { Range } from "../live/chart-view";

/** Where a line is read from, and on which range. */
export interface LineSource {
  readonly key: string;
  readonly charts: ChartFeeds;
  readonly series: string;
  readonly range: Range;
}

/** When panels are drawn: the one of them that is given is drawn when its turn comes. */
export interface DrawTurns {
  readonly touch: (panel: PanelFeed) => void;
  readonly forget: (panel: PanelFeed) => void;
  readonly drop: (panel: PanelFeed) => void;
}

/** What is drawn of each line, by its key; a line of which nothing has come is not there. */
export type DrawnStates = ReadonlyMap<string, ChartState>;

interface Held {
  readonly source: LineSource;
  readonly lease: ChartLease;
  stop: (() => void) | null;
}

/**
 * The lines of one panel as they are on the screen, as a store: it changes only when the panel's turn to be drawn has
 * come. While another range of a line is on its way, what is there of it stays.
 */
export class PanelFeed {
  readonly #turns: DrawTurns;
  readonly #held = new Map<string, Held>();
  readonly #listeners = new Set<() => void>();
  #drawn: DrawnStates = new Map();
  #isShown = false;

  constructor(turns: DrawTurns) {
    this.#turns = turns;
  }

  readonly state = (): DrawnStates => this.#drawn;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** From now on these are the panel's lines. */
  point(sources: readonly LineSource[]): void {
    const known = new Map(this.#held);
    this.#held.clear();
    const leaving: Held[] = [];
    for (const source of sources) {
      const held = known.get(source.key);
      if (held !== undefined && isSame(held.source, source)) {
        known.delete(source.key);
        this.#held.set(source.key, held);
        continue;
      }
      const next: Held = { source, lease: source.charts.open(source.range), stop: null };
      this.#held.set(source.key, next);
      if (this.#isShown) this.#watch(next);
    }
    // Last, so that what two ranges share is not closed in between.
    leaving.push(...known.values());
    for (const { stop, lease } of leaving) {
      stop?.();
      lease.close();
    }
    const isGone = [...this.#drawn.keys()].some((key) => !this.#held.has(key));
    if (isGone || leaving.length > 0 || this.#held.size !== this.#drawn.size) this.#take();
  }

  /** Whether the panel is in sight: only then are its lines read and drawn. */
  show(isShown: boolean): void {
    if (this.#isShown === isShown) return;
    this.#isShown = isShown;
    for (const held of this.#held.values()) {
      if (isShown) this.#watch(held);
      else {
        held.stop?.();
        held.stop = null;
      }
    }
    if (!isShown) this.#turns.forget(this);
    // What it was when it was last in sight stands until its turn comes.
    else if (this.#drawn.size > 0) this.#turns.touch(this);
    else this.#take();
  }

  /** Draws what has come. */
  draw(): void {
    this.#take();
  }

  /** Tries again what had failed. */
  retry(): void {
    for (const { source, lease } of this.#held.values())
      if (this.#drawn.get(source.key)?.error) lease.charts.retry(source.series);
  }

  close(): void {
    this.show(false);
    this.point([]);
    this.#turns.drop(this);
  }

  #watch(held: Held): void {
    held.stop = held.lease.charts.watch(held.source.series, () => this.#turns.touch(this));
  }

  #take(): void {
    const drawn = new Map<string, ChartState>();
    for (const [key, { source, lease }] of this.#held) {
      const state = lease.charts.state(source.series);
      const before = this.#drawn.get(key);
      // While it is read anew there is nothing to draw, and what is there stays.
      if (state.view !== null || state.error !== null || before?.error) drawn.set(key, state);
      else if (before !== undefined) drawn.set(key, before);
    }
    const isSameAsBefore =
      drawn.size === this.#drawn.size && [...drawn].every(([key, state]) => this.#drawn.get(key) === state);
    if (isSameAsBefore) return;
    this.#drawn = drawn;
    for (const listener of this.#listeners) listener();
  }
}

const isSame = (a: LineSource, b: LineSource): boolean =>
  a.charts === b.charts && a.series === b.series && keyOfRange(a.range) === keyOfRange(b.range);
