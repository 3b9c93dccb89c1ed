import { TailboneError } from "@tailbone/protocol/errors";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ACTIONS, comeToRest, ModelHub, perform, settle } from "./model-hub.test-util";
import { type FeedReader, RunFeed } from "./run-feed";
import type { LiveFrame } from "./stream";

/** The frames of a run up to `offset`, by their sequence: read once, and kept by the stream. */
class Sequences implements FeedReader {
  readonly #feed: RunFeed;
  readonly #read: () => Promise<{ offset: number }>;
  readonly #detach: () => void;
  readonly #abort = new AbortController();
  seen: number[] | null = null;

  constructor(feed: RunFeed, read: () => Promise<{ offset: number }>) {
    this.#feed = feed;
    this.#read = read;
    this.#detach = feed.attach(this);
    this.#start();
  }

  oldest = (): number | null => this.seen?.length ?? null;

  take(frames: readonly LiveFrame[], from: number): void {
    this.seen?.push(...frames.slice(Math.max(0, this.seen.length - from)).map(({ sequence }) => sequence));
  }

  reload(below: number): boolean {
    if (this.seen === null || this.seen.length >= below) return false;
    this.seen = null;
    this.#start();
    return true;
  }

  leave(): void {
    this.#abort.abort();
    this.#detach();
  }

  #start(): void {
    const accept = ({ offset }: { offset: number }, since: readonly LiveFrame[]): void => {
      this.seen = Array.from({ length: offset }, (_, sequence) => sequence);
      this.take(since, offset);
    };
    void this.#feed.read(this.#read, accept, this.#abort.signal);
  }
}

const script = fc.array(fc.constantFrom(...ACTIONS, "join", "leave"), { minLength: 50, maxLength: 100, size: "max" });

test("each of several readers of a run sees every frame once, in order, whenever they come and go and whatever happens on the way", async () => {
  await fc.assert(
    fc.asyncProperty(script, async (actions) => {
      const hub = new ModelHub((offset) => ({ offset }));
      const feed = new RunFeed({ follow: (offset) => hub.follows.push(offset), pause: () => Promise.resolve() });
      const readers = [new Sequences(feed, hub.read)];
      const check = (): void => {
        for (const { seen } of readers) {
          if (seen !== null) expect(seen).toEqual(Array.from({ length: seen.length }, (_, sequence) => sequence));
          expect(seen?.length ?? 0).toBeLessThanOrEqual(hub.committed);
        }
      };
      for (const action of actions) {
        if (action === "join") readers.push(new Sequences(feed, hub.read));
        else if (action === "leave") readers.shift()?.leave();
        else perform(action, hub, feed);
        await settle();
        check();
      }
      await comeToRest(hub, feed);
      check();
      for (const { seen } of readers) expect(seen?.length).toBe(hub.committed);
    }),
    { numRuns: 300 },
  );
});

test("a read that keeps failing is told of while it is tried again, and what it brings in the end is taken", async () => {
  const feed = new RunFeed({ follow: () => {}, pause: async () => {} });
  const [told, taken]: [string[], number[]] = [[], []];
  let tries = 0;
  const read = async (): Promise<{ offset: number }> => {
    tries++;
    if (tries <= 4) throw new TailboneError("unavailable", `Failure ${tries}.`, "Wait.");
    return { offset: 7 };
  };
  const abort = new AbortController();
  await feed.read(
    read,
    ({ offset }) => taken.push(offset),
    abort.signal,
    ({ message }) => told.push(message),
  );
  expect([told, taken]).toEqual([["Failure 3.", "Failure 4."], [7]]);
});

test("a run whose database was restored to an older state is read anew, and goes on from there", async () => {
  const hub = new ModelHub((offset) => ({ offset }));
  const feed = new RunFeed({ follow: (offset) => hub.follows.push(offset), pause: () => Promise.resolve() });
  const reader = new Sequences(feed, hub.read);
  for (let frame = 0; frame < 10; frame++) hub.commit();
  await comeToRest(hub, feed);
  expect(reader.seen).toHaveLength(10);
  hub.disconnect();
  feed.receive({ type: "lost" });
  hub.committed = 4;
  await comeToRest(hub, feed);
  hub.commit();
  await comeToRest(hub, feed);
  expect(reader.seen).toEqual([0, 1, 2, 3, 4]);
});
