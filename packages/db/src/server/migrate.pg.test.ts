import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodePoints, makeChunks } from "@tailbone/series/chunk";
import postgres, { type Sql } from "postgres";
import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, expect, test } from "vitest";
import { appendFrames } from "../append/append-frames";
import { openWriter } from "../append/open-writer";
import { getRunDetail } from "../read/get-run";
import { listSeries } from "../read/list-series";
import { closeDatabase, openDatabase } from "./database";
import { openEmbedded } from "./embedded";
import { migrateDatabase } from "./migrate";
import { migrateUpTo } from "./testing";

let folder: string;
let server: Awaited<ReturnType<typeof openEmbedded>>;
let sql: Sql;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tailbone-migrate-"));
  await chmod(folder, 0o755);
  server = await openEmbedded({ dataDir: join(folder, "data") });
  sql = postgres(server.url, { onnotice: () => {} });
});
afterAll(async () => {
  await sql.end();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

test("what rules remembered of whole runs, and the lives of their features, are there by themselves after the migration", async () => {
  await migrateUpTo(server.url, "0002_alerts");
  const [team, project, run, rule, silent] = [uuidv7(), uuidv7(), uuidv7(), uuidv7(), uuidv7()];
  await sql`insert into organization (id, name, slug) values (${team}, 'team', ${team})`;
  await sql`insert into project (id, team_id, name, created_at_ms) values (${project}, ${team}, 'p', 0)`;
  await sql`insert into run (id, team_id, project_id, name, state, config, created_by, created_at_ms, started_at_ms, seen_at_ms)
    values (${run}, ${team}, ${project}, 'r', 'running', '{}', 'me', 0, 0, 0)`;
  for (const id of [rule, silent]) {
    await sql`insert into rule (id, team_id, name, condition, level, channels, cooldown_ms, enabled, created_at_ms)
      values (${id}, ${team}, 'rule', '{}', 'info', '{}', 0, true, 0)`;
  }
  const loss = { window: [1, 2], best: 1, bestStep: 3, lastStep: 4, holds: true };
  const state = {
    series: { loss, "train:a": { ...loss, holds: false } },
    toldMs: { "series:loss": 77, "state:failed": 5 },
  };
  await sql`insert into rule_state (rule_id, run_id, state) values (${rule}, ${run}, ${JSON.stringify(state)}::text::jsonb)`;
  await sql`insert into rule_state (rule_id, run_id, state) values (${silent}, ${run}, '{"series":{},"toldMs":{}}')`;
  const lives = {
    version: 1,
    features: [
      ["patch", { state: "latent" }],
      ["shape", { state: "absent" }],
    ],
  };
  await sql`insert into run_life (run_id, team_id, life, strips) values (${run}, ${team}, ${JSON.stringify(lives)}::text::jsonb, '[]')`;
  for (const [ordinal, name] of ["patch", "shape"].entries()) {
    await sql`insert into feature (team_id, run_id, name, ordinal, settings, state)
      values (${team}, ${run}, ${name}, ${ordinal}, '{}', 'absent')`;
  }

  await migrateDatabase(server.url);
  expect([...(await sql`select subject, series, told_ms from rule_state order by subject`)]).toEqual([
    { subject: "series:loss", series: loss, told_ms: 77 },
    { subject: "series:train:a", series: { ...loss, holds: false }, told_ms: null },
    { subject: "state:failed", series: null, told_ms: 5 },
  ]);
  expect([...(await sql`select name, life from feature order by ordinal`)]).toEqual([
    { name: "patch", life: { state: "latent" } },
    { name: "shape", life: { state: "absent" } },
  ]);
});

test("keys of old keep what they could do, but those that were switched off or belong to nobody", async () => {
  await sql`create database keys_of_old`;
  const url = server.url.replace(/\/postgres$/, "/keys_of_old");
  await migrateUpTo(url, "0002_alerts");
  const old = postgres(url, { onnotice: () => {} });
  const team = uuidv7();
  await old`insert into organization (id, name, slug) values (${team}, 'team', ${team})`;
  for (const [id, name, reference, enabled] of [
    ["a", "ci", team, true],
    ["b", null, team, true],
    ["c", "off", team, false],
    ["d", "orphan", "gone", true],
  ] as const) {
    await old`insert into apikey (id, name, reference_id, key, enabled, created_at, updated_at)
      values (${id}, ${name}, ${reference}, ${id}, ${enabled}, now(), now())`;
  }
  await migrateDatabase(url);
  expect([...(await old`select id, name, scopes, created_by, project_id, expires_at from apikey order by id`)]).toEqual(
    [
      { id: "a", name: "ci", scopes: ["admin"], created_by: null, project_id: null, expires_at: null },
      { id: "b", name: "key", scopes: ["admin"], created_by: null, project_id: null, expires_at: null },
    ],
  );
  await old.end();
});

test("what is stored of an older release's runs is of the first leg, goes on as it was, and a later writer resumes it", async () => {
  await sql`create database legs`;
  const url = new URL(server.url);
  url.pathname = "/legs";
  await migrateUpTo(url.href, "0004_life_by_itself");
  const old = postgres(url.href, { onnotice: () => {} });
  const [team, project, run, first, second] = [uuidv7(), uuidv7(), uuidv7(), uuidv7(), uuidv7()];
  await old`insert into organization (id, name, slug) values (${team}, 'team', ${team})`;
  await old`insert into project (id, team_id, name, created_at_ms, runs_made) values (${project}, ${team}, 'p', 0, 1)`;
  await old`insert into run (id, team_id, project_id, number, name, state, config, created_by, created_at_ms, started_at_ms, seen_at_ms)
    values (${run}, ${team}, ${project}, 1, 'r', 'running', '{"lr":1}', 'me', 0, 0, 100)`;
  for (const [index, id] of [first, second].entries()) {
    await old`insert into writer (team_id, run_id, id, next_sequence, opened_at_ms) values (${team}, ${run}, ${id}, 5, ${index})`;
  }
  // Three chunks that wait to be merged, of whichever of the two writers.
  const [chunk] = makeChunks({ steps: Float64Array.of(3), timesMs: Float64Array.of(3), values: Float64Array.of(9) });
  if (chunk === undefined) throw new Error("a point makes a chunk");
  const [series] = await old<{ id: number }[]>`
    insert into series (team_id, run_id, name, count, min, max, sum, first, last, step_from, step_to, time_from, time_to, next_ordinal, tail)
    values (${team}, ${run}, 'loss', 3, 9, 9, 27, 9, 9, 3, 3, 3, 3, 3, '{0,0,1,1,0,1,2,0,1}') returning id::int`;
  for (const ordinal of [0, 1, 2]) {
    await old`insert into chunk (team_id, run_id, series_id, ordinal, level, count, min, max, sum, first, last, step_from, step_to,
        time_from, time_to, time_ordered, points, tiles)
      values (${team}, ${run}, ${series?.id ?? 0}, ${ordinal}, 0, 1, 9, 9, 9, 9, 9, 3, 3, 3, 3, true, ${encodePoints(chunk.points)}, '')`;
  }
  await old.end();

  await migrateDatabase(url.href);
  const db = openDatabase({ url: url.href });
  const append = (writer: string, sequence: number, sealedAtMs: number, step: number) => {
    const [steps, values] = [Float64Array.of(step), [Float64Array.of(1)]];
    const frame = { sequence, sealedAtMs, groups: [{ names: ["loss"], steps, timesMs: steps, values }], records: [] };
    return appendFrames(db, { team, run, writer, frames: [frame] });
  };
  // Sixteen chunks of one leg are merged: the old ones with them.
  for (let step = 4; step < 17; step++) await append(first, step + 1, 100 + step, step);
  await append(second, 5, 120, 0);
  const counts = async () =>
    (await listSeries(db, { team, run })).series.map(({ points, abandoned }) => [points, abandoned]);
  expect(await counts()).toEqual([[17, 0]]);
  const [chunks] =
    await db.$client`select count(*)::int as count from chunk where series = ${series?.id ?? 0} and leg = 1`;
  expect(chunks?.count).toBe(1);
  const third = uuidv7();
  const request = {
    run,
    writer: third,
    project: "p",
    mode: "resume" as const,
    config: { lr: 2 },
    tags: [],
    startedAtMs: 200,
  };
  await openWriter(db, { team, createdBy: "me", request });
  await append(third, 0, 210, 4);
  expect(await counts()).toEqual([[5, 13]]);
  const { writers } = await getRunDetail(db, { team, run });
  expect(writers.map(({ leg, config }) => [leg, config])).toEqual([
    [1, { lr: 1 }],
    [2, { lr: 1 }],
    [3, { lr: 2 }],
  ]);
  await closeDatabase(db);
});
