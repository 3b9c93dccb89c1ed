import { type Clock, systemClock } from "@tailbone/base/clock";
import { fromWire, RETRYABLE, type TailboneError, wireErrorSchema } from "@tailbone/protocol/errors";
import { decodeFrame } from "@tailbone/protocol/frame";
import type { Alert } from "@tailbone/protocol/rules";
import type { Run } from "@tailbone/protocol/run";
import {
  type Followed,
  type Handshake,
  LIVE_NAMESPACE,
  type LiveClientEvents,
  type LiveServerEvents,
  type PageSaved,
  type Reply,
} from "@tailbone/protocol/sockets";
import { PROTOCOL_VERSION } from "@tailbone/protocol/version";
import { io, type Socket } from "socket.io-client";
import { explainRefusal, type HubAddress } from "./call-hub";
import { RunFeed } from "./run-feed";

/** `catching-up`: frames come in, but what was missed is still being read. */
export type ConnectionState =
  | { readonly name: "connecting" }
  | { readonly name: "live" }
  | { readonly name: "catching-up" }
  | { readonly name: "offline"; readonly sinceMs: number; readonly reason: string | null };

const RETRY_MS = 2000;

type LiveSocket = Socket<LiveServerEvents, LiveClientEvents>;

/** In a browser Socket.IO hands binary over as ArrayBuffer, whatever the contract's type says. */
const toBytes = (frame: Uint8Array | ArrayBuffer): Uint8Array =>
  frame instanceof ArrayBuffer ? new Uint8Array(frame) : frame;

export interface LiveConnectionOptions {
  readonly hub: HubAddress;
  /** The hub refuses this client, and another attempt with the same credentials and release would not help. */
  readonly onTurnedAway: (error: TailboneError) => void;
  readonly clock?: Pick<Clock, "wallMs">;
}

/** One's place among those who follow a run. */
export interface RunPlace {
  readonly feed: RunFeed;
  /** The last to leave ends the following. */
  readonly leave: () => void;
}

/** A run that is followed: one feed, however many follow it. */
interface FollowedFeed {
  readonly feed: RunFeed;
  followers: number;
  /** Which life of the hub's database its frames came from. */
  epoch: string | undefined;
}

/**
 * One connection to a hub's `/live`, which comes back by itself: runs and projects are followed on it, each by as many
 * as like to, and heads, alerts and ends of runs are heard of.
 */
export class LiveConnection {
  readonly #socket: LiveSocket;
  readonly #options: LiveConnectionOptions;
  readonly #runs = new Map<string, FollowedFeed>();
  readonly #projects = new Map<string, number>();
  readonly #heads = new Set<(run: Run) => void>();
  readonly #deleted = new Set<(run: string) => void>();
  readonly #denied = new Set<(run: string, error: TailboneError) => void>();
  readonly #alerts = new Set<(alert: Alert, isNew: boolean) => void>();
  readonly #pages = new Set<(saved: PageSaved) => void>();
  readonly #reconnected = new Set<() => void>();
  readonly #listeners = new Set<() => void>();
  #isOpen = false;
  #state: ConnectionState = { name: "connecting" };

