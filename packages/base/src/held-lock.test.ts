import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { canSeeLocksOf, currentHolder, type HeldLock, holdLock } from "./held-lock";

const holding = fileURLToPath(new URL("./held-lock.test-util.mjs", import.meta.url));

let folder: string;
let path: string;
let children: ChildProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tailbone-held-"));
  path = join(folder, "lock");
  children = [];
});
afterEach(async () => {
  for (const child of children) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  }
  rmSync(folder, { recursive: true, force: true });
});

/** A process that has tried to take the lock, and lives on with what came of it. */
async function startHolder(
  command: string,
  ...args: string[]
): Promise<{ child: ChildProcess; kind: string; pid: number }> {
  const child = spawn(command, [...args, holding, path], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  for await (const line of createInterface({ input: child.stdout })) return { child, ...JSON.parse(line) };
  return expect.fail("it ended without a word");
}

function take(): HeldLock {
  const outcome = holdLock(path);
  return outcome.kind === "held" ? outcome.lock : expect.fail(JSON.stringify(outcome));
}

/** Programs that start a process with process ids of its own, as containers do; none where that is not allowed. */
const apart = ["unshare", "--pid", "--fork", "--kill-child"];
const canUnshare = spawnSync("unshare", [...apart.slice(1), "true"]).status === 0;

describe("a lock", () => {
  test("is held once, also within a process, until it is released", () => {
    const lock = take();
    expect(holdLock(path)).toEqual({ kind: "taken", holder: currentHolder() });
    lock.release();
    lock.release();
    const next = take();
    expect(next.previous).toBeNull();
    next.remove();
    expect(() => readFileSync(path)).toThrow("ENOENT");
    take().release();
  });

  test("of a process that is killed is free, and says whose it was", async () => {
    const { child, kind } = await startHolder(process.execPath);
    expect(kind).toBe("held");
    expect(holdLock(path)).toMatchObject({ kind: "taken", holder: { pid: child.pid, host: hostname() } });
    child.kill("SIGKILL");
    await once(child, "exit");
    const lock = take();
    expect(lock.previous).toMatchObject({ pid: child.pid });
    lock.release();
  });

  test.skipIf(!canUnshare)("is seen by processes with process ids of their own, and theirs is seen here", async () => {
    const lock = take();
    const outside = await startHolder(apart[0] ?? "", ...apart.slice(1), process.execPath);
    expect(outside).toMatchObject({ kind: "taken", pid: 1 });
    lock.release();
    const inside = await startHolder(apart[0] ?? "", ...apart.slice(1), process.execPath);
    expect(inside).toMatchObject({ kind: "held", pid: 1 });
    // The holder is process 1 there, and so is one here that always lives.
    expect(holdLock(path)).toMatchObject({ kind: "taken", holder: { pid: 1 } });
    inside.child.kill("SIGKILL");
    await once(inside.child, "exit");
    await expect.poll(() => holdLock(path).kind).toBe("held");
  });

  test("of a thread ends with the thread", async () => {
    const worker = new Worker(
      `const { createRequire } = require("node:module");
       const { openSync } = require("node:fs");
       const { parentPort, workerData } = require("node:worker_threads");
       const { tryLock } = createRequire(workerData.from)("fs-native-extensions");
       parentPort.postMessage(tryLock(openSync(workerData.path, "a+"), 2 ** 30, 1));
       setInterval(() => {}, 1000);`,
      { eval: true, workerData: { path, from: import.meta.url } },
    );
    expect(await once(worker, "message")).toEqual([true]);
    expect(holdLock(path).kind).toBe("taken");
    await worker.terminate();
    take().release();
  });

  test("whose file was deleted while it was waited for is the lock of nothing: the one at the path counts", () => {
    const old = take();
    rmSync(path);
    const lock = take();
    old.release();
    expect(holdLock(path).kind).toBe("taken");
    lock.release();
  });

  test("whatever stands in its file, is free when nobody holds it", () => {
    for (const text of ["", "{", JSON.stringify({ pid: process.pid, born: "1", token: "x" }), "null"]) {
      writeFileSync(path, text);
      const lock = take();
      expect(lock.previous).toBeNull();
      lock.release();
    }
  });

  test("says so where it cannot be", () => {
    const outcome = holdLock(path, () => {
      throw new Error("no such addon");
    });
    expect(outcome).toMatchObject({ kind: "unsupported", why: expect.stringContaining("no such addon") });
  });
});

test("locks of this machine are seen here; those of another one on a file system that may be shared are not", () => {
  expect(canSeeLocksOf(currentHolder().kernel, folder)).toBe(true);
  // /proc is no disk of this machine's own.
  if (process.platform === "linux") expect(canSeeLocksOf("another machine", "/proc")).toBe(false);
});
