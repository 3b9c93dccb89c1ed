import { encodeFrame } from "@tailbone/protocol/frame";
import type { RunRecord } from "@tailbone/protocol/records";
import { runDetailSchema } from "@tailbone/protocol/run";
import type { RunDelta } from "@tailbone/protocol/sockets";
import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  lossFrame,
  nextEvent,
  openRequest,
  readJson,
  startTestHub,
  type TestHub,
  unwrap,
  type ViewerSocket,
} from "../test-hub";

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub({ TAILBONE_STALL_AFTER_MS: "400", TAILBONE_ALERTS_PER_MINUTE: "100000" });
});
afterAll(() => hub.close());

async function openRun(key = hub.key) {
  const socket = hub.writer({ key });
  const request = openRequest();
  unwrap(await socket.emitWithAck("writer:open", request));
  const address = { run: request.run, writer: request.writer };
  return {
    ...address,
    socket,
    append: async (sequence: number, points = 1) =>
      unwrap(await socket.emitWithAck("frame:append", address, lossFrame(sequence, points))),
  };
}

const nextConnect = async (viewer: ViewerSocket): Promise<void> => {
  if (!viewer.connected) await new Promise<void>((resolve) => viewer.once("connect", resolve));
};

const follow = async (viewer: ViewerSocket, run: string, offset: number | null) =>
  unwrap(await viewer.emitWithAck("run:follow", { run, offset }));

/** Collects deltas, and resolves when the stream reaches `to`. */
function collect(viewer: ViewerSocket, to: number): Promise<RunDelta[]> {
  const deltas: RunDelta[] = [];
  return new Promise((resolve) => {
    viewer.on("run:delta", (delta) => {
      deltas.push(delta);
      if (delta.to >= to) resolve(deltas);
    });
  });
}

const framesOf = (deltas: readonly RunDelta[]) => deltas.flatMap(({ frames }) => frames.map((frame) => [...frame]));
const headersOf = (frames: readonly Uint8Array[]) => frames.map((frame) => [...frame]);

