import type { RunFeed } from "@tailbone/client/run-feed";
import type { Frame } from "@tailbone/protocol/frame";
import type { FeatureList } from "@tailbone/protocol/http";
import type { SeriesList } from "../api/calls";
import type { ReadPoints } from "./chart-feed";
import { ChartFeeds } from "./chart-feeds";
import { addReadings, type Features } from "./features";
import { SlotFeed } from "./slot-feed";

export interface FollowedRunOptions {
  readonly feed: RunFeed;
  readonly readPoints: ReadPoints;
  readonly listSeries: (signal: AbortSignal) => Promise<SeriesList>;
  readonly listFeatures: (signal: AbortSignal) => Promise<FeatureList>;
  /** Frames came that hold records (checkpoints, alerts) which are read as lists of their own. */
  readonly onRecord: (type: Frame["records"][number]["type"]) => void;
  /** The run goes on with a writer that was not heard of before. */
  readonly onLeg: () => void;
}

/** Everything of one run that is live on its page. */
export class FollowedRun {
  readonly feed: RunFeed;
  readonly charts: ChartFeeds;
  /** Names of the run's series, in the order of their arrival. */
  readonly series: SlotFeed<readonly string[], SeriesList>;
  /** The features with their readings, in the order in which they were declared. */
  readonly features: SlotFeed<Features, FeatureList>;
  readonly #legs = new Set<number>();
  readonly #detach: () => void;

  constructor({ feed, readPoints, listSeries, listFeatures, onRecord, onLeg }: FollowedRunOptions) {
    this.feed = feed;
    this.charts = new ChartFeeds(feed, readPoints);
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

  close(): void {
    this.#detach();
    this.charts.close();
    this.series.close();
    this.features.close();
  }
}

function addNames(known: readonly string[], frames: readonly Frame[]): readonly string[] {
  const names = new Set(known);
  for (const { groups } of frames) for (const group of groups) for (const name of group.names) names.add(name);
  return names.size === known.length ? known : [...names];
}
