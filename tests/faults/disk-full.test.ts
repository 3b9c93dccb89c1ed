import { execFileSync } from "node:child_process";
import { appendFileSync, chmodSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readPoints } from "../support/points";
import { spawnNode } from "../support/processes";
import { cliEntry, openPlace, type Place, startStack, trainer } from "../support/stack";

/*
 * The hub's database on a disk of its own that runs full. The trainer's spool lies elsewhere, as on another machine.
 */
let place: Place;
let disk: string;
let hasDisk = false;

beforeAll(async () => {
  place = await openPlace();
  disk = join(place.folder, "disk");
  // For the user that the database runs as.
  chmodSync(place.folder, 0o755);
  mkdirSync(disk);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=160m", "tmpfs", disk], { stdio: "ignore" });
    hasDisk = true;
  } catch {
    // Only root may mount one.
  }
});

afterAll(async () => {
  if (hasDisk) execFileSync("umount", [disk]);
  await place.remove();
});

function fillDisk(): void {
  for (let size = 1024 * 1024; size > 0; size = Math.floor(size / 2)) {
    try {
      for (;;) appendFileSync(join(disk, "filler"), Buffer.alloc(size));
    } catch {
      // No room for this much; perhaps for half of it.
    }
  }
}

test("a disk that is full: the writer waits, nothing is half-written, and all arrives once there is room", async ({
  skip,
}) => {
  skip(!hasDisk, "this machine lets nobody but root mount a disk");
  const onDisk: Place = { ...place, env: { ...place.env, TAILBONE_DATA: join(disk, "data") } };
  const stack = await startStack(onDisk, { dashboard: false });
  const child = spawnNode([trainer("count"), "3000", "2"], { env: place.env, cwd: place.folder });
  const { run }: { run: string } = JSON.parse(await child.line((line) => line.startsWith('{"run"')));
  fillDisk();
  await stack.child.line((line) => line.includes("The database has no room left"));
  await child.line((line) => line.includes("The database has no room left"));
  expect((await stack.get("/api/v1/projects")).status).toBe(200);
  // Somebody else's spool is not waited with for ever: `tailbone sync` says why, and keeps all of it.
  const offline = { ...place.env, TAILBONE_MODE: "offline", TAILBONE_DATA: join(place.folder, "left") };
  const left = spawnNode([trainer("count"), "50", "0"], { env: offline, cwd: place.folder });
  const { run: leftRun }: { run: string } = JSON.parse(await left.line((line) => line.startsWith('{"run"')));
  expect(await left.exited, left.output()).toBe(0);
  const sync = () => spawnNode([cliEntry, "sync"], { env: offline, cwd: place.folder });
  const refused = sync();
  expect(await refused.exited).toBe(1);
  expect(refused.output()).toMatch(/is not delivered: .*The database has no room left/);
  rmSync(join(disk, "filler"));
  expect(await child.exited, child.output()).toBe(0);
  const { values } = await readPoints(stack, run, "n");
  expect(values).toEqual(Array.from({ length: 3000 }, (_, n) => n));
  const delivered = sync();
  expect(await delivered.exited, delivered.output()).toBe(0);
  expect((await readPoints(stack, leftRun, "n")).values).toHaveLength(50);
  expect(await stack.stop()).toBe(0);
});
