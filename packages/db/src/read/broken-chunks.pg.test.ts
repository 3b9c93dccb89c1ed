import { randomUUID } from "node:crypto";
import type { BucketColumns } from "@tailbone/protocol/http";
import { bucketsSchema, rawPointsSchema } from "@tailbone/protocol/http";
import { replayedSchema } from "@tailbone/protocol/rules";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { appendFrames } from "../append/append-frames";
import { openWriter } from "../append/open-writer";
import { replayRule } from "../rules/replay-rule";
import { openTestDatabase, type TestDatabase } from "../server/testing";
import { queryBuckets } from "./query-buckets";
import { queryRawPoints } from "./query-raw-points";

/*
 * Chunks as a failing disk, or somebody by hand, may have left them: the others are answered, and nothing is written
 * over them. Answers are read as whoever asks over HTTP gets them.
 */

let database: TestDatabase;
let address: { team: string; run: string; writer: string };
let sequence: number;
let step: number;

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  const team = await database.addTeam();
  address = { team, run: randomUUID(), writer: randomUUID() };
  sequence = 0;
  step = 0;
  const request = { ...address, project: "p", mode: "create" as const, config: {}, tags: [], startedAtMs: 0 };
  await openWriter(database.db, { team, createdBy: "test", request });
  // Two sealed chunks of each series, and one that is not.
  for (const points of [5000, 5000, 20]) await append(points);
});

async function append(points: number): Promise<void> {
  const steps = Float64Array.from({ length: points }, () => step++);
  const group = { names: ["loss", "val"], steps, timesMs: steps.map((one) => one * 10), values: [steps, steps] };
  const frame = { sequence: sequence++, sealedAtMs: sequence, groups: [group], records: [] };
  await appendFrames(database.db, { ...address, frames: [frame] });
}

const ofChunk = (ordinal: number) => {
  const sql = database.db.$client;
  return sql`run_id = ${address.run} and ordinal = ${ordinal} and series = (
    select number from series where run_id = ${address.run} and name = 'loss')`;
};
const read = async (ordinal: number) => [...(await database.db.$client`select * from chunk where ${ofChunk(ordinal)}`)];

const shorten = "points = substring(points for 100)";
/** As many bytes as there were, of which the doubles are NaN. */
const garble = "points = decode(repeat('ff', octet_length(points)), 'hex')";
const misorder = "points = substring(points from 8 * 4999 + 1 for 8) || substring(points from 9)";
const broken: [what: string, set: string][] = [
  ["no bytes", "points = ''"],
  ["too few bytes", shorten],
  ["bytes that are not of whole points", "points = points || '\\x0102030405'"],
  ["bytes that are no numbers", garble],
  ["steps that fall", misorder],
  ["a count that is not its own", "count = count + 7"],
  ["a count below zero", "count = -5"],
  ["an end that is no number", "step_to = 'NaN'"],
];

async function spoil(ordinal: number, set: string): Promise<void> {
  const sql = database.db.$client;
  const { count } = await sql`update chunk set ${sql.unsafe(set)} where ${ofChunk(ordinal)}`;
  expect(count).toBe(1);
}

const total = ({ count }: BucketColumns): number => count.reduce((sum, one) => sum + one, 0);
const chunkOf = (name: string, ordinal: number) => ({
  what: "chunk",
  id: address.run,
  name: expect.stringMatching(new RegExp(`^${name}, steps .* \\(chunk ${ordinal}\\)$`)),
});

async function queryAll(buckets = 20_000) {
  const query = { ...address, series: ["loss", "val"], axis: "step" as const, buckets };
  return bucketsSchema.parse(JSON.parse(JSON.stringify(await queryBuckets(database.db, query)))).series;
}

async function queryRaw() {
  const query = { ...address, series: "loss", axis: "step" as const, limit: 20_000 };
  return rawPointsSchema.parse(JSON.parse(JSON.stringify(await queryRawPoints(database.db, query))));
}

describe("a chunk of", () => {
  test.each(broken)("%s is named; the other chunks and series are answered", async (_, set) => {
    await spoil(1, set);
    const before = await read(1);
    const [loss, val] = await queryAll();
    expect([total(loss?.buckets ?? expect.fail()), total(val?.buckets ?? expect.fail())]).toEqual([5020, 10_020]);
    expect([loss?.unreadable, val?.unreadable]).toMatchObject([[chunkOf("loss", 1)], []]);
    const raw = await queryRaw();
    expect([raw.steps.length, raw.unreadable]).toMatchObject([5020, [chunkOf("loss", 1)]]);
    expect(await read(1)).toEqual(before);
  });

  test("tiles that cannot be read is drawn from its points, and named", async () => {
    await spoil(1, "tiles = substring(tiles for 300)");
    const [loss] = await queryAll(1000);
    expect([loss?.points, loss?.unreadable]).toMatchObject([10_020, [chunkOf("loss", 1)]]);
  });
});

test("a rule is replayed over the chunks that can be read, and it is said which cannot", async () => {
  await spoil(1, garble);
  const condition = { type: "threshold" as const, series: "*", op: "above" as const, value: 10_000, points: 1 };
  const replay = { rule: { project: null, condition, cooldownMs: 0 }, runs: 10 };
  const replayed = replayedSchema.parse(await replayRule(database.db, { team: address.team, replay }));
  expect(replayed).toMatchObject({ runs: 1, firedRuns: 1, fired: 2, unreadable: [chunkOf("loss", 1)] });
});

test("points that come are stored beside a chunk that they should be merged with, which stays as it is", async () => {
  for (const set of [shorten, garble]) {
    const [{ ordinal = -1 } = {}] = await database.db.$client`
      select max(ordinal) as ordinal from chunk where run_id = ${address.run}`;
    await spoil(ordinal, set);
    const before = await read(ordinal);
    for (let more = 0; more < 20; more++) await append(20);
    expect(await read(ordinal)).toEqual(before);
  }
  const [loss, val] = await queryAll();
  expect([total(loss?.buckets ?? expect.fail()), total(val?.buckets ?? expect.fail())]).toEqual([10_780, 10_820]);
  expect(loss?.unreadable).toHaveLength(2);
});
