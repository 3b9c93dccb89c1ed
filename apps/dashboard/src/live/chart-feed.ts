import { TailboneError } from "@tailbone/protocol/errors";
import type { Buckets } from "@tailbone/protocol/http";
import {
  ALL_STEPS,
  addLive,
  type ChartView,
  collectPoints,
  fromSnapshot,
  type LegPoints,
  type Range,
} from "./chart-view";
import type { FeedReader, RunFeed } from "./run-feed";
import { advanceSlot, countIncluded, type Slot } from "./slot";
import type { LiveFrame } from "./stream";

export interface PointsRequest extends Range {
  readonly series: readonly string[];
}

export type ReadPoints = (request: PointsRequest, signal: AbortSignal) => Promise<Buckets>;

/** What a chart may draw: the newest view (of the range before while the new one is under way), or why there is none. */
export interface ChartState {
  readonly view: ChartView | null;
  readonly error: TailboneError | null;
}

const nothing: ChartState = { view: null, error: null };

/** Series of one request: enough to need few of them, few enough for the first charts to be there soon. */
const SERIES_PER_READ = 10;

/**
 * The charts of one run on one range of x, live. Only series that somebody shows are read; once read they are kept up to date. All
 * that the drawing side sees is `state` and `onChange`.
 */
export class ChartFeed implements FeedReader {
  readonly #feed: RunFeed;
  readonly #readPoints: ReadPoints;
  readonly #onChange: (series: string) => void;
  readonly #shown = new Map<string, number>();
  readonly #slots = new Map<string, Slot<ChartView>>();
  readonly #states = new Map<string, ChartState>();
  readonly #wanted = new Set<string>();
  readonly #reading = new Set<string>();
  readonly #detach: () => void;
  #range: Range = ALL_STEPS;
  #abort = new AbortController();

  constructor(feed: RunFeed, readPoints: ReadPoints, onChange: (series: string) => void) {
    this.#feed = feed;
    this.#readPoints = readPoints;
    this.#onChange = onChange;
    this.#detach = feed.attach(this);
  }

  state(series: string): ChartState {
    return this.#states.get(series) ?? nothing;
  }

  /** Keeps a series read and live until the returned function is called. */
  show(series: string): () => void {
    this.#shown.set(series, (this.#shown.get(series) ?? 0) + 1);
    if (!this.#slots.has(series)) this.#want(series);
    return () => {
      const left = (this.#shown.get(series) ?? 1) - 1;
      if (left > 0) this.#shown.set(series, left);
      else this.#shown.delete(series);
    };
  }

  /** Shows another range. Until it is there, the charts keep what they have. */
  setRange(range: Range): void {
    const keys = ["axis", "scale", "origin", "from", "to"] as const;
    if (keys.every((key) => this.#range[key] === range[key])) return;
    this.#range = range;
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#wanted.clear();
    this.#reading.clear();
    this.#slots.clear();
    for (const series of this.#states.keys()) {
      if (this.#shown.has(series)) this.#want(series);
      else this.#states.delete(series);
    }
    for (const series of this.#shown.keys()) this.#want(series);
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
      let isOutdated = false;
      const next = advanceSlot(slot, frames, from, (view, fresh) => {
        const grown = addLive(view, fresh, parts);
        isOutdated = grown === null;
        return grown ?? view;
      });
      if (isOutdated) this.#drop(series);
      else this.#slots.set(series, next);
      if (next.value !== slot.value) this.#put(series, { view: next.value, error: null });
    }
  }

  /** What is known of a series can no longer be kept up to date: it is read anew, if somebody shows it. */
  #drop(series: string): void {
    this.#slots.delete(series);
    if (this.#shown.has(series)) this.#want(series);
    else this.#states.delete(series);
  }

  reload(below: number): boolean {
    const stale = [...this.#slots].filter(([, { offset }]) => offset < below).map(([series]) => series);
    for (const series of stale) this.#drop(series);
    return stale.some((series) => this.#shown.has(series));
  }

  #put(series: string, state: ChartState): void {
    this.#states.set(series, state);
    this.#onChange(series);
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
        else this.#slots.set(name, { offset: snapshot.offset + since.length, value: view });
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
    if (!signal.aborted) for (const name of outdated) if (this.#shown.has(name)) this.#want(name);
  }
}
