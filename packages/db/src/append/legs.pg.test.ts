import { randomUUID } from "node:crypto";
import type { Frame } from "@tailbone/protocol/frame";
import type { Buckets } from "@tailbone/protocol/http";
import { fromWireNumber } from "@tailbone/protocol/json";
import type { RunRecord } from "@tailbone/protocol/records";
import { BucketGrid } from "@tailbone/series/buckets";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { getRun, getRunDetail } from "../read/get-run";
import { listSeries } from "../read/list-series";
import { queryBuckets } from "../read/query-buckets";
import { queryRawPoints } from "../read/query-raw-points";
import { readAlerts } from "../rules/alerts";
import { replayRule } from "../rules/replay-rule";
import { createRule } from "../rules/rules";
import { openTestDatabase, type TestDatabase } from "../server/testing";
import { appendFrames } from "./append-frames";
import { openWriter } from "./open-writer";

let database: TestDatabase;
let team: string;

beforeAll(async () => {
  database = await openTestDatabase();
  team = await database.addTeam();
});
afterAll(() => database.close());

interface Leg {
  readonly team: string;
  readonly writer: string;
  readonly startedAtMs: number;
  sequence: number;
}

async function openLeg(run: string, startedAtMs: number, config = {}, of = team): Promise<Leg> {
  const writer = randomUUID();
  const request = { run, writer, project: "legs", mode: "create" as const, config, tags: [], startedAtMs };
  await openWriter(database.db, { team: of, createdBy: "test", request });
  return { team: of, writer, startedAtMs, sequence: 0 };
}

interface Point {
  readonly step: number;
  readonly value: number;
}

/** One frame of a leg, sealed at this time. */
function frameOf(
  leg: Leg,
  sealedAtMs: number,
  points: readonly Point[],
  name = "loss",
  records: RunRecord[] = [],
): Frame {
  const steps = Float64Array.from(points, ({ step }) => step);
  const values = [Float64Array.from(points, ({ value }) => value)];
  const groups = points.length === 0 ? [] : [{ names: [name], steps, timesMs: steps.map(() => sealedAtMs), values }];
  return { sequence: leg.sequence++, sealedAtMs, groups, records };
}

async function append(run: string, leg: Leg, ...frames: Frame[]) {
  return appendFrames(database.db, { team: leg.team, run, writer: leg.writer, frames });
}

const points = (from: number, to: number, value: number): Point[] =>
  Array.from({ length: to - from }, (_, index) => ({ step: from + index, value }));

async function readRaw(run: string, chosen: { leg?: number; abandoned?: boolean } = {}) {
  const query = { team, run, series: "loss", axis: "step" as const, limit: 10_000, ...chosen };
  return queryRawPoints(database.db, query);
}

