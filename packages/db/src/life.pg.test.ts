import { randomUUID } from "node:crypto";
import { backtest } from "@tailbone/lifecycle/backtest";
import { LIMITS } from "@tailbone/protocol/limits";
import type { RunRecord } from "@tailbone/protocol/records";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { readAlerts } from "./alerts";
import { appendFrames } from "./append-frames";
import { getRun } from "./get-run";
import { listEvents, listFeatures } from "./list-life";
import { listConsole } from "./list-records";
import { openWriter } from "./open-writer";
import { addDefaultRules } from "./rules";
import { openTestDatabase, type TestDatabase } from "./testing";

let database: TestDatabase;
let team: string;
let address: { team: string; run: string };
const writer = randomUUID();
let sequence: number;

beforeAll(async () => {
  database = await openTestDatabase();
  team = await database.addTeam();
});
afterAll(() => database.close());
beforeEach(async () => {
  address = { team, run: randomUUID() };
  sequence = 0;
  const request = {
    run: address.run,
    writer,
    project: "digits",
    mode: "create" as const,
    config: {},
    tags: [],
    startedAtMs: 0,
  };
  await openWriter(database.db, { team, createdBy: "test", request });
});

async function append(...records: RunRecord[]): Promise<void> {
  const frame = { sequence, sealedAtMs: 0, groups: [], records };
  await appendFrames(database.db, { ...address, writer, frames: [frame] });
  sequence++;
}

const share = (value: number, halfWidth: number) => ({
  value,
  low: value - halfWidth,
  high: value + halfWidth,
  n: 1000,
  control: 0,
  unit: "share",
});

const reading = (step: number, used: number, benefit: number, feature = "patch"): RunRecord => ({
  type: "reading",
  timeMs: 1000 + step,
  feature,
  step,
  encoded: share(0.8, 0.02),
  used: share(used, 0.002),
  benefit: share(benefit, 0.01),
  learnt: 0.9,
  untrained: 0.1,
  intervention: "swap",
  shift: null,
  marks: [],
  note: "",
});

const lifeOf = (feature?: string) => [
  reading(0, 0.1, 0.3, feature),
  reading(1, 0.1, 0.3, feature),
  reading(2, 0.1, 0.3, feature),
  reading(4, 0.001, 0, feature),
  reading(8, 0.001, 0, feature),
];
const life = lifeOf();
const path = (events: readonly { from: string; to: string }[]): string[] =>
  events.map(({ from, to }) => `${from} -> ${to}`);

test("a feature's readings, states and events are stored with their frame, and the run carries its life in short", async () => {
  await append({ type: "feature", timeMs: 0, name: "patch", layer: "hidden_2", settings: { alpha: 0.01 } });
  for (const one of life) await append(one);
  const { offset, features } = await listFeatures(database.db, address);
  expect(offset).toBe(6);
  expect(features).toMatchObject([{ name: "patch", layer: "hidden_2", settings: { alpha: 0.01 }, state: "vestigial" }]);
  expect(features[0]?.readings.map(({ step, timeMs }) => [step, timeMs])).toEqual(
    [0, 1, 2, 4, 8].map((step) => [step, 1000 + step]),
  );
  expect(features[0]?.readings[0]).toMatchObject({ used: share(0.1, 0.002), intervention: "swap", untrained: 0.1 });
  const events = await listEvents(database.db, address);
  expect(path(events)).toEqual(["absent -> latent", "latent -> functional", "functional -> vestigial"]);
  expect(events[2]).toMatchObject({ after: 2, by: 4, decidedAt: 8, alpha: 0.01 });
  expect((await getRun(database.db, address)).lives).toEqual([
    {
      feature: "patch",
      spans: [
        { state: "absent", from: 0 },
        { state: "latent", from: 0 },
        { state: "functional", from: 0 },
        { state: "vestigial", from: 4 },
      ],
    },
  ]);
});

test("what a team is told by default is raised with the frame, once, with its evidence and the page that shows it", async () => {
  const told = await database.addTeam("told");
  await addDefaultRules(database.db, { team: told });
  address = { team: told, run: randomUUID() };
  const request = {
    run: address.run,
    writer,
    project: "digits",
    mode: "create" as const,
    config: {},
    tags: [],
    startedAtMs: 0,
  };
  await openWriter(database.db, { team: told, createdBy: "test", request });
  for (const one of life) await append(one);
  const again = { sequence: sequence - 1, sealedAtMs: 0, groups: [], records: [reading(8, 0, 0)] };
  expect((await appendFrames(database.db, { ...address, writer, frames: [again] })).alerts).toEqual([]);
  const alerts = await readAlerts(database.db, address);
  const events = await listEvents(database.db, address);
  expect(alerts.map(({ title, feature, after, by, evidence }) => ({ title, feature, after, by, evidence }))).toEqual([
    { title: "patch turned vestigial", feature: "patch", after: 2, by: 4, evidence: events[2]?.sentence },
    { title: "patch emerged (became functional)", feature: "patch", after: null, by: 0, evidence: events[1]?.sentence },
  ]);
  expect(alerts[0]?.path).toBe(`/runs/${address.run}?tab=life&feature=patch`);
});

