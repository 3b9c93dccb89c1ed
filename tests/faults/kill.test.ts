import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { listSpools, readSpool } from "tailbone/spool";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readPoints } from "../support/points";
import { type Child, spawnNode } from "../support/processes";
import { seededRandom } from "../support/random";
import { cliEntry, openPlace, type Place, type Stack, startStack, trainer } from "../support/stack";

/*
 * Real processes, killed with SIGKILL at random moments. A trainer logs 0, 1, 2 …, so what is stored must be exactly
 * that from the start on: a number missing in between was lost, one that is there twice was committed twice. The seed
 * is printed on failure.
 */
const seed = Number(process.env.TAILBONE_TEST_SEED ?? Date.now() % 1_000_000);
const random = seededRandom(seed);
const between = (low: number, high: number): number => low + random() * (high - low);
const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

let place: Place;
let stack: Stack;
let children: Child[];

beforeEach(async () => {
  children = [];
  place = await openPlace();
  stack = await startStack(place, { dashboard: false });
});

afterEach(async () => {
  await Promise.all(children.map((child) => child.kill("SIGKILL")));
  await stack.stop();
  await place.remove();
});

async function startTrainer(count: number, pauseMs: number): Promise<{ child: Child; run: string }> {
  const child = spawnNode([trainer("count"), String(count), String(pauseMs)], { env: place.env, cwd: place.folder });
  children.push(child);
  const { run }: { run: string } = JSON.parse(await child.line((line) => line.startsWith('{"run"')));
  return { child, run };
}

/** The largest number that the spool of a run holds on disk: synced, and so promised to arrive. */
async function lastSpooled(run: string): Promise<number> {
  let last = -1;
  for (const spool of await listSpools(join(place.env.TAILBONE_DATA ?? "", "spool"))) {
    if (spool.run !== run) continue;
    for (const frame of readSpool(spool)) {
      for (const group of frame.groups) last = Math.max(last, ...group.steps);
    }
  }
  return last;
}

/**
 * The embedded server's process, as its own pid file names it; where it lies elsewhere, `postgres.location` says so.
 */
async function readDatabasePid(): Promise<number> {
  const data = place.env.TAILBONE_DATA ?? "";
  const elsewhere = await readFile(join(data, "postgres.location"), "utf8").catch(() => null);
  const pid = await readFile(join(elsewhere?.trim() ?? join(data, "postgres"), "cluster/postmaster.pid"), "utf8");
  return Number.parseInt(pid, 10);
}

const storedCount = async (run: string): Promise<number> => (await readPoints(stack, run, "n")).values.length;

describe(`nothing logged is lost (seed ${seed})`, () => {
  test("when trainers are killed: what was stored or on disk arrives by `tailbone sync`, each point once", async () => {
    for (let round = 0; round < 6; round++) {
      const trainers = await Promise.all(upTo(5).map(() => startTrainer(1_000_000, 1)));
      await Promise.all(
        trainers.map(async ({ child }) => {
          await after(between(50, 1200));
          await child.kill("SIGKILL");
        }),
      );
      const promised = new Map<string, number>();
      for (const { run } of trainers) {
        promised.set(run, Math.max(await lastSpooled(run), (await storedCount(run).catch(() => 0)) - 1));
      }
      const sync = spawnNode([cliEntry, "sync"], { env: place.env, cwd: place.folder });
      expect(await sync.exited, sync.output()).toBe(0);
      for (const { run } of trainers) {
        const { values } = await readPoints(stack, run, "n");
        expect(values).toEqual(upTo(values.length));
        expect(values.length - 1).toBeGreaterThanOrEqual(promised.get(run) ?? 0);
      }
    }
  }, 300_000);

  test("when the hub is killed: the training goes on, and every point is stored once", async () => {
    const trainers = await Promise.all(upTo(2).map(() => startTrainer(8_000, 2)));
    for (let kill = 0; kill < 12; kill++) {
      await after(between(50, 900));
      await stack.child.kill("SIGKILL");
      await after(between(0, 300));
      stack = await startStack(place, { dashboard: false });
    }
    for (const { child, run } of trainers) {
      expect(await child.exited, child.output()).toBe(0);
      const { values } = await readPoints(stack, run, "n");
      expect(values).toEqual(upTo(8_000));
    }
  }, 300_000);

  test("when the database is killed: the hub stops loudly, and after a restart every point is stored once", async () => {
    const { child, run } = await startTrainer(8_000, 2);
    for (let kill = 0; kill < 10; kill++) {
      await after(between(50, 900));
      process.kill(await readDatabasePid(), "SIGKILL");
      expect(await stack.child.exited).not.toBe(0);
      stack = await startStack(place, { dashboard: false });
    }
    expect(await child.exited, child.output()).toBe(0);
    const { values } = await readPoints(stack, run, "n");
    expect(values).toEqual(upTo(8_000));
  }, 300_000);

  test("when everything is killed at once: what was on disk arrives after the restart", async () => {
    const { child, run } = await startTrainer(1_000_000, 1);
    await after(between(300, 1000));
    await Promise.all([child.kill("SIGKILL"), stack.child.kill("SIGKILL")]);
    const spooled = await lastSpooled(run);
    stack = await startStack(place, { dashboard: false });
    const sync = spawnNode([cliEntry, "sync"], { env: place.env, cwd: place.folder });
    expect(await sync.exited, sync.output()).toBe(0);
    const { values } = await readPoints(stack, run, "n");
    expect(values).toEqual(upTo(values.length));
    expect(values.length - 1).toBeGreaterThanOrEqual(spooled);
    expect(await listSpools(join(place.env.TAILBONE_DATA ?? "", "spool"))).toEqual([]);
  }, 120_000);
});