describe("a run that is resumed from an earlier step", () => {
  test("has the newer leg from its first step on, and what it overwrote is kept but counts no more", async () => {
    const run = randomUUID();
    const first = await openLeg(run, 0);
    await append(run, first, frameOf(first, 10, points(0, 100, 2)), frameOf(first, 11, points(0, 100, 7), "once"));
    const second = await openLeg(run, 20);
    await append(run, second, frameOf(second, 30, points(50, 60, 1)));
    expect(await getRun(database.db, { team, run })).toMatchObject({
      points: 210,
      lastStep: 59,
      last: { loss: 1, once: 7 },
    });
    const { series } = await listSeries(database.db, { team, run });
    expect(series).toMatchObject([
      { name: "loss", points: 60, abandoned: 50, min: 1, max: 2, last: 1, fromStep: 0, toStep: 59 },
      { name: "once", points: 100, abandoned: 0, toStep: 99 },
    ]);
    await append(run, second, frameOf(second, 31, points(60, 70, 3)));
    expect((await listSeries(database.db, { team, run })).series[0]).toMatchObject({
      points: 70,
      abandoned: 50,
      last: 3,
    });
    const all = await readRaw(run);
    expect(all.steps).toHaveLength(120);
    expect(all.legs?.filter((leg) => leg === 2)).toHaveLength(20);
    expect(all.abandoned?.filter((one) => one === 1)).toHaveLength(50);
    const line = await readRaw(run, { abandoned: false });
    expect(line.steps).toEqual(Array.from({ length: 70 }, (_, step) => step));
    expect(new Set(line.values)).toEqual(new Set([1, 2, 3]));
    expect((await readRaw(run, { leg: 1, abandoned: true })).steps).toEqual(points(50, 100, 0).map(({ step }) => step));
  });

  test("goes on from wherever the resume went back to, again and again", async () => {
    const run = randomUUID();
    for (const [index, from] of [0, 40, 20, 60].entries()) {
      const leg = await openLeg(run, index * 10);
      await append(run, leg, frameOf(leg, index * 10 + 5, points(from, 80, index)));
    }
    const line = await readRaw(run, { abandoned: false });
    expect(line.steps).toEqual(points(0, 80, 0).map(({ step }) => step));
    expect(line.legs).toEqual(points(0, 80, 0).map(({ step }) => (step < 20 ? 1 : step < 60 ? 3 : 4)));
  });

  test("and that logs new steps only is one line without a fold", async () => {
    const run = randomUUID();
    const first = await openLeg(run, 0);
    await append(run, first, frameOf(first, 10, points(0, 10, 1)));
    const second = await openLeg(run, 20);
    await append(run, second, frameOf(second, 30, points(10, 20, 2)));
    expect(await getRun(database.db, { team, run })).toMatchObject({ lastStep: 19 });
    expect((await listSeries(database.db, { team, run })).series).toMatchObject([{ points: 20, abandoned: 0 }]);
  });

  test("takes what its killed writer left on disk as that leg's, however late it is delivered", async () => {
    const run = randomUUID();
    const first = await openLeg(run, 0);
    await append(run, first, frameOf(first, 10, points(0, 40, 2)));
    const left = frameOf(first, 19, points(40, 100, 2));
    const second = await openLeg(run, 20);
    await append(run, second, frameOf(second, 30, points(50, 60, 1)));
    await append(run, first, left);
    const { series } = await listSeries(database.db, { team, run });
    expect(series).toMatchObject([{ points: 60, abandoned: 50, last: 1, toStep: 59 }]);
  });

  test("keeps the config of each leg", async () => {
    const run = randomUUID();
    const first = await openLeg(run, 0, { lr: 0.1, batch: 32 });
    const change: RunRecord = { type: "config", timeMs: 1, config: { warmup: 10 } };
    await append(run, first, frameOf(first, 1, points(0, 10, 1), "loss", [change]));
    await openLeg(run, 5, { lr: 0.01 });
    const { config, writers } = await getRunDetail(database.db, { team, run });
    expect(config).toEqual({ lr: 0.01, batch: 32, warmup: 10 });
    expect(writers).toMatchObject([
      { leg: 1, config: { lr: 0.1, batch: 32, warmup: 10 }, startedAtMs: 0, lastAtMs: 1 },
      { leg: 2, config: { lr: 0.01, batch: 32, warmup: 10 }, startedAtMs: 5, lastAtMs: 5 },
    ]);
  });
});

describe("writers that append at the same time", () => {
  test("are one line, though the later one begins at a step that the other has passed", async () => {
    const run = randomUUID();
    const first = await openLeg(run, 0);
    await append(run, first, frameOf(first, 10, points(0, 20, 2)));
    const beside = await openLeg(run, 12);
    await append(run, beside, frameOf(beside, 20, points(0, 10, 1)));
    // Until the first is heard of again, it seems to have ended.
    await append(run, first, frameOf(first, 21, points(20, 30, 2)));
    expect((await listSeries(database.db, { team, run })).series).toMatchObject([
      { points: 40, abandoned: 0, last: 2 },
    ]);
    expect((await readRaw(run)).abandoned?.some((one) => one === 1)).toBe(false);
    expect(await getRun(database.db, { team, run })).toMatchObject({ lastStep: 29 });
  });
});