describe("a viewer", () => {
  test("gets each frame after its commit, as the writer encoded it", async () => {
    const run = await openRun();
    const viewer = hub.viewer();
    expect(await follow(viewer, run.run, null)).toMatchObject({
      offset: 0,
      resumed: false,
      run: { name: expect.any(String) },
    });
    const sent = [0, 1, 2].map((sequence) => lossFrame(sequence));
    const collected = collect(viewer, 3);
    for (const frame of sent) {
      unwrap(await run.socket.emitWithAck("frame:append", { run: run.run, writer: run.writer }, frame));
    }
    const deltas = await collected;
    expect(framesOf(deltas)).toEqual(headersOf(sent));
    let offset = 0;
    for (const { from, to, frames } of deltas) {
      expect([from, to]).toEqual([offset, offset + frames.length]);
      offset = to;
    }
  });

  test("that reconnects gets exactly the frames that it missed", async () => {
    const run = await openRun();
    for (let sequence = 0; sequence < 5; sequence++) await run.append(sequence);
    const viewer = hub.viewer();
    const collected = collect(viewer, 6);
    expect(await follow(viewer, run.run, 2)).toMatchObject({ offset: 5, resumed: true });
    await run.append(5);
    const deltas = await collected;
    expect(deltas[0]?.from).toBe(2);
    expect(framesOf(deltas)).toHaveLength(4);
  });

  test("whose frames are no longer at hand is told to read anew", async () => {
    const run = await openRun();
    for (let sequence = 0; sequence < 3; sequence++) await run.append(sequence);
    await hub.restart();
    const viewer = hub.viewer();
    expect(await follow(viewer, run.run, 1)).toMatchObject({ offset: 3, resumed: false });
    expect(await follow(viewer, run.run, 3)).toMatchObject({ offset: 3, resumed: true });
    expect(await follow(viewer, run.run, 99)).toMatchObject({ offset: 3, resumed: false });
  });

  test("loses and doubles nothing when it follows while frames are committed", async () => {
    const run = await openRun();
    const count = 150;
    const appended = Promise.all(Array.from({ length: count }, (_, sequence) => run.append(sequence)));
    const viewers = Array.from({ length: 12 }, () => hub.viewer());
    const reads = viewers.map(async (viewer, index) => {
      const deltas: RunDelta[] = [];
      viewer.on("run:delta", (delta) => deltas.push(delta));
      for (let turn = 0; turn < index; turn++) await follow(viewer, run.run, null);
      const followed = await follow(viewer, run.run, null);
      if (followed.offset < count) await nextEvent(viewer, "run:delta", ({ to }) => to >= count);
      const later = deltas.filter(({ to }) => to > followed.offset);
      const offsets = later.flatMap(({ from, frames }) => frames.map((_, place) => from + place));
      return { from: followed.offset, offsets: offsets.filter((offset) => offset >= followed.offset) };
    });
    await appended;
    for (const { from, offsets } of await Promise.all(reads)) {
      expect(offsets).toEqual(Array.from({ length: count - from }, (_, place) => from + place));
    }
  });

  test("that leaves a run gets no more of it", async () => {
    const run = await openRun();
    const viewer = hub.viewer();
    const other = hub.viewer();
    await follow(viewer, run.run, null);
    await follow(other, run.run, null);
    const seen: number[] = [];
    viewer.on("run:delta", ({ to }) => seen.push(to));
    viewer.emit("run:leave", { run: run.run });
    await viewer.emitWithAck("project:follow", { project: uuidv7() });
    const collected = collect(other, 1);
    await run.append(0);
    await collected;
    expect(seen).toEqual([]);
  });

  test("of another team's run is told that there is none", async () => {
    const run = await openRun();
    const head = await readJson(await hub.fetch(`/api/v1/runs/${run.run}`), runDetailSchema);
    const { key } = await hub.addTeam();
    const viewer = hub.viewer({ key });
    const reply = await viewer.emitWithAck("run:follow", { run: run.run, offset: null });
    expect(reply).toMatchObject({ ok: false, error: { code: "not_found" } });
    const project = await viewer.emitWithAck("project:follow", { project: head.project.id });
    expect(project).toMatchObject({ ok: false, error: { code: "not_found" } });
    const malformed = await Reflect.apply(viewer.emitWithAck, viewer, ["run:follow", { run: 7 }]);
    expect(malformed).toMatchObject({
      ok: false,
      error: { code: "bad_request", message: expect.stringContaining("run") },
    });
  });

  test("hears what is raised in its team, whatever it follows, and nothing of another's", async () => {
    const run = await openRun();
    const [viewer, stranger] = [hub.viewer(), hub.viewer({ key: (await hub.addTeam()).key })];
    const heard: string[] = [];
    stranger.on("alert:raised", ({ title }) => heard.push(title));
    await Promise.all([viewer, stranger].map((each) => nextConnect(each)));
    // Runs of other tests, which have fallen silent, raise theirs meanwhile.
    const raised = nextEvent(viewer, "alert:raised", ({ run: { id } }) => id === run.run);
    const records: RunRecord[] = [
      { type: "alert", timeMs: 5, title: "loss is odd", text: "look", level: "warning", step: 8 },
    ];
    const frame = encodeFrame({ sequence: 0, sealedAtMs: 0, groups: [], records });
    unwrap(await run.socket.emitWithAck("frame:append", { run: run.run, writer: run.writer }, frame));
    expect(await raised).toMatchObject({
      title: "loss is odd",
      level: "warning",
      step: 8,
      run: { id: run.run },
      feature: null,
    });
    await stranger.emitWithAck("run:follow", { run: run.run, offset: null });
    expect(heard).toEqual([]);
  });

  test("of a project hears of runs that start, and of their states", async () => {
    const run = await openRun();
    const head = await readJson(await hub.fetch(`/api/v1/runs/${run.run}`), runDetailSchema);
    const viewer = hub.viewer();
    unwrap(await viewer.emitWithAck("project:follow", { project: head.project.id }));
    const started = nextEvent(viewer, "run:changed", ({ name }) => name === "newcomer");
    const socket = hub.writer();
    const request = openRequest({ name: "newcomer" });
    unwrap(await socket.emitWithAck("writer:open", request));
    await started;
    const stalled = nextEvent(viewer, "run:changed", ({ id, state }) => id === request.run && state === "stalled");
    await stalled;
    const back = nextEvent(viewer, "run:changed", ({ id, state }) => id === request.run && state === "running");
    socket.emit("writer:beat", { run: request.run, writer: request.writer });
    await back;
  });

  test("hears that a run was renamed or deleted", async () => {
    const run = await openRun();
    const viewer = hub.viewer();
    await follow(viewer, run.run, null);
    const renamed = nextEvent(viewer, "run:changed", ({ name }) => name === "renamed");
    const json = { "content-type": "application/json" };
    const body = JSON.stringify({ name: "renamed" });
    expect((await hub.fetch(`/api/v1/runs/${run.run}`, { method: "PATCH", body, headers: json })).status).toBe(200);
    await renamed;
    const deleted = nextEvent(viewer, "run:deleted");
    expect((await hub.fetch(`/api/v1/runs/${run.run}`, { method: "DELETE" })).status).toBe(200);
    expect(await deleted).toEqual({ run: run.run });
    expect((await hub.fetch(`/api/v1/runs/${run.run}`)).status).toBe(404);
  });
});

