import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { errorBodySchema } from "@tailbone/protocol/errors";
import { appendedFramesSchema, appendedSchema, beatSchema, bucketsSchema } from "@tailbone/protocol/http";
import { LIMITS } from "@tailbone/protocol/limits";
import { openedWriterSchema, runDetailSchema } from "@tailbone/protocol/run";
import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lossFrame, nextEvent, openRequest, readJson, startTestHub, type TestHub, unwrap } from "../test-hub";
import { FRAME_LIST_TYPE } from "./frame-list";

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub({ TAILBONE_STALL_AFTER_MS: "1500" });
});
afterAll(() => hub.close());

const post = (path: string, body: string | Uint8Array<ArrayBuffer>, type = "application/json") =>
  hub.fetch(`/api/v1${path}`, { method: "POST", body, headers: { "content-type": type } });
const postJson = (path: string, body: unknown) => post(path, JSON.stringify(body));
const readRun = async (run: string) => readJson(await hub.fetch(`/api/v1/runs/${run}`), runDetailSchema);
/** The raw points of one series, as columns. */
const readPoints = async (run: string, series: string) =>
  (await hub.fetch(`/api/v1/runs/${run}/points?series=${series}&raw=1`)).json();

async function makeRun(): Promise<string> {
  return (await readJson(await postJson("/runs", { project: "shell" }), openedWriterSchema)).run;
}

