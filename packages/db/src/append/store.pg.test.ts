import { randomUUID } from "node:crypto";
import type { Frame } from "@tailbone/protocol/frame";
import type { Buckets } from "@tailbone/protocol/http";
import { fromWireNumber } from "@tailbone/protocol/json";
import type { RunRecord } from "@tailbone/protocol/records";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { getRun, getRunDetail } from "../read/get-run";
import { listCheckpoints, listConsole } from "../read/list-records";
import { listRuns } from "../read/list-runs";
import { listSeries } from "../read/list-series";
import { getProject, listProjects } from "../read/projects";
import { queryBuckets } from "../read/query-buckets";
import { queryRawPoints } from "../read/query-raw-points";
import { readAlerts } from "../rules/alerts";
import { SilenceWatch } from "../server/silence-watch";
import { openTestDatabase, type TestDatabase } from "../server/testing";
import { appendFrames } from "./append-frames";
import { beatWriter } from "./beat-writer";
import { deleteRun, patchRun } from "./change-run";
import { openWriter } from "./open-writer";
import { sweepStalledRuns } from "./sweep-stalled-runs";

let database: TestDatabase;
let team: string;

beforeAll(async () => {
  database = await openTestDatabase();
  team = await database.addTeam();
});
afterAll(() => database.close());

async function open(
  options: { team?: string; project?: string; name?: string } = {},
): Promise<{ team: string; run: string; writer: string }> {
  const address = { team: options.team ?? team, run: randomUUID(), writer: randomUUID() };
  const { run, writer } = address;
  await openWriter(database.db, {
    team: address.team,
    createdBy: "test",
    request: {
      run,
      writer,
      project: options.project ?? "digits",
      mode: "create",
      config: { lr: 0.1 },
      tags: ["baseline"],
      startedAtMs: 1000,
      ...(options.name === undefined ? {} : { name: options.name }),
    },
  });
  return address;
}

/** A frame with one series, one point for each value, at steps and times that follow the sequence. */
function frameOf(sequence: number, values: readonly number[], records: readonly RunRecord[] = []): Frame {
  const steps = Float64Array.from(values, (_, index) => sequence * values.length + index);
  return {
    sequence,
    sealedAtMs: 0,
    groups:
      values.length === 0
        ? []
        : [{ names: ["loss"], steps, timesMs: steps.map((step) => step * 10), values: [Float64Array.from(values)] }],
    records,
  };
}

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "no error",
    (error: { code?: string }) => error.code ?? "another error",
  );

interface Row {
  step: number;
  timeMs: number;
  value: number;
}

/** Every stored point, read in pages of a size that cuts chunks apart. */
async function readAll(address: { team: string; run: string }, axis: "step" | "time", limit: number): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: string | undefined;
  do {
    const page = await queryRawPoints(database.db, { ...address, series: "loss", axis, limit, cursor });
    rows.push(
      ...page.steps.map((step, index) => ({
        step,
        timeMs: page.timesMs[index] ?? 0,
        value: fromWireNumber(page.values[index] ?? 0),
      })),
    );
    cursor = page.cursor ?? undefined;
  } while (cursor !== undefined);
  return rows;
}