describe("rules", () => {
  const nan = { type: "nan" as const, series: "loss" };
  const rule = { name: "nan", project: null, level: "error" as const, channels: [], enabled: true };

  test("see the points of the newest leg alone; replayed they see one leg after the other", async () => {
    const own = await database.addTeam();
    const high = { type: "threshold" as const, series: "loss", op: "above" as const, value: 5, points: 1 };
    await createRule(database.db, { team: own, rule: { ...rule, cooldownMs: 0, condition: high } });
    const run = randomUUID();
    const first = await openLeg(run, 0, {}, own);
    await append(run, first, frameOf(first, 10, [...points(0, 60, 1), ...points(60, 70, 9)]));
    const left = frameOf(first, 19, [...points(70, 80, 1), ...points(80, 90, 9)]);
    const second = await openLeg(run, 20, {}, own);
    await append(run, second, frameOf(second, 30, [...points(50, 60, 1), ...points(60, 65, 9)]));
    // Left on disk by a leg that is no longer the newest.
    await append(run, first, left);
    const told = await readAlerts(database.db, { team: own });
    expect(told.map(({ by }) => by)).toEqual([60, 60]);
    const replay = { rule: { ...rule, cooldownMs: 0, condition: high }, runs: 10 };
    const replayed = await replayRule(database.db, { team: own, replay });
    expect(replayed.alerts.map(({ step }) => step)).toEqual([60, 80, 60]);
  });

  test("name the last finite point though it came in an earlier frame, and what the cooldown keeps silent is counted at the alert", async () => {
    const own = await database.addTeam();
    await createRule(database.db, { team: own, rule: { ...rule, cooldownMs: 1e9, condition: nan } });
    const run = randomUUID();
    const leg = await openLeg(run, 0, {}, own);
    const not = Number.NaN;
    await append(run, leg, frameOf(leg, 1, points(0, 10, 2.5)));
    await append(run, leg, frameOf(leg, 2, points(10, 12, not)));
    await append(run, leg, frameOf(leg, 3, [...points(12, 14, 1), ...points(14, 15, not)]));
    await append(run, leg, frameOf(leg, 4, [...points(15, 16, 1), ...points(16, 17, not)]));
    expect(await readAlerts(database.db, { team: own })).toMatchObject([
      {
        title: "loss is NaN at step 10",
        text: "At step 10 its value is NaN. The last finite one was 2.5, at step 9.",
        after: 9,
        by: 10,
        swallowed: 2,
        swallowedTo: 16,
      },
    ]);
  });
});

