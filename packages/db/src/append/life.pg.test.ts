import { randomUUID } from "node:crypto";
import { backtest } from "@tailbone/lifecycle/backtest";
import type { RunEvent } from "@tailbone/protocol/http";
import { LIMITS } from "@tailbone/protocol/limits";
import type { ReadingRecord, RunRecord } from "@tailbone/protocol/records";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { getRun } from "../read/get-run";
import { listEvents, listFeatures } from "../read/list-life";
import { listConsole } from "../read/list-records";
import { readAlerts } from "../rules/alerts";
import { addDefaultRules } from "../rules/rules";
import { openTestDatabase, type TestDatabase } from "../server/testing";
import { appendFrames } from "./append-frames";
import { openWriter } from "./open-writer";

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
  await openWriter(database.db, { team, createdBy: "test", request: requestOf(address.run) });
});

const requestOf = (run: string) => ({
  run,
  writer,
  project: "digits",
  mode: "create" as const,
  config: {},
  tags: [],
  startedAtMs: 0,
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

const reading = (step: number, used: number, benefit: number, feature = "patch"): ReadingRecord => ({
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

/** Steps of a life: measured evenly, so that no gap is long beside the whole. It serves until step 9. */
const STEPS = Array.from({ length: 12 }, (_, step) => step);
const lifeOf = (feature?: string) =>
  STEPS.map((step) => (step < 10 ? reading(step, 0.1, 0.3, feature) : reading(step, 0.001, 0, feature)));
const life = lifeOf();
const saidOf = (event: RunEvent | undefined): string => `${event?.sentence}\n${event?.evidence}`;
const path = (events: readonly { from: string; to: string }[]): string[] =>
  events.map(({ from, to }) => `${from} -> ${to}`);

test("a feature's readings, states and events are stored with their frame, and the run carries its life in short", async () => {
  await append({ type: "feature", timeMs: 0, name: "patch", layer: "hidden_2", settings: { alpha: 0.01 } });
  for (const one of life) await append(one);
  const { offset, features } = await listFeatures(database.db, address);
  expect(offset).toBe(1 + STEPS.length);
  expect(features).toMatchObject([{ name: "patch", layer: "hidden_2", settings: { alpha: 0.01 }, state: "vestigial" }]);
  expect(features[0]?.readings.map(({ step, timeMs }) => [step, timeMs])).toEqual(
    STEPS.map((step) => [step, 1000 + step]),
  );
  expect(features[0]?.readings[0]).toMatchObject({ used: share(0.1, 0.002), intervention: "swap", untrained: 0.1 });
  const events = (await listEvents(database.db, address)).events;
  expect(path(events)).toEqual(["absent -> latent", "latent -> functional", "functional -> vestigial"]);
  expect(events[2]).toMatchObject({ after: 9, by: 10, decidedAt: 11, alpha: 0.01 });
  expect((await getRun(database.db, address)).lives).toEqual([
    {
      feature: "patch",
      spans: [
        { state: "absent", from: 0 },
        { state: "latent", from: 0 },
        { state: "functional", from: 0 },
        { state: "vestigial", from: 10 },
      ],
    },
  ]);
});

test("what a team is told by default is raised with the frame, once, with its evidence and the page that shows it", async () => {
  const told = await database.addTeam("told");
  await addDefaultRules(database.db, { team: told });
  address = { team: told, run: randomUUID() };
  await openWriter(database.db, { team: told, createdBy: "test", request: requestOf(address.run) });
  for (const one of life) await append(one);
  const again = { sequence: sequence - 1, sealedAtMs: 0, groups: [], records: [reading(11, 0, 0)] };
  expect((await appendFrames(database.db, { ...address, writer, frames: [again] })).alerts).toEqual([]);
  const alerts = await readAlerts(database.db, address);
  const events = (await listEvents(database.db, address)).events;
  expect(alerts.map(({ title, feature, after, by, evidence }) => ({ title, feature, after, by, evidence }))).toEqual([
    { title: "patch turned vestigial", feature: "patch", after: 9, by: 10, evidence: saidOf(events[2]) },
    { title: "patch emerged (became functional)", feature: "patch", after: null, by: 0, evidence: saidOf(events[1]) },
  ]);
  expect(alerts[0]?.path).toBe(`/runs/${address.run}?tab=life&feature=patch`);
});

test("a feature that erasures at its layer show out of use is told as undecided, with layer and method, and never as vestigial", async () => {
  const told = await database.addTeam("erased");
  await addDefaultRules(database.db, { team: told });
  address = { team: told, run: randomUUID() };
  await openWriter(database.db, { team: told, createdBy: "test", request: requestOf(address.run) });
  const erased = lifeOf().map((record): RunRecord => ({ ...record, intervention: "leace" }));
  await append({ type: "feature", timeMs: 0, name: "patch", layer: "hidden_2", settings: {} }, ...erased);
  await append({ type: "finish", timeMs: 9, state: "finished" });
  expect((await listFeatures(database.db, address)).features).toMatchObject([
    { state: "functional", doubt: "erasure" },
  ]);
  const events = (await listEvents(database.db, address)).events;
  expect(path(events)).toEqual(["absent -> latent", "latent -> functional", "functional -> functional"]);
  expect(events[2]).toMatchObject({ doubt: "erasure", claim: { means: "leace", layer: "hidden_2" } });
  const alerts = await readAlerts(database.db, address);
  expect(alerts.map(({ title }) => title)).toEqual([
    "patch is undecided: LEACE at hidden_2 shows no use of it",
    "patch emerged (became functional), by LEACE at hidden_2",
  ]);
  for (const { text, evidence } of alerts) {
    expect(`${text} ${evidence}`).not.toContain("vestigial");
    expect(evidence).toContain("Developmental, causal (LEACE at hidden_2, one layer).");
  }
  expect((await getRun(database.db, address)).lives[0]?.spans.at(-1)?.state).toBe("functional");
});

test("the same readings in one frame, or in a frame each, or sent twice, give the same events", async () => {
  const frames = life.map((record, index) => ({ sequence: index, sealedAtMs: 0, groups: [], records: [record] }));
  await appendFrames(database.db, { ...address, writer, frames: frames.slice(0, 3) });
  await appendFrames(database.db, { ...address, writer, frames });
  await appendFrames(database.db, { ...address, writer, frames });
  expect(path((await listEvents(database.db, address)).events)).toEqual([
    "absent -> latent",
    "latent -> functional",
    "functional -> vestigial",
  ]);
  expect((await listFeatures(database.db, address)).features[0]?.readings.length).toBe(STEPS.length);
});

test("a backtest over what is stored says what the hub has said", async () => {
  await append({ type: "feature", timeMs: 0, name: "patch", layer: null, settings: { benefitOff: 0.1 } });
  const ink = lifeOf("ink");
  for (const [index, one] of life.entries()) await append(one, ink[index] ?? one);
  await append({ type: "finish", timeMs: 9, state: "finished" });
  const { features } = await listFeatures(database.db, address);
  const events = (await listEvents(database.db, address)).events;
  expect(backtest(features, true)).toEqual(events.map(({ id: _, timeMs: __, ...event }) => event));
});

test("what is decided at the end is decided by the frame that ends the training", async () => {
  await append(...STEPS.map((step) => reading(step, 0.001, 0)));
  expect(path((await listEvents(database.db, address)).events)).toEqual(["absent -> latent"]);
  await append({ type: "finish", timeMs: 9, state: "finished" });
  expect(path((await listEvents(database.db, address)).events)).toEqual(["absent -> latent", "latent -> spandrel"]);
});

test("a frame that fails when its life is written already leaves nothing of it behind, and is stored when it comes again", async () => {
  await append(reading(0, 0.1, 0.3));
  const [before, eventsBefore] = [
    await listFeatures(database.db, address),
    (await listEvents(database.db, address)).events,
  ];
  await database.refuseRows("console_line", "new.text = 'poison'");
  const news = [reading(1, 0.1, 0.3), reading(2, 0.1, 0.3)];
  const poison: RunRecord = { type: "console", timeMs: 0, stream: "stderr", text: "poison" };
  await expect(append(...news, poison)).rejects.toThrow("this row is refused");
  expect(await listFeatures(database.db, address)).toEqual(before);
  expect((await listEvents(database.db, address)).events).toEqual(eventsBefore);
  expect((await getRun(database.db, address)).offset).toBe(1);
  await append(...news);
  expect((await listFeatures(database.db, address)).features[0]?.readings.length).toBe(3);
  expect(path((await listEvents(database.db, address)).events)).toEqual(["absent -> latent", "latent -> functional"]);
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
    Array.from({ length: 5 }, (_, index) => reading(from + index, benefit, benefit, name));
  await append(...steps(0, 0.3, "patch"));
  await append(...steps(5, 0, "patsch"), ...steps(10, 0, "patsch"));
  await append({ type: "finish", timeMs: 9, state: "finished" });
  const events = (await listEvents(database.db, address)).events;
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
