import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deleteRun } from "../append/change-run";
import { listEvents, listFeatures } from "../read/list-life";
import { listCheckpoints, listConsole } from "../read/list-records";
import { listSeries } from "../read/list-series";
import { queryRawPoints } from "../read/query-raw-points";
import { patchAlert, readAlerts } from "../rules/alerts";
import { claimDeliveries, retryDelivery, settleDelivery } from "../rules/outbox";
import { closeDatabase, type Database, openDatabase } from "./database";
import { dumpsOf, listTables, loadDump, readDump, writeDump } from "./dump.test-util";
import { migrateDatabase } from "./migrate";
import { appendToSample, readSample, type Sample, writeSample } from "./sample.test-util";
import { migrateUpTo, openTestDatabase, type TestDatabase } from "./testing";

/*
 * Databases of older releases, as those wrote them. `WRITE_DUMP=0012_name npx vitest run
 * packages/db/src/server/dumps.pg.test.ts` writes one of the present release, whose last migration is named: before
 * another migration moves the rows of real data.
 */

let server: TestDatabase;
beforeAll(async () => {
  server = await openTestDatabase();
});
afterAll(() => server.close());

async function makeDatabase(name: string): Promise<string> {
  await server.db.$client.unsafe(`create database "${name}"`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return url.href;
}

const WRITTEN = process.env.WRITE_DUMP;
if (WRITTEN !== undefined) {
  test("the present release is dumped", async () => {
    const sample = await writeSample(server.db);
    await writeDump(server.db.$client, WRITTEN, sample, await readSample(server.db, sample));
  });
}

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test("a sample has rows of every table, so that a dump of it leaves none out", async () => {
  const url = await makeDatabase("sample");
  await migrateDatabase(url);
  const db = openDatabase({ url });
  await writeSample(db);
  const empty: string[] = [];
  for (const table of await listTables(db.$client)) {
    const rows = await db.$client`select 1 from ${db.$client(table)} limit 1`;
    if (rows.length === 0) empty.push(table);
  }
  expect(empty).toEqual([]);
  await closeDatabase(db);
});

describe.each(dumpsOf())("a database of the release with %s", (tag) => {
  let db: Database;
  let sql: Sql;
  let sample: Sample;
  const dump = readDump(tag);
  beforeAll(async () => {
    const url = await makeDatabase(tag);
    await migrateUpTo(url, tag);
    sql = postgres(url, { onnotice: () => {} });
    await loadDump(sql, dump);
    await migrateDatabase(url);
    db = openDatabase({ url });
    sample = dump.sample;
  });
  afterAll(async () => {
    await sql.end();
    await closeDatabase(db);
  });

  test("is read as its own release read it, with every row in its place", async () => {
    expect(asJson(await readSample(db, sample))).toMatchObject(asJson(dump.read) ?? {});
    for (const [table, rows] of dump.tables) {
      const [now] = await sql<{ count: number }[]>`select count(*)::int as count from ${sql(table)}`;
      expect([table, now?.count]).toEqual([table, rows.length]);
    }
  });

  test("goes on where it stood: what comes is behind what is there", async () => {
    const address = { team: sample.team, run: sample.runs[0] ?? "" };
    const read = async () => ({
      lines: (await listConsole(db, { ...address, limit: 1000 })).lines,
      checkpoints: (await listCheckpoints(db, address)).checkpoints,
      features: (await listFeatures(db, address)).features,
      events: (await listEvents(db, address)).events,
      series: (await listSeries(db, address)).series,
      wave: await queryRawPoints(db, { ...address, series: "wave", axis: "time", limit: 10_000 }),
    });
    const before = await read();
    for (let sequence = 24; sequence < 60; sequence++) await appendToSample(db, sample, sequence);
    const after = await read();
    expect(after.lines.slice(0, before.lines.length)).toEqual(before.lines);
    expect(after.lines.map(({ text }) => text).slice(-2)).toEqual(["line 59", "beside it, 59"]);
    expect(after.lines).toHaveLength(before.lines.length + 72);
    const newest = before.lines.at(-1)?.id ?? 0;
    expect((await listConsole(db, { ...address, before: newest + 1, limit: 1000 })).lines).toEqual(before.lines);
    expect(after.checkpoints.slice(0, 24)).toEqual(before.checkpoints);
    expect(after.checkpoints.map(({ step }) => step)).toEqual(Array.from({ length: 60 }, (_, step) => step));
    for (const { readings } of after.features) {
      expect(readings.map(({ step }) => step)).toEqual(Array.from({ length: 60 }, (_, step) => step));
    }
    expect(after.events.slice(0, before.events.length)).toEqual(before.events);
    expect(after.wave.values.slice(0, 24 * 8)).toEqual(before.wave.values);
    expect(after.wave.values).toHaveLength(60 * 8);
    expect(after.series).toHaveLength(before.series.length + 9);
    const numbers = await sql<{ numbers: number; highest: number; series: number }[]>`
      select numbers_given::int as numbers, series, (select max(number)::int from console_line where run_id = run.id) as highest
      from run where id = ${address.run}`;
    expect(numbers[0]?.series).toBe(after.series.length);
    expect(numbers[0]?.numbers).toBeGreaterThanOrEqual(numbers[0]?.highest ?? Number.POSITIVE_INFINITY);
  });

  test("knows alerts and deliveries by the ids that were told before", async () => {
    const { team } = sample;
    const told = dump.tables.get("alert")?.map(({ id }) => String(id)) ?? [];
    expect(told.length).toBeGreaterThan(3);
    for (const id of told) {
      const [alert] = await readAlerts(db, { team, ids: [id] });
      expect(alert?.id).toBe(id);
    }
    const id = told[0] ?? "";
    expect(await patchAlert(db, { team, id, by: "ana", patch: { acknowledged: true } })).toMatchObject({
      id,
      acknowledgedBy: "ana",
    });
    await expect(
      patchAlert(db, { team: sample.otherTeam, id, by: "ana", patch: { read: true } }),
    ).rejects.toMatchObject({ code: "not_found" });
    const dead = dump.tables.get("delivery")?.find(({ state }) => state === "dead");
    await retryDelivery(db, { team, id: String(dead?.id) });
    const claimed = await claimDeliveries(db, { nowMs: Date.now(), leaseMs: 60_000, limit: 1000 });
    const again = claimed.find((one) => one.id === dead?.id);
    if (again === undefined) throw new Error("the delivery of old is not claimed");
    expect(again.alert.id).toBe(dead?.alert_id);
    await settleDelivery(db, again, { state: "delivered", nowMs: 1 });
    const settled = await sql`select state, run_id from delivery where id = ${again.id}`;
    expect([...settled]).toEqual([{ state: "delivered", run_id: again.alert.run.id }]);
  });

  test("lets a run go with everything it holds", async () => {
    const { team, runs } = sample;
    const run = runs[1] ?? "";
    await deleteRun(db, { team, run });
    const holders = await sql<{ name: string }[]>`
      select table_name as name from information_schema.columns
      where table_schema = 'public' and column_name = 'run_id' and table_name <> 'deleted_run'`;
    expect(holders.length).toBeGreaterThan(10);
    for (const { name } of holders) {
      const left = await sql`select 1 from ${sql(name)} where run_id = ${run}`;
      expect([name, left.length]).toEqual([name, 0]);
    }
  });
});