  constructor(options: LiveConnectionOptions) {
    this.#options = options;
    const { url, key } = options.hub;
    const auth: Handshake = { protocol: PROTOCOL_VERSION, ...(key === undefined ? {} : { key }) };
    const socket: LiveSocket = io(`${url}${LIVE_NAMESPACE}`, {
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      auth,
      reconnectionDelay: 200,
      reconnectionDelayMax: 2000,
      autoConnect: false,
    });
    this.#socket = socket;
    socket.on("connect", () => this.#connected());
    socket.on("disconnect", () => this.#lost(null));
    socket.on("connect_error", (error) => this.#refused(error));
    socket.on("run:delta", ({ run, from, to, frames, legs }) => {
      const decoded = frames.map((one, index) => ({ ...decodeFrame(toBytes(one)), leg: legs[index] ?? 1 }));
      this.#runs.get(run)?.feed.receive({ type: "delta", from, to, frames: decoded });
    });
    socket.on("run:reset", ({ run, offset }) => this.#runs.get(run)?.feed.receive({ type: "reset", offset }));
    socket.on("run:changed", (run) => {
      for (const listen of this.#heads) listen(run);
    });
    socket.on("alert:raised", (alert) => {
      for (const listen of this.#alerts) listen(alert, true);
    });
    socket.on("alert:changed", (alert) => {
      for (const listen of this.#alerts) listen(alert, false);
    });
    socket.on("page:saved", (saved) => {
      for (const listen of this.#pages) listen(saved);
    });
    socket.on("run:deleted", ({ run }) => {
      for (const listen of this.#deleted) listen(run);
    });
  }

  readonly state = (): ConnectionState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => add(this.#listeners, listener);

  open(): void {
    this.#isOpen = true;
    this.#socket.connect();
  }

  close(): void {
    this.#isOpen = false;
    this.#socket.disconnect();
  }

  /** Follows a run: whoever follows the same one shares its feed. */
  followRun(run: string): RunPlace {
    const followed = this.#runs.get(run) ?? this.#startFollowing(run);
    followed.followers++;
    let isThere = true;
    return {
      feed: followed.feed,
      leave: () => {
        if (!isThere) return;
        isThere = false;
        followed.followers--;
        if (followed.followers > 0) return;
        this.#runs.delete(run);
        this.#socket.emit("run:leave", { run });
        this.#progress();
      },
    };
  }

  /** Hears of every run of a project until the returned function is called. */
  followProject(project: string): () => void {
    const followers = this.#projects.get(project) ?? 0;
    this.#projects.set(project, followers + 1);
    if (followers === 0 && this.#socket.connected) this.#socket.emit("project:follow", { project }, () => {});
    return () => {
      const left = (this.#projects.get(project) ?? 1) - 1;
      if (left > 0) this.#projects.set(project, left);
      else {
        this.#projects.delete(project);
        this.#socket.emit("project:leave", { project });
      }
    };
  }

  /** Heads of runs that are followed, or whose project is. */
  onRun(listener: (run: Run) => void): () => void {
    return add(this.#heads, listener);
  }

  onDeleted(listener: (run: string) => void): () => void {
    return add(this.#deleted, listener);
  }

  /** A run that is followed is not there, or not for this client. */
  onDenied(listener: (run: string, error: TailboneError) => void): () => void {
    return add(this.#denied, listener);
  }

  /** Alerts of the team, new ones and changed ones. */
  onAlert(listener: (alert: Alert, isNew: boolean) => void): () => void {
    return add(this.#alerts, listener);
  }

  /** What the team keeps of a page was saved, by whomever. */
  onPageSaved(listener: (saved: PageSaved) => void): () => void {
    return add(this.#pages, listener);
  }

  /** What is not in any stream may have changed unheard while the connection was away. */
  onReconnected(listener: () => void): () => void {
    return add(this.#reconnected, listener);
  }

  #startFollowing(run: string): FollowedFeed {
    const feed = new RunFeed({
      follow: (offset) => this.#follow(run, offset),
      onProgress: () => this.#progress(),
    });
    const followed: FollowedFeed = { feed, followers: 0, epoch: undefined };
    this.#runs.set(run, followed);
    if (this.#socket.connected) feed.connected();
    this.#progress();
    return followed;
  }

  /** Asks the hub for a run's frames from `offset` on, on behalf of its feed. */
  #follow(run: string, offset: number | null): void {
    const followed = this.#runs.get(run);
    if (!this.#socket.connected || followed === undefined) return;
    const { feed, epoch } = followed;
    const isStill = (): boolean => this.#runs.get(run) === followed;
    const request = { run, offset, ...(epoch === undefined ? {} : { epoch }) };
    this.#socket.emit("run:follow", request, (reply: Reply<Followed>) => {
      if (!isStill()) return;
      if (!reply.ok) {
        // A run that is not there stays away; a database that is away comes back.
        if (RETRYABLE[reply.error.code]) setTimeout(() => isStill() && feed.connected(), RETRY_MS);
        else for (const listen of this.#denied) listen(run, fromWire(reply.error));
        return;
      }
      followed.epoch = reply.value.epoch;
      for (const listen of this.#heads) listen(reply.value.run);
      feed.receive({ type: "followed", offset: reply.value.offset, resumed: reply.value.resumed });
    });
  }

  /** A feed has made progress: says anew whether everything is up to date. */
  #progress(): void {
    if (!this.#socket.connected) return;
    const isCurrent = [...this.#runs.values()].every(({ feed }) => feed.standing === "current");
    if (isCurrent) this.#become({ name: "live" });
    else if (this.#state.name !== "connecting") this.#become({ name: "catching-up" });
  }

  #connected(): void {
    const wasAway = this.#state.name !== "connecting";
    if (wasAway) this.#become({ name: "catching-up" });
    for (const project of this.#projects.keys()) this.#socket.emit("project:follow", { project }, () => {});
    for (const { feed } of this.#runs.values()) feed.connected();
    if (wasAway) for (const listen of this.#reconnected) listen();
    this.#progress();
  }

  #lost(reason: string | null): void {
    for (const { feed } of this.#runs.values()) feed.receive({ type: "lost" });
    if (this.#state.name === "offline") return;
    const { wallMs } = this.#options.clock ?? systemClock;
    this.#become({ name: "offline", sinceMs: wallMs(), reason });
  }

  #refused(error: Error): void {
    const refusal = wireErrorSchema.safeParse("data" in error ? error.data : undefined);
    if (refusal.success && !RETRYABLE[refusal.data.code]) {
      this.#options.onTurnedAway(explainRefusal(this.#options.hub, refusal.data));
      if (refusal.data.code === "unauthenticated") return;
    }
    this.#lost(refusal.success ? refusal.data.message : null);
    // A refusal by the hub, other than a broken line, is final for Socket.IO; but a database that is away comes back.
    if (!this.#socket.active) setTimeout(() => this.#isOpen && this.#socket.connect(), RETRY_MS);
  }

  #become(state: ConnectionState): void {
    if (state.name === this.#state.name && state.name !== "offline") return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

function add<T>(set: Set<T>, listener: T): () => void {
  set.add(listener);
  return () => set.delete(listener);
}
