import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { IngestServer } from "./ingest-server.test-util";
import { init } from "./init";
import { startScript } from "./script.test-util";
import { listSpools } from "./spool/find-spools";
import { readSpool } from "./spool/read-spool";

/** A disk of 512 KiB, where this machine lets us have one. */
const disk = mkdtempSync(join(tmpdir(), "tailbone-disk-"));
const hasDisk = ((): boolean => {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=512k", "tmpfs", disk], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();
const filler = join(disk, "filler");

let server: IngestServer;
beforeAll(async () => {
  server = await IngestServer.start();
});
afterAll(async () => {
  await server.close();
  if (hasDisk) execFileSync("umount", [disk]);
  rmSync(disk, { recursive: true, force: true });
});

function fillDisk(): void {
  for (let size = 64 * 1024; size > 0; size = Math.floor(size / 2)) {
    try {
      for (;;) appendFileSync(filler, Buffer.alloc(size));
    } catch {
      // No room for this much; perhaps for half of it.
    }
  }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

async function spooledSteps(): Promise<number[]> {
  const [spool] = await listSpools(join(disk, "spool"));
  const steps: number[] = [];
  if (spool !== undefined) {
    for (const { groups } of readSpool(spool)) for (const group of groups) steps.push(...group.steps);
  }
  return steps;
}

describe.skipIf(!hasDisk)("on a full disk", () => {
  test("what is logged still reaches the hub", async () => {
    const run = await init({
      project: "disk",
      url: server.url,
      apiKey: server.key,
      dir: disk,
      console: false,
      system: false,
      quiet: true,
    });
    fillDisk();
    for (let n = 0; n < 3000; n++) run.log({ n });
    await run.finish();
    rmSync(filler);
    expect(server.points("n").map(([step]) => step)).toEqual(upTo(3000));
    expect(await listSpools(join(disk, "spool"))).toEqual([]);
  });

  test("what is logged waits in memory, and is written once there is room", async () => {
    const training = startScript(
      disk,
      `import { once } from "node:events";
       const run = await init({ project: "disk", mode: "offline", console: false, system: false });
       run.log({ n: 0 });
       console.log("logged");
       await once(process.stdin, "data");
       for (let n = 1; n < 3000; n++) run.log({ n });
       await once(process.stdin, "data");
       await run.finish();
       process.exit();`,
      server,
    );
    await training.said("logged");
    await expect.poll(spooledSteps).toEqual([0]);
    fillDisk();
    training.child.stdin?.write("log");
    await training.said("cannot write to");
    expect((await spooledSteps()).length).toBeLessThan(3000);
    rmSync(filler);
    await training.said("can write to");
    training.child.stdin?.write("finish");
    expect(await training.ended).toMatchObject({ code: 0 });
    expect(await spooledSteps()).toEqual(upTo(3000));
  });
});