describe("a frame", () => {
  test("sent twice is stored once, and acknowledged both times", async () => {
    const address = await open();
    const first = await appendFrames(database.db, { ...address, frames: [frameOf(0, [1, 2])] });
    expect(first).toMatchObject({ next: 1, from: 0, to: 1, state: "running" });
    expect(await getRun(database.db, address)).toMatchObject({ points: 2, lastStep: 1, state: "running" });
    const again = await appendFrames(database.db, { ...address, frames: [frameOf(0, [1, 2]), frameOf(1, [3, 4])] });
    expect(again).toMatchObject({ next: 2, from: 1, to: 2 });
    expect(await getRun(database.db, address)).toMatchObject({ points: 4 });
    expect((await readAll(address, "step", 100)).map((row) => row.value)).toEqual([1, 2, 3, 4]);
  });

  test("after a gap is refused with the sequence that is expected, and nothing of it is stored", async () => {
    const address = await open();
    await appendFrames(database.db, { ...address, frames: [frameOf(0, [1])] });
    const gap = appendFrames(database.db, { ...address, frames: [frameOf(1, [2]), frameOf(3, [4])] });
    await expect(gap).rejects.toMatchObject({ code: "sequence_gap", expected: 1 });
    expect(await getRun(database.db, address)).toMatchObject({ points: 1, offset: 1 });
  });

  test("is stored once also when two connections send it at the same time", async () => {
    const address = await open();
    const frames = [frameOf(0, [1]), frameOf(1, [2])];
    const both = await Promise.all([1, 2, 3].map(() => appendFrames(database.db, { ...address, frames })));
    expect(both.map((one) => one.next)).toEqual([2, 2, 2]);
    expect(await readAll(address, "step", 10)).toHaveLength(2);
  });

  test("with records changes the run in the same transaction", async () => {
    const address = await open();
    const error = { name: "RangeError", message: "too far" };
    await appendFrames(database.db, {
      ...address,
      frames: [
        frameOf(
          0,
          [0.5],
          [
            { type: "config", timeMs: 1, config: { lr: 0.2, layers: [1, 2] } },
            { type: "tags", timeMs: 1, add: ["late"], remove: ["baseline"] },
            { type: "console", timeMs: 2, stream: "stdout", text: "hello\0world" },
            { type: "checkpoint", timeMs: 3, step: 8, metrics: { loss: "NaN" } },
            { type: "alert", timeMs: 4, title: "loss is odd", text: "look", level: "warning", step: 8 },
            { type: "dropped", timeMs: 4, points: 7, reason: "ring_full" },
            { type: "finish", timeMs: 5, state: "crashed", error },
          ],
        ),
      ],
    });
    expect(await getRunDetail(database.db, address)).toMatchObject({
      config: { lr: 0.2, layers: [1, 2] },
      tags: ["late"],
      state: "crashed",
      error,
      finishedAtMs: 5,
      droppedPoints: 7,
      last: { loss: 0.5 },
      writers: [{ id: address.writer, frames: 1 }],
    });
    expect(await listConsole(database.db, { ...address, limit: 10 })).toMatchObject({
      lines: [{ text: "hello\u2400world" }],
      more: false,
    });
    expect((await listCheckpoints(database.db, address)).checkpoints).toEqual([
      { timeMs: 3, step: 8, metrics: { loss: "NaN" } },
    ]);
    expect(await readAlerts(database.db, address)).toMatchObject([
      { title: "loss is odd", run: { project: "digits" } },
    ]);
  });

  test("whose config grows too large keeps its points, and the console says what was left out", async () => {
    const address = await open();
    const big = { type: "config" as const, timeMs: 1, config: { text: "x".repeat(200_000) } };
    await appendFrames(database.db, { ...address, frames: [frameOf(0, [1], [big])] });
    await appendFrames(database.db, {
      ...address,
      frames: [frameOf(1, [2], [{ ...big, config: { more: big.config.text } }])],
    });
    const detail = await getRunDetail(database.db, address);
    expect(Object.keys(detail.config)).toEqual(["lr", "text"]);
    expect(detail.points).toBe(2);
    const { lines } = await listConsole(database.db, { ...address, limit: 10 });
    expect(lines.map((line) => line.text).join()).toContain("config was left out");
  });

  test("of a deleted run, or of a writer that was never opened, is refused", async () => {
    const address = await open();
    const unknown = { ...address, writer: randomUUID() };
    expect(await codeOf(appendFrames(database.db, { ...unknown, frames: [frameOf(0, [1])] }))).toBe("not_found");
    await deleteRun(database.db, address);
    expect(await codeOf(appendFrames(database.db, { ...address, frames: [frameOf(0, [1])] }))).toBe("gone");
    const other = await database.addTeam("other");
    const theirs = { ...address, team: other, frames: [frameOf(0, [1])] };
    expect(await codeOf(appendFrames(database.db, theirs))).toBe("not_found");
    const [rows] = await database.db.$client`select count(*)::int as count from chunk where run_id = ${address.run}`;
    expect(rows?.count).toBe(0);
  });

  test("that cannot be stored leaves nothing half written, and the writer goes on with the next one", async () => {
    const address = await open();
    await appendFrames(database.db, { ...address, frames: [frameOf(0, [1])] });
    const before = await getRunDetail(database.db, address);
    const sql = database.db.$client;
    await sql.unsafe(`alter table alert add constraint broken check (title <> 'break')`);
    const records: RunRecord[] = [
      { type: "console", timeMs: 1, stream: "stdout", text: "half" },
      { type: "checkpoint", timeMs: 1, step: 1, metrics: {} },
      { type: "alert", timeMs: 1, title: "break", text: "", level: "info" },
    ];
    const frames = [frameOf(1, [2]), frameOf(2, [3], records)];
    expect(await codeOf(appendFrames(database.db, { ...address, frames }))).toBe("23514");
    await sql.unsafe("alter table alert drop constraint broken");
    expect(await getRunDetail(database.db, address)).toEqual(before);
    expect(await readAll(address, "step", 10)).toHaveLength(1);
    expect(await listCheckpoints(database.db, address)).toEqual({ checkpoints: [], unreadable: [] });
    expect((await listConsole(database.db, { ...address, limit: 10 })).lines).toEqual([]);
    expect(await appendFrames(database.db, { ...address, frames })).toMatchObject({ next: 3, from: 1, to: 3 });
  });

  test("with more points than are written at once is stored whole, or not at all", async () => {
    const address = await open();
    // 2 MB and more of each series: slices end between series and within them.
    const values = Array.from({ length: 90_000 }, (_, index) => Math.sin(index));
    const { groups, ...rest } = frameOf(0, values);
    const [loss] = groups;
    if (loss === undefined) throw new Error("the frame has no points");
    const column = loss.values[0] ?? loss.steps;
    const many = {
      ...rest,
      groups: [{ ...loss, names: ["loss", "acc"], values: [column, column.map((value) => -value)] }],
    };
    const broken: RunRecord = { type: "alert", timeMs: 1, title: "break many", text: "", level: "info" };
    const sql = database.db.$client;
    await sql.unsafe(`alter table alert add constraint broken check (title <> 'break many')`);
    const failing = appendFrames(database.db, { ...address, frames: [{ ...many, records: [broken] }] });
    expect(await codeOf(failing)).toBe("23514");
    await sql.unsafe("alter table alert drop constraint broken");
    expect(await sql`select 1 from chunk where run_id = ${address.run}`).toEqual([]);
    await appendFrames(database.db, { ...address, frames: [many] });
    for (const [series, sign] of [
      ["loss", 1],
      ["acc", -1],
    ] as const) {
      const read = await queryRawPoints(database.db, { ...address, series, axis: "step", limit: 90_000 });
      expect(read.steps).toEqual([...loss.steps]);
      expect(read.values).toEqual(values.map((value) => sign * value));
    }
  });

  test("with texts that PostgreSQL cannot hold is stored all the same", async () => {
    const address = await open();
    const odd = "nul \0 and half \ud800";
    const frame = frameOf(
      0,
      [1],
      [
        { type: "config", timeMs: 1, config: { [odd]: [odd] } },
        { type: "alert", timeMs: 1, title: "t", text: odd, level: "info" },
        { type: "checkpoint", timeMs: 1, step: 0, metrics: { [odd]: 1 }, weights: { path: odd, bytes: 1 } },
        { type: "finish", timeMs: 2, state: "crashed", error: { name: odd, message: odd } },
      ],
    );
    const [group] = frame.groups;
    const groups = group === undefined ? [] : [{ ...group, names: [odd] }];
    await appendFrames(database.db, { ...address, frames: [{ ...frame, groups }] });
    const mended = "nul \u2400 and half \ufffd";
    expect(await getRunDetail(database.db, address)).toMatchObject({
      config: { [mended]: [mended] },
      error: { name: mended },
      last: { [mended]: 1 },
    });
  });

  test("with more series than a run may hold keeps those that fit, counts the rest and says so", async () => {
    const address = await open();
    const one = Float64Array.of(1);
    const frame = (sequence: number, from: number, count: number): Frame => ({
      sequence,
      sealedAtMs: 0,
      groups: [
        {
          names: Array.from({ length: count }, (_, index) => `s${from + index}`),
          steps: one,
          timesMs: one,
          values: Array.from({ length: count }, () => one),
        },
      ],
      records: [],
    });
    await appendFrames(database.db, { ...address, frames: [frame(0, 0, 9_999)] });
    await appendFrames(database.db, { ...address, frames: [frame(1, 9_998, 4)] });
    const run = await getRun(database.db, address);
    expect(run).toMatchObject({ points: 10_001, droppedPoints: 2 });
    expect(Object.keys(run.last)).toHaveLength(100);
    const { lines } = await listConsole(database.db, { ...address, limit: 10 });
    expect(lines.map((line) => line.text).join()).toContain("2 points were left out");
  });
});

