import type { FeedReader, RunFeed } from "@tailbone/client/run-feed";
import type { LiveFrame } from "@tailbone/client/stream";
import { TailboneError } from "@tailbone/protocol/errors";
import type { Buckets } from "@tailbone/protocol/http";
import { addLive, type ChartView, collectPoints, fromSnapshot, type LegPoints, type Range } from "./chart-view";
import { advanceSlot, countIncluded, type Slot } from "./slot";

interface PointsRequest extends Range {
  readonly series: readonly string[];
}

export type ReadPoints = (request: PointsRequest, signal: AbortSignal) => Promise<Buckets>;

/**
 * A series as it was when it was last asked for, and what has come since, in lists that grow in place: they may become
 * long.
 */
interface Held {
  readonly view: ChartView;
  readonly frames: LiveFrame[];
  readonly parts: LegPoints[];
}

const held = (view: ChartView): Held => ({ view, frames: [], parts: [] });

/**
 * What a chart may draw: the newest view (of the range before while the new one is under way), or why there is none.
 */
export interface ChartState {
  readonly view: ChartView | null;
  readonly error: TailboneError | null;
}

const nothing: ChartState = { view: null, error: null };

/**
 * Of a series that nobody shows no more than so many frames wait to be added; beyond it, it is read anew when it is
 * shown again.
 */
const MOST_WAITING = 2000;

/** Series of one request: enough to need few of them, few enough for the first charts to be there soon. */
const SERIES_PER_READ = 10;

/**
 * The series of one run on one range of x, live. Only series that somebody watches are read; once read they are kept up
 * to date: what comes is held, and added when the series is asked for, so that what nobody looks at costs next to
 * nothing. All that the drawing side sees is `state` and `watch`.
 */
export class ChartFeed implements FeedReader {
  readonly #feed: RunFeed;
  readonly #readPoints: ReadPoints;
  readonly #range: Range;
  readonly #watched = new Map<string, Set<() => void>>();
  readonly #slots = new Map<string, Slot<Held>>();
  readonly #states = new Map<string, ChartState>();
  readonly #wanted = new Set<string>();
  readonly #reading = new Set<string>();
  readonly #detach: () => void;
  readonly #abort = new AbortController();

  constructor(feed: RunFeed, readPoints: ReadPoints, range: Range) {
    this.#feed = feed;
    this.#readPoints = readPoints;
    this.#range = range;
    this.#detach = feed.attach(this);
  }

  /** The newest that can be drawn of a series: the same object for as long as nothing comes. */
  state(series: string): ChartState {
    const slot = this.#slots.get(series);
    if (slot !== undefined && slot.value.frames.length > 0) {
      const { view, frames, parts } = slot.value;
      const grown = addLive(view, frames, parts.length === 0 ? undefined : parts);
      if (grown === null) this.#drop(series);
      else {
        this.#slots.set(series, { offset: slot.offset, value: held(grown) });
        if (grown !== view) this.#states.set(series, { view: grown, error: null });
      }
    }
    return this.#states.get(series) ?? nothing;
  }