describe("a script that speaks HTTP alone", () => {
  test("makes a run, logs, beats and ends it; its points are there, and live for whoever looks on", async () => {
    const run = await makeRun();
    const viewer = hub.viewer();
    unwrap(await viewer.emitWithAck("run:follow", { run, offset: 0 }));
    const delta = nextEvent(viewer, "run:delta");
    await readJson(await postJson(`/runs/${run}/log`, { step: 1, values: { loss: 0.5, acc: "NaN" } }), appendedSchema);
    expect(await delta).toMatchObject({ run, from: 0, to: 1, frames: [expect.any(Uint8Array)] });

    const more = [
      { step: 2, values: { loss: 0.25 }, timeMs: 1_700_000_000_000 },
      { type: "config", config: { lr: 0.1 } },
      { step: 3, values: { loss: 0.125 } },
    ];
    expect(await readJson(await postJson(`/runs/${run}/log`, more), appendedSchema)).toMatchObject({ next: 2 });
    const lines = [4, 5].map((step) => JSON.stringify({ step, values: { loss: 1 / step } })).join("\n");
    await readJson(await post(`/runs/${run}/log`, `${lines}\n\n`, "application/x-ndjson"), appendedSchema);
    expect(await readJson(await postJson(`/runs/${run}/beat`, {}), beatSchema)).toEqual({ state: "running" });

    expect(await readPoints(run, "loss")).toMatchObject({
      steps: [1, 2, 3, 4, 5],
      values: [0.5, 0.25, 0.125, 0.25, 0.2],
      timesMs: expect.arrayContaining([1_700_000_000_000]),
    });
    expect(await readPoints(run, "acc")).toMatchObject({ steps: [1], values: ["NaN"] });
    const points = await hub.fetch(`/api/v1/runs/${run}/points?series=loss`);
    expect((await readJson(points, bucketsSchema)).series).toMatchObject([{ total: 5 }]);
    await postJson(`/runs/${run}/log`, { type: "finish", state: "finished" });
    expect(await readRun(run)).toMatchObject({ state: "finished", points: 6, config: { lr: 0.1 } });
    expect(await readJson(await postJson(`/runs/${run}/beat`, {}), beatSchema)).toEqual({ state: "finished" });
  });

  test("may send many requests at once: each is stored once, none takes another's place", async () => {
    const run = await makeRun();
    const steps = Array.from({ length: 60 }, (_, step) => step);
    const answers = await Promise.all(
      steps.map(async (step) =>
        readJson(await postJson(`/runs/${run}/log`, { step, values: { loss: step } }), appendedSchema),
      ),
    );
    expect(answers.map(({ next }) => next).sort((a, b) => a - b)).toEqual(steps.map((step) => step + 1));
    expect(await readPoints(run, "loss")).toMatchObject({ steps, values: steps });
    // A hub that has been started anew goes on where the last one was.
    await hub.restart();
    expect(
      await readJson(await postJson(`/runs/${run}/log`, { step: 60, values: { loss: 60 } }), appendedSchema),
    ).toMatchObject({ next: 61 });
  });

  test("numbers its requests where each is to be stored once, however often it is sent", async () => {
    const request = openRequest();
    await readJson(await postJson("/runs", request), openedWriterSchema);
    const { run, writer } = request;
    const log = (sequence: number) =>
      postJson(`/runs/${run}/log?writer=${writer}&sequence=${sequence}`, { step: sequence, values: { loss: 1 } });
    for (const sequence of [0, 0, 1, 0, 1]) await readJson(await log(sequence), appendedSchema);
    expect(await (await log(3)).json()).toMatchObject({ error: { code: "sequence_gap", expected: 2 } });
    expect(await readPoints(run, "loss")).toMatchObject({ steps: [0, 1] });
    expect((await postJson(`/runs/${run}/log?writer=${writer}`, { step: 1, values: {} })).status).toBe(400);
  });

  test("cannot number the frames of the hub's own writer", async () => {
    const run = await makeRun();
    await postJson(`/runs/${run}/log`, { step: 1, values: { loss: 1 } });
    const { writers } = await readRun(run);
    const [own] = await hub.database.db.$client`select id from writer where run_id = ${run}`;
    expect(writers).toHaveLength(1);
    for (const refused of [
      await post(`/runs/${run}/frames?writer=${own?.id}`, lossFrame(1), "application/octet-stream"),
      await postJson(`/runs/${run}/log?writer=${own?.id}&sequence=1`, { step: 2, values: { loss: 1 } }),
    ]) {
      expect(await refused.json()).toMatchObject({ error: { code: "conflict" } });
    }
  });

  test("is told what is wrong, and nothing of that request is stored", async () => {
    const run = await makeRun();
    const good = { step: 1, values: { loss: 1 } };
    const refusals = await Promise.all([
      post(`/runs/${run}/log`, JSON.stringify(good), "application/x-www-form-urlencoded"),
      post(`/runs/${run}/log`, `${JSON.stringify(good)}\n{"step": 2`, "application/x-ndjson"),
      post(
        `/runs/${run}/log`,
        `${JSON.stringify(good)}\n{"step": "two", "values": {"loss": 1}}`,
        "application/x-ndjson",
      ),
      postJson(`/runs/${run}/log`, [good, { type: "nonsense" }]),
      postJson(`/runs/${run}/log`, [good, { step: 2, values: { "": 1 } }]),
    ]);
    expect(refusals.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400]);
    const messages = await Promise.all(refusals.map(async (one) => JSON.stringify(await one.json())));
    for (const [index, part] of [
      "content-type: application/json",
      "Line 2 is not JSON",
      "1.step",
      "1.type",
      "1.values",
    ].entries()) {
      expect(messages[index]).toContain(part);
    }
    expect((await post(`/runs/${run}/log`, " ".repeat(LIMITS.httpBodyBytes + 1))).status).toBe(413);
    expect((await postJson(`/runs/${uuidv7()}/log`, good)).status).toBe(404);
    expect((await postJson(`/runs/${uuidv7()}/beat`, {})).status).toBe(404);
    expect(await readRun(run)).toMatchObject({ points: 0 });
  });

  test("keeps a run from stalling by beating, and revives one that has", async () => {
    const run = await makeRun();
    await expect.poll(async () => (await readRun(run)).state, { timeout: 20_000 }).toBe("stalled");
    const viewer = hub.viewer();
    unwrap(await viewer.emitWithAck("run:follow", { run, offset: 0 }));
    const changed = nextEvent(viewer, "run:changed", (head) => "state" in head && head.state === "running");
    expect(await readJson(await postJson(`/runs/${run}/beat`, {}), beatSchema)).toEqual({ state: "running" });
    await changed;
  });

  test.each(["README.md", "docs/protocol.md"])("does as the example of %s does", async (path) => {
    const page = readFileSync(new URL(`../../../../${path}`, import.meta.url), "utf8");
    const [, script] = /```sh\n(api=[^`]*)```/.exec(page) ?? expect.fail("there is no example");
    const env = { ...process.env, TAILBONE_URL: hub.url, TAILBONE_API_KEY: hub.key };
    const { stdout } = await promisify(execFile)("bash", ["-eu", "-c", `${script}\necho " $run"`], { env });
    const run = stdout.trim().split(" ").at(-1) ?? "";
    expect(await readRun(run)).toMatchObject({ state: "finished", project: { name: "shell" } });
    expect(await readPoints(run, "loss")).toMatchObject({ steps: [1], values: [0.5] });
  });
});

describe("several frames in one request", () => {
  const listOf = (frames: readonly Uint8Array[]): Uint8Array<ArrayBuffer> =>
    new Uint8Array(
      Buffer.concat(
        frames.flatMap((frame) => {
          const length = Buffer.alloc(4);
          length.writeUInt32LE(frame.byteLength);
          return [length, frame];
        }),
      ),
    );

  test("are answered one by one, in their order; what is behind one that is refused is not stored", async () => {
    const request = openRequest();
    await readJson(await postJson("/runs", request), openedWriterSchema);
    const path = `/runs/${request.run}/frames?writer=${request.writer}`;
    const send = async (frames: readonly Uint8Array[]) =>
      (await readJson(await post(path, listOf(frames), FRAME_LIST_TYPE), appendedFramesSchema)).answers;
    const first = await send([0, 1, 2].map((sequence) => lossFrame(sequence, 3)));
    expect(first.every(({ ok }) => ok)).toBe(true);
    expect(await readPoints(request.run, "loss")).toMatchObject({ steps: [0, 1, 2, 3, 4, 5, 6, 7, 8] });
    const broken = lossFrame(4);
    broken[0] = 0;
    expect(await send([lossFrame(3), broken, lossFrame(5), lossFrame(2)])).toMatchObject([
      { ok: true, value: { next: 4 } },
      { ok: false, error: { code: "frame_malformed" } },
      { ok: false, error: { code: "sequence_gap", expected: 4 } },
      { ok: true, value: { next: 4 } },
    ]);
    expect(await readRun(request.run)).toMatchObject({ offset: 4, points: 10 });
  });

  test("are refused as a whole where their lengths are wrong or too large, before any is read", async () => {
    const request = openRequest();
    await readJson(await postJson("/runs", request), openedWriterSchema);
    const path = `/runs/${request.run}/frames?writer=${request.writer}`;
    const good = listOf([lossFrame(0)]);
    const cut = good.subarray(0, good.byteLength - 1);
    const huge = Buffer.concat([good, Buffer.from([255, 255, 255, 255])]);
    const many = listOf(Array.from({ length: LIMITS.framesPerRequest + 1 }, () => new Uint8Array(0)));
    const codes: unknown[] = [];
    for (const body of [cut, new Uint8Array(huge), many, new Uint8Array(LIMITS.framesBytes + 1)]) {
      const answer = await post(path, new Uint8Array(body), FRAME_LIST_TYPE);
      codes.push((await readJson(answer, errorBodySchema)).error.code);
    }
    expect(codes).toEqual(["frame_malformed", "too_large", "too_large", "too_large"]);
    expect(await readRun(request.run)).toMatchObject({ offset: 0 });
  });
});
