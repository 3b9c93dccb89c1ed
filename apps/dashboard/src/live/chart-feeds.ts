import type { RunFeed } from "@tailbone/client/run-feed";
import { ChartFeed, type ReadPoints } from "./chart-feed";
import type { Range } from "./chart-view";

/** Of ranges that nobody shows any more so many are kept live: one comes back at once from what it was zoomed into. */
const MOST_IDLE = 2;

/** What makes a range the same as another. */
export const keyOfRange = ({ axis, scale, origin, from, to, buckets }: Range): string =>
  [axis, scale, origin, from, to, buckets].join(" ");

/** A range that somebody shows, until it is closed. */
export interface ChartLease {
  readonly charts: ChartFeed;
  readonly close: () => void;
}

/** The series of one run on the ranges that its panels show: panels with the same range share what is read. */
export class ChartFeeds {
  readonly #feed: RunFeed;
  readonly #readPoints: ReadPoints;
  /** In the order in which they were opened last. */
  readonly #open = new Map<string, { readonly charts: ChartFeed; leases: number }>();

  constructor(feed: RunFeed, readPoints: ReadPoints) {
    this.#feed = feed;
    this.#readPoints = readPoints;
  }

  open(range: Range): ChartLease {
    const key = keyOfRange(range);
    const held = this.#open.get(key) ?? { charts: new ChartFeed(this.#feed, this.#readPoints, range), leases: 0 };
    held.leases++;
    this.#open.delete(key);
    this.#open.set(key, held);
    this.#closeIdle();
    let isOpen = true;
    const close = (): void => {
      if (!isOpen) return;
      isOpen = false;
      held.leases--;
      this.#closeIdle();
    };
    return { charts: held.charts, close };
  }

  close(): void {
    for (const { charts } of this.#open.values()) charts.close();
    this.#open.clear();
  }

  #closeIdle(): void {
    const idle = [...this.#open].filter(([, { leases }]) => leases === 0);
    for (const [key, { charts }] of idle.slice(0, Math.max(0, idle.length - MOST_IDLE))) {
      charts.close();
      this.#open.delete(key);
    }
  }
}
