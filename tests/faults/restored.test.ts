import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { callHub } from "@tailbone/client/call-hub";
import { openTestDatabase, type TestDatabase } from "@tailbone/db/server/testing";
import { consoleListSchema } from "@tailbone/protocol/http";
import { type RunDetail, runDetailSchema } from "@tailbone/protocol/run";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readPoints } from "../support/points";
import { type Child, spawnNode } from "../support/processes";
import { takeSnapshot } from "../support/snapshots";
import { cliEntry, openPlace, type Place, type Stack, startStack, trainer } from "../support/stack";

/*
 * A database that is taken back to an older state under a training, or under what a training has left. The trainer logs
 * fifty series a step.
 */
const SERIES = 50;
/** Before the snapshot, between it and the restore (more than two segments of the spool), and after it. */
const [EARLY, LOST, LATE] = [200, 24_000, 300];
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

let database: TestDatabase;
let place: Place;
let stack: Stack;
let child: Child;

beforeEach(async () => {
  database = await openTestDatabase();
  place = await openPlace({ DATABASE_URL: database.url });
  stack = await startStack(place, { dashboard: false });
});

afterEach(async () => {
  await child.kill("SIGKILL");
  await stack.stop();
  await place.remove();
  await database.close();
});

const detail = (run: string): Promise<RunDetail> => callHub(stack.hub, runDetailSchema, `/runs/${run}`);
const storesSteps = (run: string, steps: number): Promise<void> =>
  expect.poll(async () => (await detail(run)).points, { timeout: 60_000, interval: 200 }).toBe(SERIES * steps);

/**
 * Trains up to where the first segments of the spool are gone, and then takes the database back to where only EARLY
 * steps were stored.
 */
async function trainAndRestore(): Promise<string> {
  child = spawnNode([trainer("wide"), ...[EARLY, LOST, LATE].map(String)], { env: place.env, cwd: place.folder });
  const { run }: { run: string } = JSON.parse(await child.line((line) => line.startsWith('{"run"')));
  await storesSteps(run, EARLY);
  await stack.stop();
  const snapshot = await takeSnapshot(database);
  stack = await startStack(place, { dashboard: false });
  child.process.kill("SIGUSR2");
  await storesSteps(run, EARLY + LOST);
  const spool = join(place.env.TAILBONE_DATA ?? "", "spool", run);
  const [writer] = await readdir(spool);
  await expect.poll(() => readdir(join(spool, writer ?? "")), { timeout: 20_000 }).not.toContain("00000000.seg");
  await stack.stop();
  await snapshot.restore();
  stack = await startStack(place, { dashboard: false });
  return run;
}

/**
 * What was stored before the snapshot is there, then a hole, then everything to the end; the run says how large the
 * hole is, to the point.
 */
async function expectOneCountedHole(run: string, steps: number): Promise<number> {
  const { points, droppedPoints } = await detail(run);
  const { steps: stored } = await readPoints(stack, run, "s0");
  const missing = steps - stored.length;
  expect(stored).toEqual(upTo(steps).filter((step) => step < EARLY || step >= EARLY + missing));
  expect(missing).toBeGreaterThan(0);
  expect({ points, droppedPoints }).toEqual({ points: SERIES * stored.length, droppedPoints: SERIES * missing });
  return SERIES * missing;
}

describe("a database that was restored to an older state", () => {
  test("gets again what the training still has, learns how much is missing, and goes on", async () => {
    const run = await trainAndRestore();
    child.process.kill("SIGUSR2");
    await child.line((line) => line.startsWith('{"finished"'));
    expect(await child.exited, child.output()).toBe(0);
    const missing = await expectOneCountedHole(run, EARLY + LOST + LATE);
    expect((await detail(run)).state).toBe("finished");
    expect(child.output()).toContain(`${missing} points`);
    expect(stack.child.output()).toContain("restored to an older state");
    const console = await callHub(stack.hub, consoleListSchema, `/runs/${run}/console`);
    expect(console.lines.map(({ text }) => text)).toEqual([expect.stringContaining(`${missing} points`)]);
  });

  test("gets again what a killed training has left, by `tailbone sync`", async () => {
    const run = await trainAndRestore();
    await child.kill("SIGKILL");
    const sync = spawnNode([cliEntry, "sync", "--json"], { env: place.env, cwd: place.folder });
    expect(await sync.exited, sync.output()).toBe(0);
    const missing = await expectOneCountedHole(run, EARLY + LOST);
    expect(sync.output()).toContain(`"missing":${missing}`);
  });
});
