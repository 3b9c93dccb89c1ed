import { randomUUID } from "node:crypto";
import type { JsonObject } from "@tailbone/protocol/json";
import type { RunRecord } from "@tailbone/protocol/records";
import type { RuleCreate } from "@tailbone/protocol/rules";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { getRunDetail } from "../read/get-run";
import { listEvents, listFeatures } from "../read/list-life";
import { listConsole } from "../read/list-records";
import { readAlerts } from "../rules/alerts";
import { createRule } from "../rules/rules";
import { openTestDatabase, type TestDatabase } from "../server/testing";
import { appendFrames } from "./append-frames";
import { openWriter } from "./open-writer";

/*
 * What a run has stored of itself decides how its next frames are taken: what of it cannot be read is passed by, and
 * never written over.
 */

let database: TestDatabase;
let team: string;
let address: { team: string; run: string; writer: string };
let sequence: number;

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  team = await database.addTeam();
  address = { team, run: randomUUID(), writer: randomUUID() };
  sequence = 0;
  await open();
});

async function open(config: JsonObject = { lr: 0.1 }): Promise<void> {
  const request = { ...address, project: "p", mode: "create" as const, config, tags: [], startedAtMs: 0 };
  await openWriter(database.db, { team, createdBy: "test", request });
}

async function append(values: Readonly<Record<string, number>>, ...records: RunRecord[]): Promise<void> {
  const one = (value: number) => Float64Array.of(value);
  const names = Object.keys(values);
  const group = { names, steps: one(sequence), timesMs: one(0), values: Object.values(values).map(one) };
  const frame = { sequence: sequence++, sealedAtMs: sequence, groups: names.length === 0 ? [] : [group], records };
  await appendFrames(database.db, { ...address, frames: [frame] });
}

describe("a feature's life", () => {
  const share = (value: number) => ({
    value,
    low: value - 0.01,
    high: value + 0.01,
    n: 500,
    control: 0,
    unit: "share",
  });
  const reading = (feature: string, step: number, use = 0.2): RunRecord => ({
    type: "reading",
    timeMs: step,
    feature,
    step,
    encoded: share(0.8),
    used: share(use),
    benefit: share(use),
    learnt: 0.9,
    untrained: 0,
    intervention: "swap",
    shift: null,
    marks: [],
    note: "",
  });
  const declared: RunRecord = { type: "feature", timeMs: 0, name: "patch", layer: "hidden", settings: { alpha: 0.01 } };
  const readLife = async (name = "patch"): Promise<JsonObject | undefined> =>
    (
      await database.db.$client<{ life: JsonObject }[]>`
        select life from feature where run_id = ${address.run} and name = ${name}`
    )[0]?.life;

  test("of a later release stands still and is kept; its readings are stored, and the others' lives go on", async () => {
    for (const step of [0, 1]) await append({}, reading("patch", step), reading("shape", step));
    const sql = database.db.$client;
    await sql`update feature set life = life || '{"version": 99}' where run_id = ${address.run} and name = 'patch'`;
    const before = await readLife();
    const told = (await listEvents(database.db, address)).events.length;
    await append({ loss: 1 }, declared, reading("new", 2));
    for (let step = 2; step < 12; step++) {
      const use = step < 10 ? 0.2 : 0;
      await append({ loss: 1 }, reading("patch", step, use), reading("shape", step, use));
    }
    await append({}, { type: "finish", timeMs: 1, state: "finished" });
    expect(await readLife()).toEqual(before);
    const { features, unreadable } = await listFeatures(database.db, address);
    expect(features.map(({ name, state, readings }) => [name, state, readings.length])).toEqual([
      ["patch", "functional", 12],
      ["shape", "vestigial", 12],
      ["new", "absent", 1],
    ]);
    expect(features[0]).toMatchObject({ layer: "hidden", settings: { alpha: 0.01 } });
    const reason = "it is of version 99, and this release reads up to 2";
    expect(unreadable).toEqual([{ what: "life", id: address.run, name: "patch", reason }]);
    const { events } = await listEvents(database.db, address);
    expect(events.length).toBeGreaterThan(told);
    expect(events.slice(told).filter(({ feature }) => feature === "patch")).toEqual([]);
    const { lines } = await listConsole(database.db, { ...address, limit: 10 });
    expect(lines.map(({ text }) => text)).toEqual([
      `Tailbone: the life of patch cannot be read (${reason}). Its readings are kept, its state stands still.`,
    ]);
  });

  test("of the release before there were versions is upgraded when its next reading comes", async () => {
    for (let step = 0; step < 12; step++) await append({}, reading("patch", step));
    const sql = database.db.$client;
    await sql`
      update feature set life = life - '{version,layer,doubt,doubtTest,encodedCover,useCover,erasedIdle,intervention}'::text[]
      where run_id = ${address.run}`;
    expect(await readLife()).not.toHaveProperty("version");
    expect((await listFeatures(database.db, address)).unreadable).toEqual([]);
    await append({}, reading("patch", 12));
    expect(await readLife()).toMatchObject({ version: 2, state: "functional", lastStep: 12, counted: 13 });
  });

  test("that is no life at all holds up no frame", async () => {
    await append({}, reading("patch", 0));
    for (const life of ["[]", "3", '{"version": "two"}', '{"version": 2}']) {
      await database.db.$client`update feature set life = ${life}::text::jsonb where run_id = ${address.run}`;
      await append({ loss: 1 }, reading("patch", sequence), declared);
      expect((await listFeatures(database.db, address)).unreadable).toMatchObject([{ what: "life", name: "patch" }]);
    }
    await database.db.$client`update run_life set strips = '{"a": 1}' where run_id = ${address.run}`;
    for (let step = 5; step < 15; step++) await append({}, reading("shape", step));
    expect((await listFeatures(database.db, address)).features[1]).toMatchObject({
      name: "shape",
      state: "functional",
    });
    const [short] = await database.db.$client`select strips from run_life where run_id = ${address.run}`;
    expect(short).toEqual({ strips: { a: 1 } });
  });
});