describe("points", () => {
  const step = fc.oneof(fc.integer({ min: -5, max: 60 }), fc.constantFrom(0.5, 7.25, 1e9));
  const value = fc.oneof(
    fc.double({ noNaN: true, min: -1e9, max: 1e9 }),
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  );
  const rowsArbitrary = fc.array(fc.record({ step, timeMs: step, value }), { minLength: 1, maxLength: 12 });

  test("are all there in order, and every extreme is drawn, however late, often or oddly they came and were merged", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(rowsArbitrary, { minLength: 1, maxLength: 60, size: "max" }), async (frames) => {
        const address = await open();
        for (const [sequence, rows] of frames.entries()) {
          const group = {
            names: ["loss"],
            steps: Float64Array.from(rows, (row) => row.step),
            timesMs: Float64Array.from(rows, (row) => row.timeMs),
            values: [Float64Array.from(rows, (row) => row.value)],
          };
          await appendFrames(database.db, {
            ...address,
            frames: [{ sequence, sealedAtMs: 0, groups: [group], records: [] }],
          });
        }
        const all = frames.flat();
        expect(await readAll(address, "step", 7)).toEqual(all.toSorted((a, b) => a.step - b.step));
        expect(await readAll(address, "time", 1000)).toEqual(
          all.toSorted((a, b) => a.timeMs - b.timeMs || a.step - b.step),
        );
        for (const axis of ["step", "time"] as const) {
          const found = await queryBuckets(database.db, {
            ...address,
            series: ["loss", "none"],
            axis,
            from: 0,
            to: 50,
            buckets: 9,
          });
          const x = axis === "step" ? (row: Row) => row.step : (row: Row) => row.timeMs;
          expectBuckets(
            found,
            all.filter((row) => x(row) >= 0 && x(row) <= 50).map((row) => row.value),
          );
          const [one] = found.series;
          expect(one?.before?.x ?? Number.NEGATIVE_INFINITY).toBe(Math.max(...all.map(x).filter((at) => at < 0)));
          expect(one?.after?.x ?? Number.POSITIVE_INFINITY).toBe(Math.min(...all.map(x).filter((at) => at > 50)));
        }
        const finite = all.map((row) => row.value).filter(Number.isFinite);
        const { series } = await listSeries(database.db, address);
        const nan = all.filter((row) => Number.isNaN(row.value)).length;
        expect(series).toMatchObject([{ name: "loss", points: all.length, nan }]);
        // Of 0 and -0 either is the least.
        const least = series[0]?.min ?? null;
        expect(least === null ? null : least + 0).toBe(finite.length > 0 ? Math.min(...finite) + 0 : null);
      }),
      { numRuns: 12 },
    );
  }, 120_000);

  function expectBuckets(found: Buckets, values: number[]): void {
    const [one] = found.series;
    const columns = one?.buckets;
    expect(found.series.map((series) => series.name)).toEqual(["loss"]);
    expect(one?.points).toBe(values.length);
    expect(columns?.count.reduce((sum, count) => sum + count, 0)).toBe(values.length);
    const finite = values.filter(Number.isFinite);
    const known = (column: (number | null)[] | undefined) => (column ?? []).filter((entry) => entry !== null);
    expect(Math.min(...known(columns?.min)) + 0).toBe(Math.min(...finite) + 0);
    expect(Math.max(...known(columns?.max)) + 0).toBe(Math.max(...finite) + 0);
  }

  test("of a long series are drawn from few rows, with its one spike at every zoom", async () => {
    const address = await open();
    const length = 2000;
    for (let sequence = 0; sequence < 50; sequence++) {
      const values = Array.from({ length }, (_, index) => (sequence === 31 && index === 777 ? 1e6 : Math.sin(index)));
      await appendFrames(database.db, { ...address, frames: [frameOf(sequence, values)] });
    }
    const spike = 31 * length + 777;
    for (const width of [100_000, 9000, 500, 3]) {
      const from = Math.max(0, spike - width);
      const found = await queryBuckets(database.db, {
        ...address,
        series: ["loss"],
        axis: "step",
        from,
        to: from + width * 1.5,
        buckets: 300,
      });
      expect(Math.max(...(found.series[0]?.buckets.max ?? []).map(Number))).toBe(1e6);
      expect(found.series[0]?.total).toBe(50 * length);
    }
    const [rows] = await database.db.$client`select count(*)::int as count from chunk where run_id = ${address.run}`;
    expect(rows?.count).toBeLessThan(40);
    const few = {
      ...address,
      series: ["loss"],
      axis: "step" as const,
      from: spike - 100,
      to: spike + 100,
      buckets: 300,
    };
    const [zoomed] = (await queryBuckets(database.db, few)).series;
    expect(zoomed?.buckets.x).toEqual(Array.from({ length: 201 }, (_, index) => spike - 100 + index));
    expect(zoomed?.before).toEqual({ x: spike - 101, value: Math.sin(776 - 100) });
    expect(zoomed?.after).toEqual({ x: spike + 101, value: Math.sin(778 + 100) });

    const powers = { ...address, series: ["loss"], axis: "step" as const, scale: "log" as const, buckets: 300 };
    const [whole] = (await queryBuckets(database.db, powers)).series;
    expect(whole?.buckets.x.slice(0, 11)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(whole?.buckets.count.reduce((sum, count) => sum + count, 0)).toBe(50 * length);
    expect(whole?.buckets.x.length).toBeGreaterThan(150);
  });

  test("read a page at a time are each there once, though more come meanwhile, late ones too, and chunks are merged", async () => {
    const address = await open();
    const stored = Array.from({ length: 500 }, (_, step) => step);
    for (const sequence of [0, 1, 2, 3, 4]) {
      await appendFrames(database.db, { ...address, frames: [frameOf(sequence, stored.slice(0, 100))] });
    }
    const seen: number[] = [];
    let cursor: string | undefined;
    let sequence = 5;
    do {
      const page = await queryRawPoints(database.db, { ...address, series: "loss", axis: "step", limit: 77, cursor });
      seen.push(...page.steps);
      cursor = page.cursor ?? undefined;
      if (sequence < 25) {
        const late = frameOf(sequence, [0, 0]);
        const groups = late.groups.map((group) => ({ ...group, steps: Float64Array.of(0.5, 1000 + sequence) }));
        await appendFrames(database.db, { ...address, frames: [{ ...late, groups }] });
        sequence++;
      }
    } while (cursor !== undefined);
    expect(seen.filter((step) => Number.isInteger(step) && step < 500)).toEqual(stored);
    expect(new Set(seen).size).toBe(seen.length);
    const bad = { ...address, series: "loss", axis: "step" as const, limit: 10, cursor: "x" };
    expect(await codeOf(queryRawPoints(database.db, bad))).toBe("bad_request");
  });

  test("of one huge frame become chunks of a bounded size", async () => {
    const address = await open();
    const values = Array.from({ length: 100_000 }, (_, index) => index % 1000);
    await appendFrames(database.db, { ...address, frames: [frameOf(0, values), frameOf(1, values)] });
    const [sizes] = await database.db.$client<{ most: number; total: number }[]>`
      select max(count)::int as most, sum(count)::int as total from chunk where run_id = ${address.run}`;
    expect(sizes).toMatchObject({ total: 200_000 });
    expect(sizes?.most).toBeLessThan(8192);
    await appendFrames(database.db, { ...address, frames: [frameOf(2, [1, 2, 3])] });
    expect(await readAll(address, "step", 50_000)).toHaveLength(200_003);
  });
});

