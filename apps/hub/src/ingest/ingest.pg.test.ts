import { decodeFrame, encodeFrame } from "@tailbone/protocol/frame";
import { LIMITS } from "@tailbone/protocol/limits";
import type { RunRecord } from "@tailbone/protocol/records";
import { readFrameVectors } from "@tailbone/protocol/vectors.test-util";
import { MIN_VERSION, PROTOCOL_VERSION } from "@tailbone/protocol/version";
import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lossFrame, openRequest, startTestHub, type TestHub, unwrap, type WriterSocket } from "../test-hub";

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub.close());

async function refusal(socket: WriterSocket): Promise<unknown> {
  const error = await new Promise<Error>((resolve) => socket.once("connect_error", resolve));
  socket.disconnect();
  return "data" in error ? error.data : error;
}

async function openWriter(socket: WriterSocket) {
  const request = openRequest();
  const opened = unwrap(await socket.emitWithAck("writer:open", request));
  return { address: { run: request.run, writer: request.writer }, opened, request };
}

/** Does something while no frame of the run can be committed. */
function whileLocked<T>(run: string, action: () => Promise<T>): Promise<T> {
  return hub.database.db.$client
    .begin(async (sql) => {
      await sql`select 1 from run where id = ${run} for update`;
      return { result: await action() };
    })
    .then(({ result }) => result);
}