describe("what a rule remembers", () => {
  const rule: RuleCreate = {
    name: "high",
    project: null,
    condition: { type: "threshold", series: "*", op: "above", value: 10, points: 2 },
    level: "warning",
    channels: [],
    cooldownMs: 0,
    enabled: true,
  };
  const titles = async () => (await readAlerts(database.db, { team })).map(({ title }) => title).reverse();
  const readMemory = () => database.db.$client`
    select series, told_ms from rule_state where run_id = ${address.run} and subject = 'series:a'`;

  test("of a later release is kept; the rule looks at that no more, says so once, and goes on with the rest", async () => {
    await createRule(database.db, { team, rule });
    await append({ a: 1, b: 1 });
    await database.db.$client`
      update rule_state set series = series || '{"version": 7}' where run_id = ${address.run} and subject = 'series:a'`;
    const before = await readMemory();
    for (let point = 0; point < 4; point++) await append({ a: 20, b: 20 });
    expect(await titles()).toEqual(["The rule high stands still", expect.stringContaining("b ")]);
    const [said] = (await readAlerts(database.db, { team })).filter(({ title }) => title.includes("stands still"));
    expect(said?.text).toMatch(/series:a cannot be read \(series.version: it is later than 1/);
    expect(await readMemory()).toEqual(before);
  });

  test("that is no memory at all holds up no frame", async () => {
    await createRule(database.db, { team, rule });
    await append({ a: 1 });
    for (const series of ["[]", '{"window": ["much"]}', '"high"']) {
      await database.db.$client`update rule_state set series = ${series}::text::jsonb where run_id = ${address.run}`;
      await append({ a: 20 });
    }
    expect(await titles()).toEqual(["The rule high stands still"]);
  });

  test("of the releases before there were versions is remembered", async () => {
    await createRule(database.db, { team, rule });
    await append({ a: 20 });
    await append({ a: 20 });
    expect(await titles()).toHaveLength(1);
    const sql = database.db.$client;
    await sql`update rule_state set series = series - 'version' where run_id = ${address.run}`;
    // It holds still, and is not told of again.
    await append({ a: 20 });
    expect(await titles()).toHaveLength(1);
    expect(await readMemory()).toMatchObject([{ series: { version: 1, holds: true } }]);
  });

  test("is of no use to a rule that cannot be read itself: it looks at nothing, and holds up no frame", async () => {
    const { id } = await createRule(database.db, { team, rule });
    for (const condition of ['{"type": "telepathy"}', "[]", '{"type": "threshold", "series": "*"}']) {
      await database.db.$client`update rule set condition = ${condition}::text::jsonb where id = ${id}`;
      await append({ a: 20 });
    }
    expect(await titles()).toEqual([]);
  });
});

test("a config that cannot be read is not written over, by no change of it and by no resume", async () => {
  const sql = database.db.$client;
  await sql`update run set config = '["lr", 0.1]' where id = ${address.run}`;
  await append({ loss: 1 }, { type: "config", timeMs: 0, config: { lr: 0.2 } });
  address = { ...address, writer: randomUUID() };
  sequence = 0;
  await open({ lr: 0.3 });
  await append({ loss: 2 });
  const [row] = await sql`select config from run where id = ${address.run}`;
  expect(row).toEqual({ config: ["lr", 0.1] });
  const { config, writers, unreadable } = await getRunDetail(database.db, address);
  expect([config, writers.at(-1)?.config]).toEqual([{}, { lr: 0.3 }]);
  expect(unreadable).toMatchObject([{ what: "config", id: address.run }]);
  const { lines } = await listConsole(database.db, { ...address, limit: 10 });
  expect(lines).toMatchObject([{ text: expect.stringContaining("a change of the config was left out") }]);
});