describe("runs", () => {
  test("are listed, filtered, sorted and paged", async () => {
    const own = await database.addTeam();
    const addresses = [];
    for (const [index, name] of ["alpha 1", "beta 2", "alpha 3"].entries()) {
      const address = await open({ team: own, project: "list", name });
      await appendFrames(database.db, { ...address, frames: [frameOf(0, [[3, Number.NaN, 1][index] ?? 0])] });
      addresses.push(address);
    }
    const names = async (query: { filter?: string; sort?: string; limit?: number; cursor?: string }) => {
      const page = await listRuns(database.db, {
        team: own,
        project: "list",
        filter: "",
        sort: "-created",
        limit: 10,
        ...query,
      });
      return { names: page.runs.map((run) => run.name), cursor: page.cursor, total: page.total };
    };
    expect(await names({ filter: "ALPHA state:run tag=base" })).toEqual({
      names: ["alpha 3", "alpha 1"],
      cursor: null,
      total: 2,
    });
    expect((await names({ sort: "series:loss" })).names).toEqual(["alpha 3", "alpha 1", "beta 2"]);
    expect((await names({ sort: "-series:loss" })).names).toEqual(["alpha 1", "alpha 3", "beta 2"]);
    const first = await names({ sort: "name", limit: 2 });
    expect(first).toEqual({ names: ["alpha 1", "alpha 3"], cursor: "2", total: 3 });
    expect((await names({ sort: "name", limit: 2, cursor: "2" })).names).toEqual(["beta 2"]);
    expect((await names({ filter: "100%" })).names).toEqual([]);
    expect((await listProjects(database.db, { team: own })).projects).toMatchObject([
      { name: "list", runs: 3, running: 3 },
    ]);
    expect(
      await patchRun(database.db, {
        team: own,
        run: addresses[0]?.run ?? "",
        patch: { name: "gamma", tags: ["x"], notes: "n" },
      }),
    ).toMatchObject({ run: { name: "gamma", tags: ["x"], notes: "n", state: "running" }, alerts: [] });
  });

  test("nobody hears of are stalled, and run again when a heartbeat or a frame returns", async () => {
    const address = await open();
    const { seenAtMs } = await getRun(database.db, address);
    const watch = new SilenceWatch();
    const sweep = (monotonicMs: number) =>
      sweepStalledRuns(database.db, { watch, nowMs: seenAtMs, monotonicMs, afterMs: 30_000 });
    expect(await sweep(0)).toEqual([]);
    const swept = await sweep(30_000);
    expect(swept.find(({ run }) => run?.id === address.run)).toMatchObject({ team, run: { state: "stalled" } });
    expect(await beatWriter(database.db, { ...address, nowMs: seenAtMs + 40_000 })).toMatchObject({
      revived: { state: "running" },
    });
    expect(await beatWriter(database.db, { ...address, nowMs: seenAtMs + 41_000 })).toEqual({
      state: "running",
      revived: null,
    });
    await sweep(40_000);
    expect((await sweep(70_000)).map(({ run }) => run?.id)).toContain(address.run);
    expect(await appendFrames(database.db, { ...address, frames: [frameOf(0, [1])] })).toMatchObject({
      state: "running",
    });
  });

  test("whose hub's clock went a day forth and back are stalled when they die, and are not when they live", async () => {
    const day = 86_400_000;
    const address = await open();
    const { seenAtMs } = await getRun(database.db, address);
    const watch = new SilenceWatch();
    const sweep = async (monotonicMs: number, nowMs: number) =>
      (await sweepStalledRuns(database.db, { watch, nowMs, monotonicMs, afterMs: 30_000 })).some(
        ({ run }) => run?.id === address.run,
      );
    expect(await sweep(0, seenAtMs)).toBe(false);
    expect(await sweep(5000, seenAtMs + day)).toBe(false);
    await appendFrames(database.db, { ...address, frames: [frameOf(0, [1])], nowMs: seenAtMs + day });
    expect(await sweep(20_000, seenAtMs + day)).toBe(false);
    // Back: it is heard of again by a time that lies before the last one.
    await appendFrames(database.db, { ...address, frames: [frameOf(1, [1])], nowMs: seenAtMs + 20_000 });
    expect(await sweep(40_000, seenAtMs + 40_000)).toBe(false);
    expect(await sweep(69_999, seenAtMs + 69_999)).toBe(false);
    expect(await sweep(70_000, seenAtMs + 70_000)).toBe(true);
  });

  test("that ended run again when another writer resumes them, and unknown ones cannot be resumed", async () => {
    const address = await open();
    await appendFrames(database.db, {
      ...address,
      frames: [frameOf(0, [1, 2, 3], [{ type: "finish", timeMs: 9, state: "finished" }])],
    });
    const request = {
      run: address.run,
      writer: randomUUID(),
      project: "digits",
      mode: "resume" as const,
      config: { more: 1 },
      tags: [],
      startedAtMs: 0,
    };
    expect(await openWriter(database.db, { team, createdBy: "test", request })).toMatchObject({ next: 0, lastStep: 2 });
    expect(await getRunDetail(database.db, address)).toMatchObject({
      state: "running",
      finishedAtMs: null,
      config: { lr: 0.1, more: 1 },
    });
    const unknown = { ...request, run: randomUUID() };
    expect(await codeOf(openWriter(database.db, { team, createdBy: "test", request: unknown }))).toBe("not_found");
    const late = { type: "console" as const, timeMs: 1, stream: "stdout" as const, text: "late" };
    await patchRun(database.db, { team, run: address.run, patch: { state: "failed" } });
    await appendFrames(database.db, { ...address, frames: [frameOf(1, [], [late])] });
    expect(await getRun(database.db, address)).toMatchObject({ state: "failed" });
    const resumed = { team, run: address.run, writer: request.writer };
    await appendFrames(database.db, { ...resumed, frames: [frameOf(0, [1])] });
    expect(await getRun(database.db, address)).toMatchObject({ state: "running", finishedAtMs: null });
    await deleteRun(database.db, address);
    for (const mode of ["create", "resume"] as const) {
      expect(await codeOf(openWriter(database.db, { team, createdBy: "test", request: { ...request, mode } }))).toBe(
        "gone",
      );
    }
  });

  test("of another team are not there, whatever one asks", async () => {
    const address = await open();
    await appendFrames(database.db, {
      ...address,
      frames: [frameOf(0, [1], [{ type: "alert", timeMs: 1, title: "t", text: "", level: "info" }])],
    });
    const { project } = await getRun(database.db, address);
    const other = await database.addTeam("other");
    const theirs = { ...address, team: other };
    const db = database.db;
    const request = { ...address, project: "digits", mode: "create" as const, config: {}, tags: [], startedAtMs: 0 };
    for (const attempt of [
      () => getRun(db, theirs),
      () => getRunDetail(db, theirs),
      () => patchRun(db, { ...theirs, patch: { name: "mine" } }),
      () => deleteRun(db, theirs),
      () => listSeries(db, theirs),
      () => queryBuckets(db, { ...theirs, series: ["loss"], axis: "step", buckets: 10 }),
      () => queryRawPoints(db, { ...theirs, series: "loss", axis: "step", limit: 10 }),
      () => listCheckpoints(db, theirs),
      () => listConsole(db, { ...theirs, limit: 10 }),
      () => getProject(db, { team: other, project: project.id }),
      () => appendFrames(db, { ...theirs, frames: [frameOf(1, [1])] }),
      () => openWriter(db, { team: other, createdBy: "test", request }),
    ]) {
      expect(await codeOf(attempt()), attempt.toString()).toBe("not_found");
    }
    expect(await readAlerts(db, theirs)).toEqual([]);
    expect((await listProjects(db, { team: other })).projects).toEqual([]);
    const all = await listRuns(db, { team: other, filter: "", sort: "-created", limit: 10 });
    expect(all).toMatchObject({ runs: [], total: 0, cursor: null });
    expect(await codeOf(beatWriter(db, { ...theirs, nowMs: Date.now() }))).toBe("not_found");
    expect(await getRun(db, address)).toMatchObject({ name: expect.any(String), points: 1 });
  });
});