  /** Keeps a series read and live, and tells when it has changed, until the returned function is called. */
  watch(series: string, onChange: () => void): () => void {
    const told = (): void => onChange();
    const watchers = this.#watched.get(series) ?? new Set();
    this.#watched.set(series, watchers.add(told));
    if (!this.#slots.has(series)) this.#want(series);
    return () => {
      watchers.delete(told);
      if (watchers.size === 0 && this.#watched.get(series) === watchers) this.#watched.delete(series);
    };
  }

  /** Tries again what had failed, at once. */
  retry(series: string): void {
    this.#put(series, { view: null, error: null });
    if (this.#reading.has(series)) this.#feed.retryNow();
    else this.#want(series);
  }

  close(): void {
    this.#abort.abort();
    this.#detach();
  }

  oldest(): number | null {
    return this.#slots.size === 0 ? null : Math.min(...[...this.#slots.values()].map(({ offset }) => offset));
  }

  take(frames: readonly LiveFrame[], from: number): void {
    // Nearly always no slot is ahead of the stream, so that frames are sorted by series once for all.
    const sorted = new Map<number, Map<string, LegPoints[]>>();
    for (const [series, slot] of this.#slots) {
      const included = countIncluded(slot, from);
      let bySeries = sorted.get(included);
      if (bySeries === undefined) {
        bySeries = collectPoints(frames.slice(included), (name) => this.#slots.has(name));
        sorted.set(included, bySeries);
      }
      const parts = bySeries.get(series);
      const next = advanceSlot(slot, frames, from, (value, fresh) => hold(value, fresh, parts));
      this.#slots.set(series, next);
      if (next.value === slot.value) continue;
      if (this.#watched.has(series)) this.#tell(series);
      else if (next.value.frames.length > MOST_WAITING) this.#drop(series);
    }
  }

  /** What is known of a series can no longer be kept up to date: it is read anew, if somebody shows it. */
  #drop(series: string): void {
    this.#slots.delete(series);
    if (this.#watched.has(series)) this.#want(series);
    else this.#states.delete(series);
  }

  reload(below: number): boolean {
    const stale = [...this.#slots].filter(([, { offset }]) => offset < below).map(([series]) => series);
    for (const series of stale) this.#drop(series);
    return stale.some((series) => this.#watched.has(series));
  }

  #put(series: string, state: ChartState): void {
    this.#states.set(series, state);
    this.#tell(series);
  }

  #tell(series: string): void {
    for (const onChange of this.#watched.get(series) ?? []) onChange();
  }

  /** Series that are asked for in the same turn are read together. */
  #want(series: string): void {
    if (this.#wanted.has(series) || this.#reading.has(series)) return;
    this.#wanted.add(series);
    if (this.#wanted.size > 1) return;
    queueMicrotask(() => {
      const names = [...this.#wanted];
      this.#wanted.clear();
      for (let from = 0; from < names.length; from += SERIES_PER_READ) {
        void this.#read(names.slice(from, from + SERIES_PER_READ));
      }
    });
  }

  async #read(names: readonly string[]): Promise<void> {
    const range = this.#range;
    const { signal } = this.#abort;
    for (const name of names) this.#reading.add(name);
    const outdated: string[] = [];
    const accept = (snapshot: Buckets, since: readonly LiveFrame[]): void => {
      const bySeries = collectPoints(since, (name) => names.includes(name));
      for (const name of names) {
        const known = fromSnapshot(
          snapshot.series.find((one) => one.name === name),
          range,
        );
        const view = addLive(known, since, bySeries.get(name));
        if (view === null) outdated.push(name);
        else this.#slots.set(name, { offset: snapshot.offset + since.length, value: held(view) });
        this.#put(name, { view: view ?? known, error: null });
      }
    };
    try {
      await this.#feed.read(
        (abort) => this.#readPoints({ ...range, series: names }, abort),
        accept,
        signal,
        (error) => {
          for (const name of names) if (this.state(name).view === null) this.#put(name, { view: null, error });
        },
      );
    } catch (error) {
      if (!(error instanceof TailboneError)) throw error;
      for (const name of names) this.#put(name, { view: null, error });
    } finally {
      if (!signal.aborted) for (const name of names) this.#reading.delete(name);
    }
    if (!signal.aborted) for (const name of outdated) if (this.#watched.has(name)) this.#want(name);
  }
}

/** Frames matter to a series when they hold points of it, or may show that its legs do not follow each other. */
function hold(value: Held, frames: readonly LiveFrame[], parts: readonly LegPoints[] = []): Held {
  if (parts.length === 0 && value.view.legs.every(({ untilMs }) => untilMs === null)) return value;
  value.frames.push(...frames);
  value.parts.push(...parts);
  return { ...value };
}
