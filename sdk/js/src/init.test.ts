import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { v7 as uuidv7 } from "uuid";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { IngestServer } from "./ingest-server.test-util";
import { init } from "./init";
import type { InitOptions } from "./init-options";
import type { Run } from "./run";
import { listSpools } from "./spool/find-spools";
import { readSpool } from "./spool/read-spool";

let server: IngestServer;
let dir: string;
const runs: Run[] = [];

beforeEach(async () => {
  server = await IngestServer.start();
  dir = mkdtempSync(join(tmpdir(), "tailbone-init-"));
});
afterEach(async () => {
  await Promise.all(runs.splice(0).map((run) => run.finish()));
  await server.close();
  rmSync(dir, { recursive: true, force: true });
});

async function start(options: Partial<InitOptions> = {}): Promise<Run> {
  const run = await init({
    project: "tests",
    url: server.url,
    apiKey: server.key,
    dir,
    console: false,
    system: false,
    quiet: true,
    finishTimeoutMs: 20_000,
    ...options,
  });
  runs.push(run);
  return run;
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
const spoolIsEmpty = (): boolean => !existsSync(join(dir, "spool")) || readdirSync(join(dir, "spool")).length === 0;

describe("a run", () => {
  test("brings all that was logged, once and in order, and leaves nothing on disk", async () => {
    const run = await start({ name: "first", config: { lr: 0.1 }, tags: ["a"], totalSteps: 100 });
    expect([run.name, run.project, run.url]).toEqual(["first", "tests", `${server.url}/runs/${run.id}`]);
    for (let step = 0; step < 5000; step++) run.log({ loss: 1 / (step + 1), n: step });
    run.config({ warm: true, big: Number.NaN });
    run.tags("b", "c");
    run.alert({ title: "look", text: "at this", level: "warning" });
    run.checkpoint({ step: 10, metrics: { accuracy: Number.NaN }, weights: { path: "/tmp/w", bytes: 3 } });
    await run.finish();
    expect(server.points("n").map(([step, value]) => [step, value])).toEqual(upTo(5000).map((n) => [n, n]));
    expect(server.records("config")).toMatchObject([{ config: { warm: true, big: "NaN" } }]);
    expect(server.records("tags")).toMatchObject([{ add: ["b", "c"] }]);
    expect(server.records("alert")).toMatchObject([{ title: "look", level: "warning", step: 4999 }]);
    expect(server.records("checkpoint")).toMatchObject([{ step: 10, metrics: { accuracy: "NaN" } }]);
    expect(server.records("finish")).toMatchObject([{ state: "finished" }]);
    const [writer] = server.writers.values();
    expect(writer?.request).toMatchObject({
      project: "tests",
      config: { lr: 0.1 },
      tags: ["a"],
      totalSteps: 100,
      mode: "create",
    });
    expect(writer?.request.host?.pid).toBe(process.pid);
    expect(spoolIsEmpty()).toBe(true);
  });

  test("says how it ended, takes finish twice, and nothing after it", async () => {
    const run = await start();
    run.log({ a: 1 });
    await Promise.all([run.finish({ state: "failed" }), run.finish()]);
    run.log({ a: 2 });
    run.tags("late");
    expect(server.records("finish")).toMatchObject([{ state: "failed" }]);
    expect(server.points("a")).toEqual([[0, 1]]);
  });

  test("has its console lines and its system's measurements", async () => {
    const run = await start({ console: true, system: { everyMs: 100 } });
    process.stdout.write("a line of the training\n");
    run.log({ a: 1 }, { step: 17 });
    // What is measured before the step has come to the worker is of the step before.
    await server.until(() => server.points("system/cpu").some(([step]) => step === 17));
    await run.finish();
    expect(server.records("console").map(({ text }) => text)).toContain("a line of the training");
    for (const name of ["system/cpu", "system/process_cpu", "system/memory", "system/process_memory"]) {
      const point = server.points(name).find(([step]) => step === 17);
      expect(point?.[1]).toBeGreaterThanOrEqual(0);
    }
  });

  test("lives beside others in one process", async () => {
    const [one, two] = await Promise.all([start({ name: "one" }), start({ name: "two" })]);
    for (let step = 0; step < 100; step++) {
      one.log({ one: step });
      two.log({ two: step });
    }
    await Promise.all([one.finish(), two.finish()]);
    expect(server.points("one").length).toBe(100);
    expect(server.points("two").length).toBe(100);
  });

  test("is there while its loop never yields", async () => {
    const run = await start();
    // The server is in this thread, so the loop can only end by itself; what counts is what has left meanwhile.
    const until = performance.now() + 600;
    let step = 0;
    while (performance.now() < until) if (step < 1000) run.log({ n: step++ });
    const [spool] = await listSpools(join(dir, "spool"));
    const onDisk: number[] = [];
    if (spool !== undefined)
      for (const frame of readSpool(spool)) for (const { steps } of frame.groups) onDisk.push(...steps);
    expect(onDisk).toEqual(upTo(1000));
    await run.finish();
    expect(server.points("n").length).toBe(1000);
  });

  test("goes on where it was when it is resumed", async () => {
    server.lastStep = 41;
    const id = uuidv7();
    const run = await start({ id, resume: true });
    run.log({ a: 1 });
    await run.finish();
    expect(server.points("a")).toEqual([[42, 1]]);
    const [writer] = server.writers.values();
    expect(writer?.request).toMatchObject({ run: id, mode: "resume" });
  });

  test("does nothing at all when it is disabled", async () => {
    const run = await start({ mode: "disabled" });
    run.log({ a: 1 });
    await run.finish();
    expect([server.opens, readdirSync(dir)]).toEqual([0, []]);
  });
});

describe("init throws what to do", () => {
  test("when the key is wrong, and leaves nothing behind", async () => {
    await expect(start({ apiKey: "tb_wrong" })).rejects.toMatchObject({
      name: "TailboneError",
      code: "unauthenticated",
    });
    expect(spoolIsEmpty()).toBe(true);
  });

  test("when options make no sense", async () => {
    const wrong: [Partial<InitOptions>, string][] = [
      [{ project: "" }, "project"],
      [{ url: "ftp://x" }, "url"],
      [{ id: "seven" }, "id"],
      [{ tags: ["x".repeat(200)] }, "tags"],
      [{ totalSteps: -1 }, "totalSteps"],
      [{ config: { big: "x".repeat(300_000) } }, "config"],
      [{ resume: true }, "resume"],
      [{ ...JSON.parse('{"projekt":"x"}') }, "projekt"],
    ];
    for (const [options, field] of wrong) {
      await expect(start(options)).rejects.toMatchObject({
        code: "bad_request",
        message: expect.stringContaining(field),
      });
    }
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    await expect(start({ config: loop })).rejects.toMatchObject({ code: "bad_request" });
  });

  test("when an id is taken and nobody said that it means to go on", async () => {
    server.lastStep = 5;
    await expect(start({ id: uuidv7() })).rejects.toMatchObject({ code: "conflict" });
    expect(spoolIsEmpty()).toBe(true);
  });

  test("when the spool cannot be written", async () => {
    const file = join(dir, "file");
    writeFileSync(file, "");
    await expect(start({ dir: file })).rejects.toMatchObject({ code: "storage_full" });
  });
});

describe("without a hub", () => {
  test("a run goes on, and delivers when the hub comes", async () => {
    await server.close();
    const run = await start();
    for (let step = 0; step < 100; step++) run.log({ n: step });
    await server.listen();
    await run.finish();
    expect(server.points("n").map(([step]) => step)).toEqual(upTo(100));
    expect(spoolIsEmpty()).toBe(true);
  });

  test("finish does not wait long for a hub that was never there, and what was logged stays", async () => {
    await server.close();
    const run = await start();
    run.log({ n: 1 });
    const started = performance.now();
    await run.finish();
    expect(performance.now() - started).toBeLessThan(10_000);
    const [spool] = await listSpools(join(dir, "spool"));
    expect(spool).toMatchObject({ run: run.id, project: "tests" });
  });

  test("offline writes the spool, and asks no hub", async () => {
    const run = await start({ mode: "offline" });
    for (let step = 0; step < 10; step++) run.log({ n: step });
    await run.finish();
    expect(server.opens).toBe(0);
    const [spool] = await listSpools(join(dir, "spool"));
    const frames = [];
    if (spool !== undefined) for (const frame of readSpool(spool)) frames.push(frame);
    expect(frames.flatMap(({ groups }) => groups.flatMap(({ steps }) => [...steps]))).toEqual(upTo(10));
    expect(frames.at(-1)?.records.at(-1)).toMatchObject({ type: "finish", state: "finished" });
  });

  test("a hub that goes away and comes back in the middle misses nothing", async () => {
    const run = await start();
    for (let step = 0; step < 300; step++) run.log({ n: step });
    await server.until(() => server.points("n").length > 0);
    await server.close();
    for (let step = 300; step < 600; step++) run.log({ n: step });
    await server.listen();
    await run.finish();
    expect(server.points("n").map(([step]) => step)).toEqual(upTo(600));
  });
});
