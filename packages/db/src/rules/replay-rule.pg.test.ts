import { randomUUID } from "node:crypto";
import type { RunRecord } from "@tailbone/protocol/records";
import type { Condition, Replay } from "@tailbone/protocol/rules";
import { afterAll, beforeAll, expect, test } from "vitest";
import { appendFrames } from "../append/append-frames";
import { openWriter } from "../append/open-writer";
import { listProjects } from "../read/projects";
import { openTestDatabase, type TestDatabase } from "../server/testing";
import { readAlerts } from "./alerts";
import { replayRule } from "./replay-rule";
import { createRule } from "./rules";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const BATCH = 7;
const MINUTE_MS = 60_000;

/**
 * A run with a loss (a point each ten seconds, sent in batches), a feature that emerges and fades, a script's alert and
 * an end.
 */
async function train(team: string, project: string, loss: readonly number[], state: "finished" | "failed") {
  const { db } = database;
  const address = { team, run: randomUUID(), writer: randomUUID() };
  const request = { ...address, project, mode: "create" as const, config: {}, tags: [], startedAtMs: 0 };
  await openWriter(db, { team, createdBy: "test", request });
  let sequence = 0;
  const append = async (records: RunRecord[], from = 0, to = from): Promise<void> => {
    const steps = Float64Array.from({ length: to - from }, (_, index) => from + index);
    const group = {
      names: ["train/loss"],
      steps,
      timesMs: steps.map((step) => 10_000 * step),
      values: [Float64Array.from(loss.slice(from, to))],
    };
    const groups = to > from ? [group] : [];
    await appendFrames(db, { ...address, frames: [{ sequence: sequence++, sealedAtMs: 0, groups, records }] });
  };
  for (let from = 0; from < loss.length; from += BATCH) await append([], from, Math.min(from + BATCH, loss.length));
  const share = (value: number) => ({
    value,
    low: value - 0.01,
    high: value + 0.01,
    n: 500,
    control: 0,
    unit: "share",
  });
  const measured = { learnt: 0.9, untrained: 0, intervention: "swap" as const, shift: null, marks: [], note: "" };
  for (const [step, benefit] of [0, 0, 0, 0, 0, 0, 0.3, 0.3, 0.3, 0, 0, 0].entries()) {
    const numbers = { encoded: share(0.8), used: share(benefit), benefit: share(benefit) };
    await append([{ type: "reading", timeMs: step, feature: "patch", step, ...numbers, ...measured }]);
  }
  await append([{ type: "alert", timeMs: 1, title: "look", text: "", level: "warning", step: 3 }]);
  await append([{ type: "finish", timeMs: 2, state }]);
}

const CONDITIONS: readonly Condition[] = [
  { type: "lifecycle", feature: null, to: ["functional", "vestigial"] },
  { type: "lifecycle", feature: "shape", to: ["functional"] },
  { type: "threshold", series: "*loss", op: "above", value: 2, points: 2 },
  { type: "change", series: "train/*", by: 0.5, points: 3 },
  { type: "nan", series: "train/loss" },
  { type: "divergence", series: "*", factor: 2, points: 1 },
  { type: "plateau", series: "*", goal: "lower", by: 0, steps: 4 },
  { type: "run_state", states: ["failed"] },
  { type: "script", level: "warning" },
  { type: "script", level: "error" },
];

test("a replay over past runs counts what the rule would have raised, whatever it waits for", async () => {
  const { db } = database;
  const [before, after] = [await database.addTeam(), await database.addTeam()];
  const base = { project: null, level: "info" as const, channels: [], cooldownMs: 0, enabled: true };
  const rules = await Promise.all(
    CONDITIONS.map((condition, index) =>
      createRule(db, { team: before, rule: { ...base, name: `${index}`, condition } }),
    ),
  );
  const losses = [
    [5, 4, 3, 2, 1, 1, 1, 1, 1, 1, 3, 3, 3, 0.5, Number.NaN, 0.4, 9],
    [1, 1, 1, 1, 1, 1, 1, 1],
    Array.from({ length: 40 }, (_, step) => 2 + Math.sin(step)),
  ];
  for (const team of [before, after]) {
    for (const [index, loss] of losses.entries()) await train(team, "p", loss, index === 1 ? "failed" : "finished");
  }
  const raised = await readAlerts(db, { team: before, limit: 500 });
  const replay = (condition: Condition) =>
    replayRule(db, { team: after, replay: { rule: { project: null, condition, cooldownMs: 0 }, runs: 20 } });
  for (const [index, condition] of CONDITIONS.entries()) {
    const replayed = await replay(condition);
    // What the script raises itself is told of under its own name, whatever rule tells of it.
    const own = raised.filter(({ ruleId, kind }) =>
      condition.type === "script" ? kind === "script" && condition.level !== "error" : ruleId === rules[index]?.id,
    );
    expect([condition, replayed.runs, replayed.fired]).toEqual([condition, 3, own.length]);
    expect(replayed.alerts.map(({ title, step }) => `${title} ${step}`).sort()).toEqual(
      own.map(({ title, step }) => `${title} ${step}`).sort(),
    );
    expect(replayed.firedRuns).toBe(new Set(replayed.alerts.map(({ run }) => run.id)).size);
  }
  expect(await readAlerts(db, { team: after })).toHaveLength(losses.length);
});

test("a replay keeps the cooldown in the training's time, looks at the newest runs only, and at no other team's", async () => {
  const { db } = database;
  const team = await database.addTeam();
  const spikes = Array.from({ length: 60 }, (_, step) => (step % 6 === 3 ? 9 : 1));
  await train(team, "old", spikes, "finished");
  await train(team, "new", spikes, "finished");
  const condition: Condition = { type: "threshold", series: "*loss", op: "above", value: 5, points: 1 };
  const fired = async (change: Partial<Replay["rule"]>, runs = 20) => {
    const rule = { project: null, condition, cooldownMs: 0, ...change };
    return (await replayRule(db, { team, replay: { rule, runs } })).fired;
  };
  expect(await fired({})).toBe(20);
  // A spike a minute, of ten minutes each.
  expect(await fired({ cooldownMs: 5 * MINUTE_MS })).toBe(4);
  expect(await fired({}, 1)).toBe(10);
  const [project] = (await listProjects(db, { team })).projects;
  expect(await fired({ project: project?.id ?? "" })).toBe(10);
  const other = await database.addTeam();
  const rule = { project: null, condition, cooldownMs: 0 };
  expect(await replayRule(db, { team: other, replay: { rule, runs: 20 } })).toMatchObject({ runs: 0, fired: 0 });
  const theirs = { rule: { ...rule, project: project?.id ?? "" }, runs: 20 };
  await expect(replayRule(db, { team: other, replay: theirs })).rejects.toMatchObject({ code: "not_found" });
});
