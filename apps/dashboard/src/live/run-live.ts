import type { RunFeed } from "@tailbone/client/run-feed";
import type { Frame } from "@tailbone/protocol/frame";
import type { FeatureList } from "@tailbone/protocol/http";
import type { SeriesList } from "../api/calls";
import { ChartFeed, type ChartState, type ReadPoints } from "./chart-feed";
import { DrawScheduler } from "./draw-scheduler";
import { addReadings, type Features } from "./features";
import { watchScrolling } from "./scrolling";
import { SlotFeed } from "./slot-feed";

export interface RunLiveOptions {
  readonly feed: RunFeed;
  /** Does what it is given, and has what that changes on the page drawn before it returns. */
  readonly drawNow: (change: () => void) => void;
  readonly readPoints: ReadPoints;
  readonly listSeries: (signal: AbortSignal) => Promise<SeriesList>;
  readonly listFeatures: (signal: AbortSignal) => Promise<FeatureList>;
  /** Frames came that hold records (checkpoints, alerts) which are read as lists of their own. */
  readonly onRecord: (type: Frame["records"][number]["type"]) => void;
  /** The run goes on with a writer that was not heard of before. */
  readonly onLeg: () => void;
}

/** Everything of one run that is live on its page, and what of it is on the screen at the moment. */
export class RunLive {
  readonly feed: RunFeed;
  readonly charts: ChartFeed;
  /** Names of the run's series, in the order of their arrival. */
  readonly series: SlotFeed<readonly string[], SeriesList>;
  /** The features with their readings, in the order in which they were declared. */
  readonly features: SlotFeed<Features, FeatureList>;
  readonly #drawn = new Map<string, ChartState>();
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #legs = new Set<number>();
  readonly #scheduler: DrawScheduler;
  readonly #scrolling = watchScrolling();
  readonly #detach: () => void;

  constructor({ feed, drawNow, readPoints, listSeries, listFeatures, onRecord, onLeg }: RunLiveOptions) {
    this.feed = feed;
    this.#scheduler = new DrawScheduler(
      {
        now: () => performance.now(),
        onFrame: (callback) => requestAnimationFrame(callback),
        isScrolling: this.#scrolling.isScrolling,
      },
      (series) => drawNow(() => this.#draw(series)),
    );
    this.charts = new ChartFeed(feed, readPoints, (series) => {
      if (this.#listeners.has(series)) this.#scheduler.touch(series);
    });
    this.series = new SlotFeed(feed, {
      read: listSeries,
      fromSnapshot: ({ series }) => series.map(({ name }) => name),
      apply: addNames,
    });
    this.features = new SlotFeed(feed, {
      read: listFeatures,
      fromSnapshot: ({ features }) => features,
      apply: addReadings,
    });
    this.#detach = feed.attach({
      oldest: () => null,
      reload: () => false,
      take: (frames) => {
        for (const { leg } of frames) {
          if (leg > 1 && !this.#legs.has(leg)) onLeg();
          this.#legs.add(leg);
        }
        for (const type of new Set(frames.flatMap(({ records }) => records.map((record) => record.type))))
          onRecord(type);
      },
    });
  }

  /** What is to be drawn of a series: it changes only when its turn to be drawn has come. */
  drawn(series: string): ChartState {
    return this.#drawn.get(series) ?? this.charts.state(series);
  }

  /** Keeps a series live and tells when it is to be drawn anew, until the returned function is called. */
  watch(series: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(series) ?? new Set();
    this.#listeners.set(series, listeners.add(listener));
    // What it was when it was last in sight stands until its turn comes.
    if ((this.#drawn.get(series)?.view ?? null) === null) this.#drawn.set(series, this.charts.state(series));
    else this.#scheduler.touch(series);
    const hide = this.charts.show(series);
    return () => {
      hide();
      listeners.delete(listener);
      if (listeners.size > 0) return;
      this.#listeners.delete(series);
      this.#scheduler.forget(series);
    };
  }

  close(): void {
    this.#detach();
    this.#scrolling.stop();
    this.charts.close();
    this.series.close();
    this.features.close();
  }

  #draw(series: string): void {
    const state = this.charts.state(series);
    // While it is read anew there is nothing to draw, and what is there stays.
    if (state.view !== null || state.error !== null || this.#drawn.get(series)?.error) this.#drawn.set(series, state);
    for (const listener of this.#listeners.get(series) ?? []) listener();
  }
}

function addNames(known: readonly string[], frames: readonly Frame[]): readonly string[] {
  const names = new Set(known);
  for (const { groups } of frames) for (const group of groups) for (const name of group.names) names.add(name);
  return names.size === known.length ? known : [...names];
}
