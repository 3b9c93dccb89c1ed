import { randomUUID } from "node:crypto";
import type { RunRecord } from "@tailbone/protocol/records";
import { afterAll, beforeAll, expect, test } from "vitest";
import { appendFrames } from "../append/append-frames";
import { openWriter } from "../append/open-writer";
import { openTestDatabase, type TestDatabase } from "../server/testing";
import { readAlerts } from "./alerts";
import { listDeliveries } from "./outbox";
import { createChannel, createRule } from "./rules";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

/** A run that is appended to point by point, or reading by reading. */
async function startRun(team: string) {
  const { db } = database;
  const address = { team, run: randomUUID(), writer: randomUUID() };
  const request = { ...address, project: "p", mode: "create" as const, config: {}, tags: [], startedAtMs: 0 };
  await openWriter(db, { team, createdBy: "test", request });
  let sequence = 0;
  return {
    run: address.run,
    append: async (names: readonly string[], records: RunRecord[] = []) => {
      const one = (value: number) => Float64Array.of(value);
      const group = {
        names: [...names],
        steps: one(sequence),
        timesMs: one(0),
        values: names.map(() => one(sequence)),
      };
      const frame = { sequence: sequence++, sealedAtMs: 0, groups: names.length === 0 ? [] : [group], records };
      await appendFrames(db, { ...address, frames: [frame] });
    },
  };
}

/** Which rows of a table that holds this run were written by a later transaction than they were before `work`. */
async function touched(table: string, key: string, run: string, work: () => Promise<void>): Promise<string[]> {
  const sql = database.db.$client;
  const read = () => sql<{ key: string; version: string }[]>`
    select ${sql(key)} as key, xmin::text as version from ${sql(table)} where run_id = ${run}`;
  const before = new Map((await read()).map((row) => [row.key, row.version]));
  await work();
  const after = await read();
  return after.filter((row) => before.get(row.key) !== row.version).map((row) => row.key);
}

test("a rule on every series costs a frame what the frame's own series cost", async () => {
  const team = await database.addTeam();
  const condition = { type: "threshold" as const, series: "*", op: "above" as const, value: 1e9, points: 3 };
  const rule = { name: "all", project: null, level: "info" as const, channels: [], cooldownMs: 0, enabled: true };
  await createRule(database.db, { team, rule: { ...rule, condition } });
  const { run, append } = await startRun(team);
  await append(Array.from({ length: 300 }, (_, index) => `s${index}`));
  expect(await touched("rule_state", "subject", run, () => append(["s7", "new"]))).toEqual(["series:s7", "series:new"]);
  expect(await touched("rule_state", "subject", run, () => append([]))).toEqual([]);
});

test("a reading moves the life of its own feature on, and a frame without readings none", async () => {
  const { run, append } = await startRun(await database.addTeam());
  const share = (value: number) => ({
    value,
    low: value - 0.01,
    high: value + 0.01,
    n: 500,
    control: 0,
    unit: "share",
  });
  const measured = { learnt: 0.9, untrained: 0, intervention: "swap" as const, shift: null, marks: [], note: "" };
  const reading = (feature: string, step: number): RunRecord => {
    const numbers = { encoded: share(0.8), used: share(0.2), benefit: share(0.2) };
    return { type: "reading", timeMs: step, feature, step, ...numbers, ...measured };
  };
  for (const step of [0, 1, 2]) await append([], [reading("patch", step), reading("shape", step)]);
  expect(await touched("feature", "name", run, () => append([], [reading("shape", 3)]))).toEqual(["shape"]);
  expect(await touched("feature", "name", run, () => append(["loss"]))).toEqual([]);
  expect(await touched("run_life", "run_id", run, () => append(["loss"], [reading("shape", 4)]))).toEqual([]);
});

const alertRecord = (title: string, level: "info" | "error" = "info"): RunRecord => ({
  type: "alert",
  timeMs: 0,
  title,
  text: "",
  level,
});

test("what a rule would raise at once beyond its share is counted in one more alert, and told like the others", async () => {
  const team = await database.addTeam();
  const target = { type: "webhook" as const, url: "http://127.0.0.1:1/", secret: "a secret of the webhook" };
  const channel = await createChannel(database.db, { team, channel: { name: "hook", target } });
  const condition = { type: "threshold" as const, series: "*", op: "below" as const, value: 1, points: 1 };
  const rule = { name: "low", project: null, level: "error" as const, channels: [channel.id], cooldownMs: 0 };
  await createRule(database.db, { team, rule: { ...rule, enabled: true, condition } });
  const { append } = await startRun(team);
  await append(Array.from({ length: 432 }, (_, index) => `s${index}`));
  const alerts = await readAlerts(database.db, { team, limit: 1000 });
  expect(alerts).toHaveLength(21);
  expect(alerts.filter(({ title }) => title === "low: and 412 more")).toMatchObject([
    {
      level: "error",
      text: expect.stringContaining(
        "fired 432 times at once. The first 20 have alerts of their own. The first of the others: s20",
      ),
    },
  ]);
  expect((await listDeliveries(database.db, { team })).deliveries).toHaveLength(21);
});

test("what a script raises at once beyond a commit's share is counted in one more alert, as grave as the gravest of them", async () => {
  const team = await database.addTeam();
  const { append } = await startRun(team);
  await append(
    [],
    Array.from({ length: 513 }, (_, index) => alertRecord(`a${index}`, index === 512 ? "error" : "info")),
  );
  const alerts = await readAlerts(database.db, { team, limit: 1000 });
  expect(alerts).toHaveLength(101);
  expect(alerts.filter(({ title }) => title === "and 413 more")).toMatchObject([
    {
      level: "error",
      text: "The script has raised 513 alerts at once. The first 100 are listed. The first of the others: a100.",
    },
  ]);
});

test("all rules together raise no more at once than a commit may; each says what it had to say besides", async () => {
  const team = await database.addTeam();
  const condition = { type: "threshold" as const, series: "*", op: "below" as const, value: 1, points: 1 };
  const rule = { project: null, level: "info" as const, channels: [], cooldownMs: 0, enabled: true, condition };
  for (let made = 0; made < 7; made++) await createRule(database.db, { team, rule: { ...rule, name: `r${made}` } });
  const { append } = await startRun(team);
  await append(
    Array.from({ length: 30 }, (_, index) => `s${index}`),
    [alertRecord("one of the script")],
  );
  const alerts = await readAlerts(database.db, { team, limit: 1000 });
  const more = alerts.filter(({ title }) => title.includes(" more"));
  expect(alerts).toHaveLength(100 + 7);
  expect(more.map(({ title }) => title).sort()).toEqual([
    ...[0, 1, 2, 3].map((index) => `r${index}: and 10 more`),
    "r4: and 11 more",
    "r5: and 30 more",
    "r6: and 30 more",
  ]);
});
