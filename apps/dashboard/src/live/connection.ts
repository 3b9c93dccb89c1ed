import { RETRYABLE } from "@tailbone/protocol/errors";
import { decodeFrame } from "@tailbone/protocol/frame";
import type { Alert } from "@tailbone/protocol/rules";
import type { Run } from "@tailbone/protocol/run";
import {
  type Followed,
  LIVE_NAMESPACE,
  type LiveClientEvents,
  type LiveServerEvents,
  type Reply,
} from "@tailbone/protocol/sockets";
import { PROTOCOL_VERSION } from "@tailbone/protocol/version";
import { io, type Socket } from "socket.io-client";
import type { RunFeed } from "./run-feed";

/** What the dot in the top line says. */
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
  readonly onUnauthenticated: () => void;
  readonly now?: () => number;
}

/** The page's one connection to `/live`: feeds of runs and listeners of projects come and go on it, and it comes back by itself. */
export class LiveConnection {
  readonly #socket: LiveSocket;
  readonly #options: LiveConnectionOptions;
  readonly #feeds = new Map<string, RunFeed>();
  /** For each run that is followed: which life of the hub's database its frames came from. */
  readonly #epochs = new Map<string, string>();
  readonly #projects = new Map<string, number>();
  readonly #heads = new Set<(run: Run) => void>();
  readonly #deleted = new Set<(run: string) => void>();
  readonly #alerts = new Set<(alert: Alert, isNew: boolean) => void>();
  readonly #reconnected = new Set<() => void>();
  readonly #listeners = new Set<() => void>();
  #state: ConnectionState = { name: "connecting" };

  constructor(options: LiveConnectionOptions) {
    this.#options = options;
    const socket: LiveSocket = io(LIVE_NAMESPACE, {
      transports: ["websocket", "polling"],
      auth: { protocol: PROTOCOL_VERSION },
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
      this.#feeds.get(run)?.receive({ type: "delta", from, to, frames: decoded });
    });
    socket.on("run:reset", ({ run, offset }) => this.#feeds.get(run)?.receive({ type: "reset", offset }));
    socket.on("run:changed", (run) => {
      for (const listen of this.#heads) listen(run);
    });
    socket.on("alert:raised", (alert) => {
      for (const listen of this.#alerts) listen(alert, true);
    });
    socket.on("alert:changed", (alert) => {
      for (const listen of this.#alerts) listen(alert, false);
    });
    socket.on("run:deleted", ({ run }) => {
      for (const listen of this.#deleted) listen(run);
    });
  }

  readonly state = (): ConnectionState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => this.#add(this.#listeners, listener);

  open(): void {
    this.#socket.connect();
  }

  close(): void {
    this.#socket.disconnect();
  }

  /** Asks the hub for a run's frames from `offset` on, on behalf of its feed. */
  follow(run: string, offset: number | null): void {
    if (!this.#socket.connected) return;
    const epoch = this.#epochs.get(run);
    const request = { run, offset, ...(epoch === undefined ? {} : { epoch }) };
    this.#socket.emit("run:follow", request, (reply: Reply<Followed>) => {
      if (!reply.ok) {
        // A run that is not there says so on its page; a database that is away comes back.
        if (RETRYABLE[reply.error.code]) setTimeout(() => this.#feeds.get(run)?.connected(), RETRY_MS);
        return;
      }
      this.#epochs.set(run, reply.value.epoch);
      for (const listen of this.#heads) listen(reply.value.run);
      this.#feeds.get(run)?.receive({ type: "followed", offset: reply.value.offset, resumed: reply.value.resumed });
    });
  }

  /** Keeps a feed fed until the returned function is called. */
  addFeed(run: string, feed: RunFeed): () => void {
    this.#feeds.set(run, feed);
    if (this.#socket.connected) feed.connected();
    this.progress();
    return () => {
      this.#feeds.delete(run);
      this.#epochs.delete(run);
      this.#socket.emit("run:leave", { run });
      this.progress();
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

  onRun(listener: (run: Run) => void): () => void {
    return this.#add(this.#heads, listener);
  }

  onDeleted(listener: (run: string) => void): () => void {
    return this.#add(this.#deleted, listener);
  }

  /** Alerts of the team, new ones and changed ones. */
  onAlert(listener: (alert: Alert, isNew: boolean) => void): () => void {
    return this.#add(this.#alerts, listener);
  }

  /** What is not in any stream may have changed unheard while the connection was away. */
  onReconnected(listener: () => void): () => void {
    return this.#add(this.#reconnected, listener);
  }

  /** A feed has made progress: says anew whether everything is up to date. */
  progress(): void {
    if (!this.#socket.connected) return;
    const isCurrent = [...this.#feeds.values()].every((feed) => feed.standing === "current");
    if (isCurrent) this.#become({ name: "live" });
    else if (this.#state.name !== "connecting") this.#become({ name: "catching-up" });
  }

  #connected(): void {
    const wasAway = this.#state.name !== "connecting";
    if (wasAway) this.#become({ name: "catching-up" });
    for (const project of this.#projects.keys()) this.#socket.emit("project:follow", { project }, () => {});
    for (const feed of this.#feeds.values()) feed.connected();
    if (wasAway) for (const listen of this.#reconnected) listen();
    this.progress();
  }

  #lost(reason: string | null): void {
    for (const feed of this.#feeds.values()) feed.receive({ type: "lost" });
    if (this.#state.name === "offline") return;
    this.#become({ name: "offline", sinceMs: (this.#options.now ?? Date.now)(), reason });
  }

  #refused(error: Error): void {
    const data: unknown = "data" in error ? error.data : null;
    const code = typeof data === "object" && data !== null && "code" in data ? data.code : null;
    if (code === "unauthenticated") {
      this.#options.onUnauthenticated();
      return;
    }
    this.#lost(code === null ? null : error.message);
    // A refusal by the hub, other than a broken line, is final for Socket.IO; but a database that is away comes back.
    if (!this.#socket.active) setTimeout(() => this.#socket.connect(), RETRY_MS);
  }

  #become(state: ConnectionState): void {
    if (state.name === this.#state.name && state.name !== "offline") return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }

  #add<T>(set: Set<T>, listener: T): () => void {
    set.add(listener);
    return () => set.delete(listener);
  }
}
