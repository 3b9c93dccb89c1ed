import { randomUUID } from "node:crypto";
import { LiveConnection } from "@tailbone/client/live-connection";
import type { FeedReader } from "@tailbone/client/run-feed";
import type { TailboneError } from "@tailbone/protocol/errors";
import { encodeFrame } from "@tailbone/protocol/frame";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type IngestSocket, openSocket, openWriter } from "../bench/ingest-client";
import { TcpProxy } from "../faults/tcp-proxy";
import { hubAt } from "../support/hub";
import { openPlace, type Place, type Stack, startStack } from "../support/stack";

/* One connection, and all who follow runs on it, against a real hub behind a network that can be cut. */

let place: Place;
let stack: Stack;
let proxy: TcpProxy;
let writer: IngestSocket;
let connection: LiveConnection;

beforeAll(async () => {
  place = await openPlace();
  stack = await startStack(place, { dashboard: false });
  proxy = await TcpProxy.open(Number(new URL(place.url).port));
  writer = openSocket(stack.url, stack.key);
});
afterEach(() => connection.close());
afterAll(async () => {
  writer?.disconnect();
  await proxy?.close();
  await stack?.stop();
  await place?.remove();
});

function connect(key = stack.key): TailboneError[] {
  const refusals: TailboneError[] = [];
  const hub = hubAt(`http://127.0.0.1:${proxy.port}`, key);
  connection = new LiveConnection({ hub, onTurnedAway: (error) => refusals.push(error) });
  connection.open();
  return refusals;
}

/** A run that grows by one frame, of one point, at each call. */
async function openRun(): Promise<{ run: string; append: () => Promise<void> }> {
  const address = { run: randomUUID(), writer: randomUUID() };
  await openWriter(writer, address);
  let sequence = 0;
  return {
    run: address.run,
    append: async () => {
      const one = Float64Array.of(sequence);
      const group = { names: ["n"], steps: one, timesMs: Float64Array.of(Date.now()), values: [one] };
      const frame = encodeFrame({ sequence: sequence++, sealedAtMs: Date.now(), groups: [group], records: [] });
      const reply = await writer.emitWithAck("frame:append", address, frame);
      if (!reply.ok) throw new Error(reply.error.message);
    },
  };
}

/** Follows a run and notes the sequences of its frames. */
function follow(run: string): { seen: number[]; isFollowing: () => boolean; leave: () => void } {
  const seen: number[] = [];
  const { feed, leave } = connection.followRun(run);
  const reader: FeedReader = {
    oldest: () => null,
    reload: () => false,
    take: (frames) => seen.push(...frames.map(({ sequence }) => sequence)),
  };
  const detach = feed.attach(reader);
  return {
    seen,
    isFollowing: () => feed.standing === "current",
    leave: () => {
      detach();
      leave();
    },
  };
}

test("several follow one run: each sees every frame once, one may leave and come again, and the last to leave ends it", async () => {
  connect();
  const { run, append } = await openRun();
  const [first, second] = [follow(run), follow(run)];
  await expect.poll(first.isFollowing).toBe(true);
  await append();
  await expect.poll(() => [first.seen, second.seen]).toEqual([[0], [0]]);

  first.leave();
  // Twice is as once: the other's place is not given up.
  first.leave();
  await append();
  await expect.poll(() => second.seen).toEqual([0, 1]);
  const third = follow(run);
  await append();
  await expect.poll(() => [first.seen, second.seen, third.seen]).toEqual([[0], [0, 1, 2], [2]]);

  // Cut off, both go on where they were.
  proxy.shut();
  await expect.poll(() => connection.state().name).toBe("offline");
  await append();
  proxy.heal();
  await expect
    .poll(() => [second.seen, third.seen])
    .toEqual([
      [0, 1, 2, 3],
      [2, 3],
    ]);

  second.leave();
  third.leave();
  // Another run's frame, committed later, comes behind whatever this one's would have brought.
  const other = await openRun();
  const beside = follow(other.run);
  await expect.poll(beside.isFollowing).toBe(true);
  await append();
  await other.append();
  await expect.poll(() => beside.seen).toEqual([0]);
  expect([second.seen.length, third.seen.length]).toEqual([4, 2]);
  const again = follow(run);
  await expect.poll(again.isFollowing).toBe(true);
  await append();
  await expect.poll(() => again.seen).toEqual([5]);
});

test("who is not let in, and who follows what is not there, is told so", async () => {
  const refusals = connect("tb_wrong");
  await expect
    .poll(() => refusals.map(({ message }) => message))
    .toEqual([expect.stringContaining("does not know this key")]);
  connection.close();

  connect();
  const denied: [string, string][] = [];
  connection.onDenied((run, { code }) => denied.push([run, code]));
  const nowhere = randomUUID();
  follow(nowhere);
  await expect.poll(() => denied).toEqual([[nowhere, "not_found"]]);
});