test("the same readings in one frame, or in a frame each, or sent twice, give the same events", async () => {
  const frames = life.map((record, index) => ({ sequence: index, sealedAtMs: 0, groups: [], records: [record] }));
  await appendFrames(database.db, { ...address, writer, frames: frames.slice(0, 3) });
  await appendFrames(database.db, { ...address, writer, frames });
  await appendFrames(database.db, { ...address, writer, frames });
  expect(path(await listEvents(database.db, address))).toEqual([
    "absent -> latent",
    "latent -> functional",
    "functional -> vestigial",
  ]);
  expect((await listFeatures(database.db, address)).features[0]?.readings.length).toBe(5);
});

test("a backtest over what is stored says what the hub has said", async () => {
  await append({ type: "feature", timeMs: 0, name: "patch", layer: null, settings: { benefitOff: 0.1 } });
  const ink = lifeOf("ink");
  for (const [index, one] of life.entries()) await append(one, ink[index] ?? one);
  await append({ type: "finish", timeMs: 9, state: "finished" });
  const { features } = await listFeatures(database.db, address);
  const events = await listEvents(database.db, address);
  expect(backtest(features, true)).toEqual(events.map(({ id: _, timeMs: __, ...event }) => event));
});

test("what is decided at the end is decided by the frame that ends the training", async () => {
  await append(...[0, 1, 2, 3, 4, 5].map((step) => reading(step, 0.001, 0)));
  expect(path(await listEvents(database.db, address))).toEqual(["absent -> latent"]);
  await append({ type: "finish", timeMs: 9, state: "finished" });
  expect(path(await listEvents(database.db, address))).toEqual(["absent -> latent", "latent -> spandrel"]);
});

test("a frame that fails when its life is written already leaves nothing of it behind, and is stored when it comes again", async () => {
  await append(reading(0, 0.1, 0.3));
  const [before, eventsBefore] = [await listFeatures(database.db, address), await listEvents(database.db, address)];
  await database.refuseRows("console_line", "new.text = 'poison'");
  const news = [reading(1, 0.1, 0.3), reading(2, 0.1, 0.3)];
  const poison: RunRecord = { type: "console", timeMs: 0, stream: "stderr", text: "poison" };
  await expect(append(...news, poison)).rejects.toThrow("this row is refused");
  expect(await listFeatures(database.db, address)).toEqual(before);
  expect(await listEvents(database.db, address)).toEqual(eventsBefore);
  expect((await getRun(database.db, address)).offset).toBe(1);
  await append(...news);
  expect((await listFeatures(database.db, address)).features[0]?.readings.length).toBe(3);
  expect(path(await listEvents(database.db, address))).toEqual(["absent -> latent", "latent -> functional"]);
});

test("more features than a run may have are left out, and the console says so", async () => {
  const names = Array.from({ length: LIMITS.featuresPerRun + 2 }, (_, index) => `feature ${index}`);
  await append(...names.map((name) => reading(0, 0.1, 0.3, name)));
  expect((await listFeatures(database.db, address)).features.map(({ name }) => name)).toEqual(
    names.slice(0, LIMITS.featuresPerRun),
  );
  const { lines } = await listConsole(database.db, { ...address, limit: 10 });
  expect(lines.map(({ text }) => text).join()).toContain("2 features were left out");
});

test("a feature that gets another name in mid-run begins a life of its own: neither takes the other's verdict", async () => {
  const steps = (from: number, benefit: number, name: string) =>
    [0, 1, 2].map((index) => reading(from + index, benefit, benefit, name));
  await append(...steps(0, 0.3, "patch"));
  await append(...steps(3, 0, "patsch"), ...steps(6, 0, "patsch"));
  await append({ type: "finish", timeMs: 9, state: "finished" });
  const events = await listEvents(database.db, address);
  const pathOf = (name: string) => path(events.filter(({ feature }) => feature === name));
  // The old name was last seen in use; that it was not measured any more is no evidence of anything.
  expect(pathOf("patch")).toEqual(["absent -> latent", "latent -> functional"]);
  expect(pathOf("patsch")).toEqual(["absent -> latent", "latent -> spandrel"]);
});

test("another team sees none of it", async () => {
  await append(reading(0, 0.1, 0.3));
  const theirs = { ...address, team: await database.addTeam("other") };
  await expect(listFeatures(database.db, theirs)).rejects.toMatchObject({ code: "not_found" });
  await expect(listEvents(database.db, theirs)).rejects.toMatchObject({ code: "not_found" });
});