describe("a writer", () => {
  test("without a key, or with a wrong one, is told so", async () => {
    expect(await refusal(hub.writer({}))).toMatchObject({ code: "unauthenticated" });
    expect(await refusal(hub.writer({ key: `tb_${"x".repeat(64)}` }))).toMatchObject({ code: "unauthenticated" });
    expect(await refusal(hub.writer({ key: "hello" }))).toMatchObject({ code: "unauthenticated" });
  });

  test("of another version is told which one the hub speaks", async () => {
    for (const protocol of [MIN_VERSION - 1, PROTOCOL_VERSION + 1]) {
      const refused = await refusal(hub.writer({ key: hub.key, protocol }));
      expect(refused).toMatchObject({ code: "version_mismatch", hint: expect.stringContaining("upgrade") });
    }
  });

  test("of any version from the oldest that is read to the newest is let in", async () => {
    for (let protocol = MIN_VERSION; protocol <= PROTOCOL_VERSION; protocol++) {
      const socket = hub.writer({ key: hub.key, protocol });
      const { address } = await openWriter(socket);
      const vectors = new Map(readFrameVectors(protocol).map(({ name, bytes }) => [name, bytes]));
      for (const [sequence, name] of ["empty", "records", "mixed"].entries()) {
        const frame = vectors.get(name) ?? expect.fail(`version ${protocol} has no frame ${name}`);
        expect(unwrap(await socket.emitWithAck("frame:append", address, frame))).toMatchObject({ next: sequence + 1 });
      }
      const run = await hub.fetch(`/api/v1/runs/${address.run}`);
      expect(await run.json()).toMatchObject({ state: "finished", points: 2, droppedPoints: 13 });
    }
  });

  test("opens a run, and opening again says where to go on", async () => {
    const socket = hub.writer();
    const { address, opened, request } = await openWriter(socket);
    expect(opened).toMatchObject({ run: address.run, project: "digits", next: 0, lastStep: null });
    await socket.emitWithAck("frame:append", address, lossFrame(0));
    expect(unwrap(await socket.emitWithAck("writer:open", request))).toMatchObject({ next: 1, lastStep: 0 });
  });

  test("is answered once its frames are committed; a frame sent twice is stored once", async () => {
    const socket = hub.writer();
    const { address } = await openWriter(socket);
    const sent = [0, 1, 1, 2, 0].map((sequence) => socket.emitWithAck("frame:append", address, lossFrame(sequence)));
    const answers = (await Promise.all(sent)).map(unwrap);
    expect(answers.map(({ next }) => next).at(-1)).toBe(3);
    const points = await hub.fetch(`/api/v1/runs/${address.run}/points?series=loss&raw=1`);
    expect(await points.json()).toMatchObject({ offset: 3, steps: [0, 1, 2] });
  });

  test("keeps the order of frames that it sends without waiting", async () => {
    const socket = hub.writer();
    const { address } = await openWriter(socket);
    const count = 200;
    const sent = Array.from({ length: count }, (_, sequence) =>
      socket.emitWithAck("frame:append", address, lossFrame(sequence, 3)),
    );
    for (const reply of await Promise.all(sent)) unwrap(reply);
    const run = await hub.fetch(`/api/v1/runs/${address.run}`);
    expect(await run.json()).toMatchObject({ offset: count, points: 3 * count, lastStep: 3 * count - 1 });
  });

  test("that leaves a gap is told which frame is expected", async () => {
    const socket = hub.writer();
    const { address } = await openWriter(socket);
    unwrap(await socket.emitWithAck("frame:append", address, lossFrame(0)));
    const reply = await socket.emitWithAck("frame:append", address, lossFrame(2));
    expect(reply).toMatchObject({ ok: false, error: { code: "sequence_gap", expected: 1 } });
  });

  test("with damaged, oversized or foreign frames gets an error for each and loses nothing else", async () => {
    const socket = hub.writer();
    const { address } = await openWriter(socket);
    const frame = lossFrame(0, 10);
    const truncated = await socket.emitWithAck("frame:append", address, frame.slice(0, frame.byteLength - 5));
    expect(truncated).toMatchObject({ ok: false, error: { code: "frame_malformed" } });
    const oversized = await socket.emitWithAck("frame:append", address, new Uint8Array(LIMITS.frameBytes + 8));
    expect(oversized).toMatchObject({ ok: false, error: { code: "too_large" } });
    const unknown = await socket.emitWithAck("frame:append", { ...address, run: uuidv7() }, frame);
    expect(unknown).toMatchObject({ ok: false, error: { code: "not_found" } });
    const unopened = await socket.emitWithAck("frame:append", { ...address, writer: uuidv7() }, frame);
    expect(unopened).toMatchObject({ ok: false, error: { code: "not_found" } });
    expect(unwrap(await socket.emitWithAck("frame:append", address, frame))).toMatchObject({ next: 1 });
  });

  test("with a name of a megabyte is refused, and the field is named", async () => {
    const socket = hub.writer();
    const reply = await socket.emitWithAck("writer:open", openRequest({ project: "x".repeat(1 << 20) }));
    expect(reply).toMatchObject({
      ok: false,
      error: { code: "bad_request", message: expect.stringContaining("project") },
    });
  });

  test("one frame that cannot be stored does not take its neighbours with it", async () => {
    await hub.database.refuseRows("alert", "new.title = 'poison'");
    const socket = hub.writer();
    const { address } = await openWriter(socket);
    const alert: RunRecord = { type: "alert", timeMs: 0, title: "poison", text: "", level: "info" };
    const poison = encodeFrame({ sequence: 2, sealedAtMs: 0, groups: [], records: [alert] });
    const append = (frame: Uint8Array) => socket.emitWithAck("frame:append", address, frame);
    const sent = await whileLocked(address.run, async () => {
      const waiting = [lossFrame(0), lossFrame(1), poison, lossFrame(3)].map(append);
      // It is answered at once; so all before it wait by now, the last three for one transaction.
      expect(await append(new Uint8Array(8))).toMatchObject({ error: { code: "frame_malformed" } });
      return waiting;
    });
    expect(await Promise.all(sent)).toMatchObject([
      { ok: true, value: { next: 1 } },
      { ok: true, value: { next: 2 } },
      { ok: false, error: { code: "internal" } },
      { ok: false, error: { code: "sequence_gap", expected: 2 } },
    ]);
    const run = await hub.fetch(`/api/v1/runs/${address.run}`);
    expect(await run.json()).toMatchObject({ points: 2, offset: 2 });
  });

  test("whose config grows beyond its limit keeps the one it had, and is told so in the run's console", async () => {
    const socket = hub.writer();
    const { address } = await openWriter(socket);
    const config = { text: "x".repeat(LIMITS.configBytes + 1) };
    const change: RunRecord = { type: "config", timeMs: 0, config };
    const tooMuch = encodeFrame({ ...decodeFrame(lossFrame(0)), records: [change] });
    expect(await socket.emitWithAck("frame:append", address, tooMuch)).toMatchObject({ ok: true, value: { next: 1 } });
    const run = await hub.fetch(`/api/v1/runs/${address.run}`);
    expect(await run.json()).toMatchObject({ points: 1, config: { lr: 0.1 } });
    const lines = await hub.fetch(`/api/v1/runs/${address.run}/console`);
    expect(await lines.json()).toMatchObject({ lines: [{ text: expect.stringContaining("config was left out") }] });
  });

  test("may send NUL and half characters in any text: they are replaced, and everything is stored", async () => {
    const socket = hub.writer();
    const odd = "a\0b\ud800c";
    const request = openRequest({ name: odd, tags: [odd], config: { [odd]: odd } });
    const address = { run: request.run, writer: request.writer };
    unwrap(await socket.emitWithAck("writer:open", request));
    const column = Float64Array.of(1);
    const frame = encodeFrame({
      sequence: 0,
      sealedAtMs: 0,
      groups: [{ names: ["lo\0ss"], steps: column, timesMs: column, values: [column] }],
      records: [
        { type: "feature", timeMs: 0, name: `patch${odd}`, layer: `hidden${odd}`, settings: {} },
        { type: "console", timeMs: 0, stream: "stdout", text: odd },
        { type: "alert", timeMs: 0, title: odd, text: odd, level: "info" },
        { type: "tags", timeMs: 0, add: [`more${odd}`], remove: [] },
        { type: "finish", timeMs: 0, state: "failed", error: { name: odd, message: odd, stack: odd } },
      ],
    });
    expect(unwrap(await socket.emitWithAck("frame:append", address, frame))).toMatchObject({ next: 1 });
    const mended = "a\u2400b\ufffdc";
    const run = await hub.fetch(`/api/v1/runs/${address.run}`);
    expect(await run.json()).toMatchObject({
      name: mended,
      tags: [mended, `more${mended}`],
      config: { [mended]: mended },
      points: 1,
      error: { message: mended },
    });
    const features = await hub.fetch(`/api/v1/runs/${address.run}/features`);
    expect(await features.json()).toMatchObject({
      features: [{ name: `patch${mended}`, layer: `hidden${mended}` }],
    });
  });

  test("and everybody else may send them in queries, and gets an answer", async () => {
    const nul = encodeURIComponent("a\0b");
    for (const path of [
      `/api/v1/runs?project=${nul}&filter=${nul}&sort=series:${nul}`,
      `/api/v1/runs?filter=tag=${nul}`,
      `/api/v1/projects?x=${nul}`,
    ]) {
      expect([path, (await hub.fetch(path)).status]).toEqual([path, path.includes("project=") ? 404 : 200]);
    }
  });

  test("may use plain HTTP, with the same answers", async () => {
    const request = openRequest();
    const json = { "content-type": "application/json" };
    const opened = await hub.fetch("/api/v1/runs", { method: "POST", body: JSON.stringify(request), headers: json });
    expect(await opened.json()).toMatchObject({ run: request.run, next: 0 });
    const append = (body: Uint8Array<ArrayBuffer>) =>
      hub.fetch(`/api/v1/runs/${request.run}/frames?writer=${request.writer}`, {
        method: "POST",
        body,
        headers: { "content-type": "application/octet-stream" },
      });
    expect(await (await append(lossFrame(0))).json()).toMatchObject({ next: 1 });
    expect(await (await append(lossFrame(0))).json()).toMatchObject({ next: 1 });
    const gap = await append(lossFrame(5));
    expect([gap.status, await gap.json()]).toMatchObject([409, { error: { code: "sequence_gap", expected: 1 } }]);
    const large = await append(new Uint8Array(LIMITS.frameBytes + 1));
    expect([large.status, await large.json()]).toMatchObject([413, { error: { code: "too_large" } }]);
    const torn = await append(lossFrame(1).slice(0, 40));
    expect([torn.status, await torn.json()]).toMatchObject([422, { error: { code: "frame_malformed" } }]);
  });
});
