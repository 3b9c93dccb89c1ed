import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { IngestServer } from "./ingest-server.test-util";
import { type Script, startScript } from "./script.test-util";
import { deliverSpool } from "./spool/deliver-spool";
import { listSpools } from "./spool/find-spools";

let server: IngestServer;
let dir: string;
beforeEach(async () => {
  server = await IngestServer.start();
  dir = mkdtempSync(join(tmpdir(), "tailbone-exits-"));
});
afterEach(async () => {
  await server.close();
  rmSync(dir, { recursive: true, force: true });
});

/** Starts a training of its own process: it has begun a run and logged 100 points; then comes `script`. */
const train = (script: string): Script =>
  startScript(
    dir,
    `const run = await init({ project: "exits", console: false, system: false });
     for (let step = 0; step < 100; step++) run.log({ n: step });
     ${script}`,
    server,
  );

const steps = (): number[] => server.points("n").map(([step]) => step);
const allSteps = Array.from({ length: 100 }, (_, n) => n);

describe("everything arrives, with how it ended,", () => {
  test("when the script ends without finish()", async () => {
    const { code } = await train("").ended;
    expect(code).toBe(0);
    expect(steps()).toEqual(allSteps);
    expect(server.records("finish")).toMatchObject([{ state: "finished" }]);
    expect(await listSpools(join(dir, "spool"))).toEqual([]);
  });

  test("when process.exit() is called in the same turn", async () => {
    const { code } = await train("process.exit(3);").ended;
    expect(code).toBe(3);
    expect(steps()).toEqual(allSteps);
    expect(server.records("finish")).toMatchObject([
      { state: "failed", error: { message: expect.stringContaining("3") } },
    ]);
    expect(await listSpools(join(dir, "spool"))).toEqual([]);
  });

  test("when an exception is not caught, which is still printed", async () => {
    const { code, output } = await train('setTimeout(() => { throw new RangeError("too hot"); }, 0);').ended;
    expect(code).toBe(1);
    expect(output).toContain("RangeError: too hot");
    expect(steps()).toEqual(allSteps);
    expect(server.records("finish")).toMatchObject([
      {
        state: "crashed",
        error: { name: "RangeError", message: "too hot", stack: expect.stringContaining("train.mts") },
      },
    ]);
  });

  test("when a rejection is not handled", async () => {
    const { code } = await train(
      'void Promise.reject(new Error("nobody waits")); await new Promise((r) => setTimeout(r, 60_000));',
    ).ended;
    expect(code).toBe(1);
    expect(steps()).toEqual(allSteps);
    expect(server.records("finish")).toMatchObject([{ state: "crashed", error: { message: "nobody waits" } }]);
  });

  test.each(["SIGINT", "SIGTERM"] as const)("when %s ends it, as it would without us", async (signal) => {
    const { child, ended } = train("setInterval(() => {}, 1000);");
    await server.until(() => steps().length === 100);
    child.kill(signal);
    expect(await ended).toMatchObject({ code: null, signal });
    expect(server.records("finish")).toMatchObject([{ state: "failed", error: { name: signal } }]);
    expect(await listSpools(join(dir, "spool"))).toEqual([]);
  });

  test("when the script itself handles the signal and finishes", async () => {
    const { child, ended } = train(`
      const alive = setInterval(() => {}, 1000);
      process.once("SIGTERM", async () => { run.log({ n: 100 }); await run.finish(); clearInterval(alive); });`);
    await server.until(() => steps().length === 100);
    child.kill("SIGTERM");
    expect(await ended).toMatchObject({ code: 0, signal: null });
    expect(steps()).toEqual([...allSteps, 100]);
    expect(server.records("finish")).toMatchObject([{ state: "finished" }]);
  });

  test("when an exception is caught by the script's own handler, and the training goes on", async () => {
    const { code } = await train(`
      process.on("uncaughtException", () => { run.log({ n: 100 }); });
      setTimeout(() => { throw new Error("handled"); }, 0);`).ended;
    expect(code).toBe(0);
    expect(steps()).toEqual([...allSteps, 100]);
    expect(server.records("finish")).toMatchObject([{ state: "finished" }]);
  });

  test("while its loop never yields", async () => {
    const { child, ended } = train(
      "for (let n = 100; ; n++) { run.log({ n }); const t = Date.now() + 2; while (Date.now() < t); }",
    );
    await server.until(() => steps().length > 300);
    child.kill("SIGKILL");
    await ended;
    expect(steps()).toEqual(steps().map((_, n) => n));
  });
});

describe("a training that was killed", () => {
  test("has what it logged on disk, which is delivered later, once", async () => {
    await server.close();
    const { child, ended, said } = train('console.log("logged"); setInterval(() => {}, 1000);');
    await said("logged");
    const spooled = async (): Promise<number> => (await listSpools(join(dir, "spool")))[0]?.bytes ?? 0;
    await expect.poll(spooled).toBeGreaterThan(1600);
    const [live] = await listSpools(join(dir, "spool"));
    await expect(deliverSpool(live ?? expect.fail(), { findKey: () => server.key })).rejects.toMatchObject({
      code: "conflict",
    });
    child.kill("SIGKILL");
    await ended;
    await server.listen();
    const [left] = await listSpools(join(dir, "spool"));
    const progress: number[] = [];
    const delivered = await deliverSpool(left ?? expect.fail(), {
      findKey: () => server.key,
      onProgress: (stored) => progress.push(stored),
    });
    expect(delivered).toMatchObject({ refused: 0, damaged: 0 });
    expect(progress.at(-1)).toBe(delivered.frames);
    expect(steps()).toEqual(allSteps);
    expect(await listSpools(join(dir, "spool"))).toEqual([]);
  });

  test("is delivered by the next training in the same folder", async () => {
    await server.close();
    const first = train('console.log("logged"); setInterval(() => {}, 1000);');
    await first.said("logged");
    await expect.poll(async () => (await listSpools(join(dir, "spool")))[0]?.bytes ?? 0).toBeGreaterThan(1600);
    first.child.kill("SIGKILL");
    await first.ended;
    await server.listen();
    const second = train("setInterval(() => {}, 1000);");
    await server.until(() => steps().length === 200);
    await expect.poll(async () => (await listSpools(join(dir, "spool"))).length).toBe(1);
    second.child.kill("SIGTERM");
    expect((await second.ended).output).toContain("delivered what an earlier training had left");
  });
});
