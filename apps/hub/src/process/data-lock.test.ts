import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lockDataDir } from "./data-lock";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tailbone-lock-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("a data folder has one hub at a time", async () => {
  const unlock = await lockDataDir(folder);
  await expect(lockDataDir(folder)).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining(folder),
  });
  await unlock();
  await (await lockDataDir(folder))();
});

test("a data folder that cannot be written is said, with what to do", async () => {
  const file = join(folder, "file");
  await writeFile(file, "");
  await expect(lockDataDir(join(file, "data"))).rejects.toMatchObject({
    code: "forbidden",
    hint: expect.stringContaining("TAILBONE_DATA"),
  });
});

test("the lock of a process that was killed is taken over, also when its id is in use again", async () => {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  await writeFile(join(folder, "hub.lock"), JSON.stringify({ pid: child.pid, born: "1", token: "x" }));
  await (await lockDataDir(folder))();
  await writeFile(join(folder, "hub.lock"), JSON.stringify({ pid: process.pid, born: "1", token: "x" }));
  await (await lockDataDir(folder))();
});
