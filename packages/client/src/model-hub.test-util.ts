import assert from "node:assert";
import { TailboneError } from "@tailbone/protocol/errors";
import type { RunFeed } from "./run-feed";
import type { LiveFrame, StreamEvent } from "./stream";

/** Frame n holds one point of series `n`, at step n. */
export function frameOf(step: number): LiveFrame {
  const column = Float64Array.of(step);
  return {
    leg: 1,
    sequence: step,
    sealedAtMs: step,
    groups: [{ names: ["n"], steps: column, timesMs: column, values: [column] }],
    records: [],
  };
}

/**
 * A hub with one run and one viewer whose messages travel in order, each when the test takes it from the inbox.
 * `snapshotOf` is what the hub answers to a read when so many frames are committed.
 */
export class ModelHub<Snapshot> {
  committed = 0;
  connected = false;
  readonly inbox: StreamEvent[] = [];
  readonly follows: (number | null)[] = [];
  /** Reads that the hub has not answered yet, and answers on their way. */
  readonly asked: (() => () => void)[] = [];
  readonly answers: (() => void)[] = [];
  #cursor: number | null = null;
  /** Frames below are no longer in the hub's memory. */
  #kept = 0;
  readonly #snapshotOf: (committed: number) => Snapshot;

  constructor(snapshotOf: (committed: number) => Snapshot) {
    this.#snapshotOf = snapshotOf;
  }

  commit(): void {
    this.committed++;
    this.#push();
  }

  forget(): void {
    this.#kept = this.committed;
  }

  /** The viewer is too slow: what waits for it is left out. */
  reset(): void {
    if (this.#cursor === null) return;
    this.#cursor = this.committed;
    this.inbox.push({ type: "reset", offset: this.committed });
  }

  answerFollow(): void {
    const offset = this.follows.shift();
    if (offset === undefined) return;
    const isKept = offset !== null && offset >= this.#kept && offset <= this.committed;
    const resumed = isKept || offset === this.committed;
    this.#cursor = isKept ? offset : this.committed;
    this.inbox.push({ type: "followed", offset: this.committed, resumed });
    this.#push();
  }

  disconnect(): void {
    this.connected = false;
    this.#cursor = null;
    this.inbox.length = 0;
    this.follows.length = 0;
  }

  readonly read = (): Promise<Snapshot> =>
    new Promise((resolve, reject) => {
      this.asked.push(() => {
        if (!this.connected) return () => reject(new TailboneError("unavailable", "away", "wait"));
        const snapshot = this.#snapshotOf(this.committed);
        return () => resolve(snapshot);
      });
    });

  answerRead(): void {
    const answer = this.asked.shift()?.();
    if (answer !== undefined) this.answers.push(answer);
  }

  /** Sends the newest frames of the last delta once more, together with a new one. */
  repeat(): void {
    const last = this.inbox.at(-1);
    if (last?.type !== "delta" || this.#cursor === null) return;
    const from = Math.max(0, last.to - 2);
    this.committed++;
    this.#cursor = this.committed;
    const frames = Array.from({ length: this.committed - from }, (_, index) => frameOf(from + index));
    this.inbox.push({ type: "delta", from, to: this.committed, frames });
  }

  #push(): void {
    if (!this.connected || this.#cursor === null || this.#cursor >= this.committed) return;
    const frames = Array.from({ length: this.committed - this.#cursor }, (_, index) =>
      frameOf((this.#cursor ?? 0) + index),
    );
    this.inbox.push({ type: "delta", from: this.#cursor, to: this.committed, frames });
    this.#cursor = this.committed;
  }
}

/** What happens between a hub and its viewer, the common things oftener than the rare ones. */
const often = ["commit", "deliver", "follow", "answer", "read"] as const;
export const ACTIONS = [...often, ...often, ...often, ...often, "drop", "forget", "reset", "repeat", "repeat"] as const;
export type Action = (typeof ACTIONS)[number];

/** Does what an action says to a hub and the feed that follows it. */
export function perform(action: Action, hub: ModelHub<unknown>, feed: RunFeed): void {
  const doing: Record<Action, () => void> = {
    commit: () => hub.commit(),
    deliver: () => deliverOne(hub, feed),
    follow: () => (hub.connected ? hub.answerFollow() : connect(hub, feed)),
    answer: () => hub.answerRead(),
    read: () => hub.answers.shift()?.(),
    repeat: () => hub.repeat(),
    drop: () => {
      hub.disconnect();
      feed.receive({ type: "lost" });
    },
    forget: () => hub.forget(),
    reset: () => hub.reset(),
  };
  doing[action]();
}

function connect(hub: ModelHub<unknown>, feed: RunFeed): void {
  if (hub.connected) return;
  hub.connected = true;
  feed.connected();
}

function deliverOne(hub: ModelHub<unknown>, feed: RunFeed): void {
  const event = hub.inbox.shift();
  if (event !== undefined) feed.receive(event);
}

/** Lets every promise that can settle do so. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Lets all that is under way come to its end: the feed is current afterwards. */
export async function comeToRest(hub: ModelHub<unknown>, feed: RunFeed): Promise<void> {
  connect(hub, feed);
  for (let round = 0; round < 100 && !(feed.isCurrent && hub.inbox.length === 0); round++) {
    hub.answerFollow();
    while (hub.inbox.length > 0) deliverOne(hub, feed);
    hub.answerRead();
    hub.answers.shift()?.();
    await settle();
  }
  assert(feed.isCurrent, "the feed comes to rest");
}
