import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { currentHolder } from "@tailbone/base/held-lock";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lockDataDir } from "./data-lock";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tailbone-lock-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** What stands against a hub on that folder. */
function refusal(dataDir: string): unknown {
  try {
    lockDataDir(dataDir)();
  } catch (error) {
    return error;
  }
  return null;
}

test("a data folder has one hub at a time", async () => {
  const unlock = lockDataDir(folder);
  expect(refusal(folder)).toMatchObject({
    code: "conflict",
    message: expect.stringMatching(new RegExp(`process ${process.pid} on .*${folder}`)),
  });
  unlock();
  lockDataDir(folder)();
});

test("a data folder that cannot be written is said, with what to do", async () => {
  const file = join(folder, "file");
  await writeFile(file, "");
  expect(refusal(join(file, "data"))).toMatchObject({
    code: "forbidden",
    hint: expect.stringContaining("TAILBONE_DATA"),
  });
});

test("a process that has the id of a hub that was killed holds nothing; nor does what an older version has left", async () => {
  for (const left of [
    { pid: process.pid, born: "1", token: "x" },
    { pid: process.pid, host: hostname(), kernel: currentHolder().kernel },
  ]) {
    await writeFile(join(folder, "hub.lock"), JSON.stringify(left));
    lockDataDir(folder)();
  }
});
