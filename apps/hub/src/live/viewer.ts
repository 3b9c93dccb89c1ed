import type { Alert } from "@tailbone/protocol/rules";
import type { Run } from "@tailbone/protocol/run";
import type { PageSaved } from "@tailbone/protocol/sockets";
import type { HubSocket } from "../hub-socket";
import type { Feed, FeedStore } from "./feed";
import { countPackets, hasPackets } from "./packets";

/** What may wait for a viewer whose connection is busy; beyond it the viewer is told to read anew. */
const PENDING_BYTES = 1024 * 1024;

/** Socket.IO's parser takes no more binary attachments in one event (its `maxAttachments`). */
const DELTA_FRAMES = 10;

/**
 * Alerts that wait for a busy viewer; all viewers share them. One that missed some is made to connect anew once it
 * reads again, and then reads the inbox anew.
 */
const PENDING_ALERTS = 1024;

/** Answers that wait for a viewer who asks and never reads; beyond it the connection is cut. */
const PENDING_PACKETS = 1024;

type AlertEvent = "alert:raised" | "alert:changed";

interface Following {
  /** The next offset that this viewer is to be sent. */
  cursor: number;
  /** How far the run's stream reaches, as far as this viewer was told. */
  end: number;
  /** Too much waits: the next thing to send is a reset. */
  lagging: boolean;
}

/**
 * One socket that follows runs. It holds no frames, only the offset up to which it was sent each run; the frames wait
 * in the feed, which is bounded. While the connection is busy nothing is handed to it, neither deltas nor heads nor
 * alerts, so a slow viewer gets fewer, newer ones, and costs the hub nothing.
 */
export class Viewer {
  readonly socket: HubSocket;
  readonly #feeds: FeedStore;
  readonly #onReset: () => void;
  readonly #following = new Map<string, Following>();
  readonly #dirty = new Set<string>();
  readonly #heads = new Map<string, Run>();
  readonly #deleted = new Set<string>();
  readonly #alerts = new Map<string, { event: AlertEvent; alert: Alert }>();
  readonly #pages = new Map<string, PageSaved>();
  #missedAlerts = false;
  #scheduled = false;

  constructor(socket: HubSocket, feeds: FeedStore, onReset: () => void) {
    this.socket = socket;
    this.#feeds = feeds;
    this.#onReset = onReset;
    socket.conn.on("drain", this.#schedule);
  }

  /** Packets that were handed to its connection and wait there. */
  get packets(): number {
    return countPackets(this.socket.conn);
  }

  get followed(): number {
    return this.#following.size;
  }

  /** Sends the run's frames from offset `cursor` on; those up to `end` exist already. */
  follow(run: string, cursor: number, end: number): void {
    this.#following.set(run, { cursor, end, lagging: false });
    this.#dirty.add(run);
    this.#schedule();
  }

  leave(run: string): void {
    this.#following.delete(run);
    this.#dirty.delete(run);
  }

  /** The run's stream has grown. */
  grown(run: string, feed: Feed): void {
    const following = this.#following.get(run);
    if (following === undefined) return;
    following.end = feed.end;
    this.#dirty.add(run);
    if (hasPackets(this.socket.conn) && feed.isBeyond(following.cursor, PENDING_BYTES)) following.lagging = true;
    this.#schedule();
  }

  /** The run's head has changed; only the newest one is kept for a busy viewer. */
  changed(run: Run): void {
    this.#heads.set(run.id, run);
    this.#schedule();
  }

  deleted(run: string): void {
    this.leave(run);
    this.#heads.delete(run);
    this.#deleted.add(run);
    this.#schedule();
  }

  /** Only the newest state of an alert is kept for a busy viewer, and of no more alerts than a few. */
  alert(event: AlertEvent, alert: Alert): void {
    if (this.#missedAlerts) return;
    this.#alerts.set(alert.id, { event: this.#alerts.get(alert.id)?.event ?? event, alert });
    if (this.#alerts.size > PENDING_ALERTS) {
      this.#missedAlerts = true;
      this.#alerts.clear();
      this.#onReset();
    }
    this.#schedule();
  }

  /** Only the newest revision of a page is told to a busy viewer. */
  pageSaved(saved: PageSaved): void {
    this.#pages.set(`${saved.project} ${saved.page}`, saved);
    this.#schedule();
  }

  /** Cuts off who asks without reading the answers. Call it with each request. */
  asked(): void {
    if (this.packets > PENDING_PACKETS) this.socket.conn.close(true);
  }

  close(): void {
    this.socket.conn.off("drain", this.#schedule);
    this.#following.clear();
    this.#dirty.clear();
    this.#heads.clear();
    this.#deleted.clear();
    this.#alerts.clear();
    this.#pages.clear();
  }

  readonly #schedule = (): void => {
    const waiting = this.#dirty.size + this.#heads.size + this.#deleted.size + this.#alerts.size + this.#pages.size;
    if (this.#scheduled || (waiting === 0 && !this.#missedAlerts)) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#flush();
    });
  };

  #flush(): void {
    if (this.#missedAlerts && !hasPackets(this.socket.conn)) {
      this.socket.conn.close();
      return;
    }
    for (const run of this.#dirty) {
      if (hasPackets(this.socket.conn)) return;
      this.#dirty.delete(run);
      this.#sendRun(run);
    }
    for (const [id, run] of this.#heads) {
      if (hasPackets(this.socket.conn)) return;
      this.#heads.delete(id);
      this.socket.emit("run:changed", run);
    }
    for (const run of this.#deleted) {
      if (hasPackets(this.socket.conn)) return;
      this.#deleted.delete(run);
      this.socket.emit("run:deleted", { run });
    }
    for (const [id, { event, alert }] of this.#alerts) {
      if (hasPackets(this.socket.conn)) return;
      this.#alerts.delete(id);
      this.socket.emit(event, alert);
    }
    for (const [key, saved] of this.#pages) {
      if (hasPackets(this.socket.conn)) return;
      this.#pages.delete(key);
      this.socket.emit("page:saved", saved);
    }
  }

  #sendRun(run: string): void {
    const following = this.#following.get(run);
    if (following === undefined || following.cursor >= following.end) return;
    const { cursor, end, lagging } = following;
    const frames = lagging ? null : (this.#feeds.get(run)?.since(cursor, DELTA_FRAMES) ?? null);
    following.lagging = false;
    if (frames === null) {
      following.cursor = end;
      this.#onReset();
      this.socket.emit("run:reset", { run, offset: end });
      return;
    }
    following.cursor += frames.length;
    this.socket.emit("run:delta", {
      run,
      from: cursor,
      to: following.cursor,
      frames: frames.map(({ bytes }) => bytes),
      legs: frames.map(({ leg }) => leg),
    });
    if (following.cursor < end) this.#dirty.add(run);
  }
}
