import { encodeFrame } from "@tailbone/protocol/frame";
import { v4 as uuidv4 } from "uuid";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lossFrame, openRequest, startTestHub, type TestHub, unwrap } from "../test-hub";

let hub: TestHub;
/** What the hub takes for the monotonic time. */
let monotonicMs = 0;
beforeAll(async () => {
  hub = await startTestHub({}, undefined, { wallMs: Date.now, monotonicMs: () => monotonicMs });
});
afterAll(() => hub.close());

async function write(frames: number) {
  const socket = hub.writer();
  const request = openRequest();
  const address = { run: request.run, writer: request.writer };
  const opened = unwrap(await socket.emitWithAck("writer:open", request));
  let { epoch } = opened;
  for (let sequence = 0; sequence < frames; sequence++) {
    ({ epoch } = unwrap(await socket.emitWithAck("frame:append", address, lossFrame(sequence))));
  }
  const reopen = async (known: { epoch: string | null; next: number }) =>
    unwrap(await socket.emitWithAck("writer:open", { ...request, known }));
  return { address, epoch, reopen };
}

test("every answer says of which epoch it is, and it stays the same over a restart of the hub", async () => {
  const first = await write(1);
  const second = await write(2);
  expect(second.epoch).toBe(first.epoch);
  await hub.restart();
  expect((await write(1)).epoch).toBe(first.epoch);
  const [row] = await hub.database.db.$client<{ epoch: string }[]>`select epoch from database_epoch`;
  expect(row?.epoch).toBe(first.epoch);
});

test("a writer that was acknowledged further than the database knows begins another epoch, once; others do not", async () => {
  const { epoch, reopen } = await write(3);
  expect(await reopen({ epoch, next: 3 })).toMatchObject({ epoch, next: 3 });
  expect(await reopen({ epoch: uuidv4(), next: 9 })).toMatchObject({ epoch, next: 3 });

  const renewed = await reopen({ epoch, next: 9 });
  expect(renewed.next).toBe(3);
  expect(renewed.epoch).not.toBe(epoch);
  const [row] = await hub.database.db.$client<{ epoch: string }[]>`select epoch from database_epoch`;
  expect(row?.epoch).toBe(renewed.epoch);

  // The same restore, seen by the next writer, and one that only claims so right after.
  expect(await reopen({ epoch, next: 9 })).toMatchObject({ epoch: renewed.epoch });
  expect(await reopen({ epoch: null, next: 9 })).toMatchObject({ epoch: renewed.epoch });
  monotonicMs += 60_000;
  expect((await reopen({ epoch: null, next: 9 })).epoch).not.toBe(renewed.epoch);
});

test("a viewer whose frames are of another epoch is cut off, and comes again to read anew", async () => {
  monotonicMs += 60_000;
  const { address, epoch, reopen } = await write(2);
  const viewer = hub.viewer();
  const follow = async (offset: number | null, of: string) =>
    unwrap(await viewer.emitWithAck("run:follow", { run: address.run, offset, epoch: of }));
  expect(await follow(2, epoch)).toMatchObject({ epoch, offset: 2, resumed: true });
  const back = new Promise((resolve) => viewer.once("connect", () => resolve(undefined)));
  const renewed = await reopen({ epoch, next: 9 });
  await back;
  expect(await follow(2, epoch)).toMatchObject({ epoch: renewed.epoch, offset: 2, resumed: false });
  expect(await follow(2, renewed.epoch)).toMatchObject({ resumed: true });
});

test("a frame may stand for many: the writer goes on behind them, and what is known of its points with it", async () => {
  const socket = hub.writer();
  const request = openRequest();
  const address = { run: request.run, writer: request.writer };
  const opened = unwrap(await socket.emitWithAck("writer:open", request));
  expect(opened).toMatchObject({ next: 0, pointsThrough: 0 });
  const gap = encodeFrame({
    sequence: 0,
    span: 500,
    sealedAtMs: 1,
    groups: [],
    records: [{ type: "dropped", timeMs: 1, points: 1234, reason: "restored" }],
    pointsThrough: 1234,
  });
  expect(unwrap(await socket.emitWithAck("frame:append", address, gap))).toMatchObject({ next: 500 });
  expect(unwrap(await socket.emitWithAck("frame:append", address, gap))).toMatchObject({ next: 500 });
  expect(unwrap(await socket.emitWithAck("writer:open", request))).toMatchObject({ next: 500, pointsThrough: 1234 });
  const run = await hub.fetch(`/api/v1/runs/${address.run}`);
  expect(await run.json()).toMatchObject({ offset: 1, points: 0, droppedPoints: 1234 });
});
