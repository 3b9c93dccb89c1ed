import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { errorBodySchema } from "@tailbone/protocol/errors";
import { encodeFrame } from "@tailbone/protocol/frame";
import type { RunRecord } from "@tailbone/protocol/records";
import { runDetailSchema } from "@tailbone/protocol/run";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openRequest, readJson, startTestHub, type TestHub, unwrap } from "../test-hub";

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub.close());

/** What the hub says to these very bytes. */
async function say(request: string): Promise<{ status: number; error: unknown }> {
  const socket = connect(Number(new URL(hub.url).port), "127.0.0.1");
  await once(socket, "connect");
  socket.write(request);
  const answer = await text(socket);
  const [head = "", body = ""] = answer.split("\r\n\r\n");
  return { status: Number(head.split(" ")[1]), error: errorBodySchema.parse(JSON.parse(body)).error };
}

test("headers that are too long, and what is no HTTP at all, get errors of the API's form", async () => {
  const long = `GET /api/v1/me HTTP/1.1\r\nhost: x\r\nx-long: ${"x".repeat(100_000)}\r\n\r\n`;
  expect(await say(long)).toMatchObject({ status: 431, error: { code: "too_large" } });
  expect(await say("what is this\r\n\r\n")).toMatchObject({ status: 400, error: { code: "bad_request" } });
});

const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;

test("JSON that is thousands of levels deep is refused and named, by HTTP and in a frame", async () => {
  const request = openRequest();
  for (const depth of [3000, 100_000]) {
    const body = JSON.stringify({ ...request, config: null }).replace('"config":null', `"config":${nested(depth)}`);
    const response = await hub.fetch("/api/v1/runs", {
      method: "POST",
      body,
      headers: { "content-type": "application/json" },
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining("levels deep") } });
  }
  const socket = hub.writer();
  unwrap(await socket.emitWithAck("writer:open", request));
  const config: RunRecord = { type: "config", timeMs: 1, config: JSON.parse(nested(3000)) };
  const frame = encodeFrame({ sequence: 0, sealedAtMs: 1, groups: [], records: [config] });
  const address = { run: request.run, writer: request.writer };
  const refused = { ok: false, error: { code: "frame_malformed" } };
  expect(await socket.emitWithAck("frame:append", address, frame)).toMatchObject(refused);
});

test("times that are no dates, and counts that add up to no number, break no run", async () => {
  const socket = hub.writer();
  const request = openRequest();
  const far = await socket.emitWithAck("writer:open", { ...request, startedAtMs: 1e300 });
  expect(far).toMatchObject({ ok: false, error: { message: expect.stringContaining("startedAtMs") } });
  unwrap(await socket.emitWithAck("writer:open", request));
  const address = { run: request.run, writer: request.writer };
  const frame = (sequence: number, records: RunRecord[], timeMs = 1): Uint8Array => {
    const steps = Float64Array.of(1);
    const group = { names: ["loss"], steps, timesMs: Float64Array.of(timeMs), values: [steps] };
    return encodeFrame({ sequence, sealedAtMs: 1, groups: [group], records });
  };
  expect(await socket.emitWithAck("frame:append", address, frame(0, [], 1e300))).toMatchObject({
    ok: false,
    error: { code: "frame_malformed" },
  });
  const dropped: RunRecord = { type: "dropped", timeMs: 1, points: 1e12, reason: "ring_full" };
  unwrap(
    await socket.emitWithAck(
      "frame:append",
      address,
      frame(
        0,
        Array.from({ length: 9999 }, () => dropped),
      ),
    ),
  );
  const run = await readJson(await hub.fetch(`/api/v1/runs/${request.run}`), runDetailSchema);
  expect(run.droppedPoints).toBe(Number.MAX_SAFE_INTEGER);
});