/** The TCP connection below a viewer. */
function connectionOf(viewer: ViewerSocket): { pause: () => void; resume: () => void } {
  const websocket: unknown = Reflect.get(Reflect.get(viewer.io.engine, "transport"), "ws");
  if (websocket instanceof Object && "pause" in websocket && "resume" in websocket) {
    const { pause, resume } = websocket;
    if (typeof pause === "function" && typeof resume === "function") {
      return { pause: () => pause.call(websocket), resume: () => resume.call(websocket) };
    }
  }
  throw new Error("the viewer has a WebSocket of the ws package");
}

test("a viewer that does not read is reset and slows nobody, and the hub keeps nothing for it", async () => {
  const run = await openRun();
  const slow = hub.viewer();
  const fast = hub.viewer();
  await follow(slow, run.run, null);
  await follow(fast, run.run, null);
  const connection = connectionOf(slow);
  connection.pause();
  const seen: RunDelta[] = [];
  slow.on("run:delta", (delta) => seen.push(delta));
  const reset = nextEvent(slow, "run:reset");
  const count = 40;
  const collected = collect(fast, count);
  for (let sequence = 0; sequence < count; sequence++) await run.append(sequence, 20_000);
  const deltas = await collected;
  expect(framesOf(deltas)).toHaveLength(count);
  connection.resume();
  const { offset } = await reset;
  expect(offset).toBe(count);
  const received = seen.reduce((sum, { frames }) => sum + frames.length, 0);
  expect(received).toBeLessThan(count);
  const next = nextEvent(slow, "run:delta", ({ from }) => from >= count);
  await run.append(count);
  expect(await next).toMatchObject({ from: count, to: count + 1 });
});

test("viewers that never read cost the hub nothing, however many alerts are raised, and those that read get each", async () => {
  const { key } = await hub.addTeam();
  const run = await openRun(key);
  const slow = Array.from({ length: 10 }, () => hub.viewer({ key }));
  const fast = hub.viewer({ key });
  await Promise.all([...slow, fast].map((each) => nextConnect(each)));
  const connections = slow.map(connectionOf);
  for (const connection of connections) connection.pause();
  const heard = new Set<string>();
  const title = (index: number) => `alert ${index} of ${run.run}`;
  const [count, each] = [30, 100];
  const all = new Promise<void>((resolve) => {
    fast.on("alert:raised", (alert) => {
      if (alert.run.id === run.run) heard.add(alert.title);
      if (heard.size === count * each) resolve();
    });
  });
  const reconnected = slow.map((viewer) => new Promise((resolve) => viewer.io.once("reconnect", resolve)));
  for (let sequence = 0; sequence < count; sequence++) {
    const records: RunRecord[] = Array.from({ length: each }, (_, index) => ({
      type: "alert",
      timeMs: 5,
      title: title(sequence * each + index),
      text: "x".repeat(8000),
      level: "info",
    }));
    const frame = encodeFrame({ sequence, sealedAtMs: 0, groups: [], records });
    unwrap(await run.socket.emitWithAck("frame:append", { run: run.run, writer: run.writer }, frame));
  }
  await all;
  // 24 MB of alerts for each: what the hub holds for one is a batch or two that its connection had taken when it
  // stopped.
  const metrics = await (await fetch(`${hub.url}/metrics`)).text();
  const waiting = Number(/^tailbone_viewer_packets (\d+)$/m.exec(metrics)?.[1]);
  expect(waiting).toBeLessThan(10 * slow.length);
  for (const connection of connections) connection.resume();
  await Promise.all(reconnected);
});