describe("whatever the legs and the order in which their frames come", () => {
  const legArbitrary = fc.record({
    startedAtMs: fc.integer({ min: 0, max: 30 }),
    frames: fc.array(
      fc.record({
        afterMs: fc.integer({ min: 0, max: 20 }),
        points: fc.array(
          fc.record({ step: fc.integer({ min: 0, max: 300 }), value: fc.integer({ min: -9, max: 9 }) }),
          {
            maxLength: 60,
          },
        ),
      }),
      { minLength: 1, maxLength: 24, size: "max" },
    ),
  });

  type Row = Point & { timeMs: number; leg: number; abandoned: number };

  /** With room for every point the buckets are those of the points themselves; with little room nothing is lost. */
  async function expectDrawn(
    run: string,
    axis: "step" | "time",
    window: { from?: number; to?: number },
    rows: readonly Row[],
  ): Promise<void> {
    const query = { team, run, series: ["loss"], axis, ...window };
    const xOf = (row: Row): number => (axis === "step" ? row.step : row.timeMs);
    const isInside = (row: Row): boolean => xOf(row) >= (window.from ?? -1) && xOf(row) <= (window.to ?? 1e9);
    const partsOf = ({ series }: Buckets) => [
      { leg: null, part: series[0] },
      ...(series[0]?.abandoned ?? []).map((part) => ({ leg: part.leg, part })),
    ];
    const wide = partsOf(await queryBuckets(database.db, { ...query, buckets: 2000 }));
    const narrow = partsOf(await queryBuckets(database.db, { ...query, buckets: 7 }));
    const legs = new Set(rows.filter(({ abandoned }) => abandoned === 1).map(({ leg }) => leg));
    expect(wide.map(({ leg }) => leg)).toEqual([null, ...[...legs].sort()]);
    for (const [index, { leg, part }] of wide.entries()) {
      const own = rows.filter((row) => (leg === null ? row.abandoned === 0 : row.abandoned === 1 && row.leg === leg));
      const inside = own.filter(isInside);
      const grid = new BucketGrid({ axis, scale: "linear", origin: 0, from: -1, to: 1e9, buckets: 2000 });
      for (const row of inside.toSorted((a, b) => a.leg - b.leg)) {
        const [steps, timesMs, values] = [row.step, row.timeMs, row.value].map((one) => Float64Array.of(one));
        if (steps !== undefined && timesMs !== undefined && values !== undefined)
          grid.addPoints({ steps, timesMs, values });
      }
      expect(part?.points).toBe(inside.length);
      expect(part?.buckets).toEqual(grid.toColumns());
      const before = own.map(xOf).filter((x) => x < (window.from ?? -1));
      expect(part?.before?.x ?? null).toBe(before.length === 0 ? null : Math.max(...before));
      const after = own.map(xOf).filter((x) => x > (window.to ?? 1e9));
      expect(part?.after?.x ?? null).toBe(after.length === 0 ? null : Math.min(...after));
      const few = narrow[index]?.part;
      expect(few?.buckets.count.reduce((sum, count) => sum + count, 0)).toBe(inside.length);
      expect(Math.max(...(few?.buckets.max ?? []).map(Number))).toBe(Math.max(...inside.map(({ value }) => value)));
    }
  }

  test("each step of the line is of the newest leg that has gone back to it", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(legArbitrary, { minLength: 1, maxLength: 4, size: "max" }),
        fc.array(fc.nat(3), { maxLength: 90, size: "max" }),
        async (legs, order) => {
          const run = randomUUID();
          const opened: Leg[] = [];
          for (const { startedAtMs } of legs) opened.push(await openLeg(run, startedAtMs));
          const queues = legs.map(({ startedAtMs, frames }) =>
            frames.map((frame) => ({ sealedAtMs: startedAtMs + frame.afterMs, points: frame.points })),
          );
          const rest = queues.flatMap((frames, index) => frames.map(() => index));
          for (const index of [...order, ...rest]) {
            const [leg, next] = [opened[index], queues[index]?.shift()];
            if (leg !== undefined && next !== undefined)
              await append(run, leg, frameOf(leg, next.sealedAtMs, next.points));
          }
          const spans = legs.map(({ startedAtMs, frames }, index) => ({
            leg: index + 1,
            from: startedAtMs,
            to: startedAtMs + Math.max(...frames.map(({ afterMs }) => afterMs)),
            points: frames.flatMap((frame) =>
              frame.points.map((point) => ({ ...point, timeMs: startedAtMs + frame.afterMs })),
            ),
          }));
          const cutOf = (one: (typeof spans)[number]): number =>
            Math.min(
              Number.POSITIVE_INFINITY,
              ...spans
                .filter(({ from, leg }) => one.to <= from && (one.from < from || one.leg < leg))
                .flatMap((later) => later.points.map(({ step }) => step)),
            );
          const expected = spans.flatMap((one) =>
            one.points.map((point) => ({
              ...point,
              leg: one.leg,
              abandoned: point.step >= cutOf(one) ? 1 : 0,
            })),
          );
          if (expected.length === 0) return;
          const found = await readRaw(run);
          const rows = found.steps.map((step, index) => ({
            step,
            value: fromWireNumber(found.values[index] ?? "NaN"),
            leg: found.legs?.[index] ?? 1,
            abandoned: found.abandoned?.[index] ?? 0,
          }));
          // Sorting is stable: points of a leg stay in the order in which they came.
          const plain = expected.map(({ timeMs: _, ...row }) => row);
          expect(rows).toEqual(plain.toSorted((a, b) => a.step - b.step || a.leg - b.leg));
          const line = expected.filter(({ abandoned }) => abandoned === 0).map(({ value }) => value);
          const [series] = (await listSeries(database.db, { team, run })).series;
          expect(series).toMatchObject({
            points: line.length,
            abandoned: expected.length - line.length,
            min: Math.min(...line),
            max: Math.max(...line),
          });
          for (const axis of ["step", "time"] as const) {
            for (const window of [{}, { from: 12.5, to: 130 }]) await expectDrawn(run, axis, window, expected);
          }
        },
      ),
      { numRuns: 30 },
    );
  }, 120_000);
});
