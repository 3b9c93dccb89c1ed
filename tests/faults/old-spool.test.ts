import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { callHub } from "@tailbone/client/call-hub";
import { consoleListSchema } from "@tailbone/protocol/http";
import { runDetailSchema } from "@tailbone/protocol/run";
import { MIN_VERSION, PROTOCOL_VERSION } from "@tailbone/protocol/version";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readPoints } from "../support/points";
import { spawnNode } from "../support/processes";
import { cliEntry, openPlace, type Place, root, type Stack, startStack } from "../support/stack";

/* What trainings of older releases have left is delivered by today's `tailbone sync` to today's hub. */
let place: Place;
let stack: Stack;
let folder: string;
beforeAll(async () => {
  place = await openPlace();
  stack = await startStack(place, { dashboard: false });
  folder = await mkdtemp(join(tmpdir(), "tailbone-old-"));
});
afterAll(async () => {
  await stack.stop();
  await place.remove();
  await rm(folder, { recursive: true, force: true });
});

const older = Array.from({ length: PROTOCOL_VERSION - MIN_VERSION }, (_, index) => MIN_VERSION + index);

test.each(older)(
  "a spool of version %i is delivered whole, and gone once its training is said to have ended",
  async (version) => {
    const spool = join(folder, `v${version}`);
    await cp(join(root, "packages/protocol/vectors", `v${version}`, "spool"), spool, { recursive: true });
    const [run = ""] = await readdir(spool);
    const sync = spawnNode([cliEntry, "sync", spool, "--url", stack.url], { env: place.env, cwd: place.folder });
    expect(await sync.exited, sync.output()).toBe(0);

    const steps = Array.from({ length: 40 }, (_, step) => step);
    expect(await readPoints(stack, run, "loss")).toMatchObject({
      steps,
      values: steps.map((step) => 1 / (step + 1)),
    });
    expect((await readPoints(stack, run, "lr")).values).toEqual(steps.map(() => 0.1));
    const detail = await callHub(stack.hub, runDetailSchema, `/runs/${run}`);
    expect(detail).toMatchObject({
      name: "seed 1",
      state: "finished",
      points: 80,
      droppedPoints: 0,
      config: { lr: 0.1, seed: 1 },
    });
    const { lines } = await callHub(stack.hub, consoleListSchema, `/runs/${run}/console`);
    expect(lines.map(({ text }) => text)).toEqual(["epoch 1"]);

    // Its writer held no lock, so nothing says that it is dead.
    expect(sync.output()).toContain("is kept");
    expect(await readdir(spool)).toEqual([run]);
    const ended = spawnNode([cliEntry, "sync", spool, "--url", stack.url, "--ended"], {
      env: place.env,
      cwd: place.folder,
    });
    expect(await ended.exited, ended.output()).toBe(0);
    expect(await readdir(spool)).toEqual([]);
  },
);
