import { randomUUID } from "node:crypto";
import type { OpenWriter } from "@tailbone/protocol/run";
import { afterAll, beforeAll, expect, test } from "vitest";
import { getRun, getRunDetail } from "../read/get-run";
import { listRuns } from "../read/list-runs";
import { closeDatabase, openDatabase } from "../server/database";
import { migrateDatabase } from "../server/migrate";
import { migrateUpTo, openTestDatabase, type TestDatabase } from "../server/testing";
import { appendFrames } from "./append-frames";
import { deleteRun, patchRun } from "./change-run";
import { openWriter } from "./open-writer";

let database: TestDatabase;
let team: string;
beforeAll(async () => {
  database = await openTestDatabase();
  team = await database.addTeam();
});
afterAll(() => database.close());

function open(change: Partial<OpenWriter> = {}) {
  const request: OpenWriter = {
    run: randomUUID(),
    writer: randomUUID(),
    project: "numbers",
    mode: "create",
    config: {},
    tags: [],
    startedAtMs: 1,
    ...change,
  };
  return openWriter(database.db, { team, createdBy: "test", request }).then((opened) => ({ ...opened, ...request }));
}

test("runs that are made at once have numbers and names of their own, and a deleted run's is not given again", async () => {
  const made = await Promise.all(Array.from({ length: 12 }, (_, index) => open({ project: `numbers ${index % 3}` })));
  const numbers = await Promise.all(made.map(async ({ run }) => (await getRun(database.db, { team, run })).number));
  expect([...numbers].sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
  const last = made[numbers.indexOf(12)] ?? expect.fail("there is no twelfth");
  await deleteRun(database.db, { team, run: last.run });
  const next = await getRun(database.db, { team, run: (await open()).run });
  expect(next.number).toBe(13);
  expect(next.name).toMatch(/-13$/);
});

test("a config keeps the order in which it was logged, through a change and a resume", async () => {
  const order = async (run: string) => Object.keys((await getRunDetail(database.db, { team, run })).config);
  const { run, writer } = await open({ config: { learning_rate: 1, lr: 2, b: { zeta: 1, a: 2 } } });
  expect(await order(run)).toEqual(["learning_rate", "lr", "b"]);
  const records = [{ type: "config" as const, timeMs: 1, config: { z: 1, a: 2 } }];
  const frame = { sequence: 0, sealedAtMs: 1, groups: [], records };
  await appendFrames(database.db, { team, run, writer, frames: [frame] });
  expect(await order(run)).toEqual(["learning_rate", "lr", "b", "z", "a"]);
  await open({ run, mode: "resume", config: { warmup: 1, lr: 3 } });
  expect(await order(run)).toEqual(["learning_rate", "lr", "b", "z", "a", "warmup"]);
  await patchRun(database.db, { team, run, patch: { config: { y: 1, x: 2 } } });
  expect(await order(run)).toEqual(["y", "x"]);
});

test("runs are sorted by when they began, not by when the hub heard of them", async () => {
  const [late, early] = [
    await open({ project: "sorted", startedAtMs: 20 }),
    await open({ project: "sorted", startedAtMs: 10 }),
  ];
  const query = { team, project: "sorted", filter: "", limit: 10 };
  const sorted = async (sort: string) => (await listRuns(database.db, { ...query, sort })).runs.map(({ id }) => id);
  expect(await sorted("-started")).toEqual([late.run, early.run]);
  expect(await sorted("-created")).toEqual([early.run, late.run]);
});

test("runs from before they had numbers are numbered in the order in which they were made", async () => {
  await database.db.$client.unsafe("create database before");
  const url = new URL(database.url);
  url.pathname = "/before";
  const db = openDatabase({ url: url.href });
  try {
    await migrateUpTo(url.href, "0002_alerts");
    const [project, first, second] = [randomUUID(), randomUUID(), randomUUID()];
    await db.$client`insert into organization (id, name, slug) values (${team}, 'team', 'team')`;
    await db.$client`insert into project (id, team_id, name, created_at_ms) values (${project}, ${team}, 'old', 0)`;
    for (const [id, at] of [
      [second, 2],
      [first, 1],
    ] as const) {
      await db.$client`
        insert into run (id, team_id, project_id, name, state, config, created_by, created_at_ms, started_at_ms, seen_at_ms)
        values (${id}, ${team}, ${project}, 'one', 'finished', '{"lr": 1}'::jsonb, 'ana', ${at}, ${at}, ${at})`;
    }
    await migrateDatabase(url.href);
    expect(await getRunDetail(db, { team, run: first })).toMatchObject({ number: 1, config: { lr: 1 } });
    expect(await getRun(db, { team, run: second })).toMatchObject({ number: 2 });
    const request = {
      run: randomUUID(),
      writer: randomUUID(),
      project: "old",
      mode: "create" as const,
      config: {},
      tags: [],
      startedAtMs: 3,
    };
    await openWriter(db, { team, createdBy: "test", request });
    expect(await getRun(db, { team, run: request.run })).toMatchObject({ number: 3 });
  } finally {
    await closeDatabase(db);
  }
});
