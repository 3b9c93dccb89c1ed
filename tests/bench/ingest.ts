import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { openEmbedded } from "@tailbone/db/server/embedded";
import { encodeFrame, type Group } from "@tailbone/protocol/frame";
import { INGEST_NAMESPACE, type IngestClientEvents, type IngestServerEvents } from "@tailbone/protocol/sockets";
import { PROTOCOL_VERSION } from "@tailbone/protocol/version";
import postgres from "postgres";
import { io, type Socket } from "socket.io-client";
import { openPlace, type Stack, startStack } from "../support/stack";
import { report } from "./report";

const SERIES = 20;
const POINTS_PER_FRAME = 500;
const FRAMES = 100;
const WINDOW = 8;
const points = SERIES * POINTS_PER_FRAME * FRAMES;

/** The same million points for both: twenty series that look like a training's. */
function makeGroup(frame: number): Group {
  const step = (index: number) => frame * POINTS_PER_FRAME + index;
  const column = (value: (index: number) => number) =>
    Float64Array.from({ length: POINTS_PER_FRAME }, (_, index) => value(index));
  return {
    names: Array.from({ length: SERIES }, (_, series) => `metric/${series}`),
    steps: column(step),
    timesMs: column((index) => 1.7e12 + step(index) * 20),
    values: Array.from({ length: SERIES }, (_, series) =>
      column((index) => Math.exp(-step(index) / 9000) + Math.sin(step(index) * series) / 50),
    ),
  };
}

/**
 * Sends a million points; how many of them were acked a second. With `resumed`, by a new writer of that run, which goes
 * on from its last step.
 */
export async function ingestMillion(stack: Stack, { run = randomUUID(), resumed = false } = {}): Promise<number> {
  const socket: Socket<IngestServerEvents, IngestClientEvents> = io(`${stack.url}${INGEST_NAMESPACE}`, {
    transports: ["websocket"],
    auth: { protocol: PROTOCOL_VERSION, key: stack.key },
  });
  const address = { run, writer: randomUUID() };
  const opened = await socket.emitWithAck("writer:open", {
    ...address,
    project: "bench",
    mode: resumed ? "resume" : "create",
    config: {},
    tags: [],
    startedAtMs: Date.now(),
  });
  if (!opened.ok) throw new Error(opened.error.message);
  const frames = Array.from({ length: FRAMES }, (_, sequence) =>
    encodeFrame({
      sequence,
      sealedAtMs: Date.now(),
      groups: [makeGroup(sequence + (resumed ? FRAMES : 0))],
      records: [],
    }),
  );
  const started = performance.now();
  const inFlight = new Set<Promise<void>>();
  for (const frame of frames) {
    const sent = socket.emitWithAck("frame:append", address, frame).then((reply) => {
      inFlight.delete(sent);
      if (!reply.ok) throw new Error(reply.error.message);
    });
    inFlight.add(sent);
    if (inFlight.size >= WINDOW) await Promise.race(inFlight);
  }
  await Promise.all(inFlight);
  const seconds = (performance.now() - started) / 1000;
  socket.disconnect();
  return points / seconds;
}

/** COPY FROM STDIN of text, which is what `\copy` sends, into a plain table without an index. */
async function copy(url: string): Promise<number> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  await sql`create table plain_points (series int, step float8, time_ms float8, value float8)`;
  const lines: string[] = [];
  for (let frame = 0; frame < FRAMES; frame++) {
    const group = makeGroup(frame);
    for (const [series, values] of group.values.entries()) {
      let text = "";
      for (const [index, value] of values.entries())
        text += `${series}\t${group.steps[index]}\t${group.timesMs[index]}\t${value}\n`;
      lines.push(text);
    }
  }
  const started = performance.now();
  await pipeline(Readable.from(lines), await sql`copy plain_points from stdin`.writable());
  const seconds = (performance.now() - started) / 1000;
  const [row] = await sql<{ count: number }[]>`select count(*)::int as count from plain_points`;
  if (row?.count !== points) throw new Error(`COPY stored ${row?.count} of ${points} points`);
  await sql`drop table plain_points`;
  await sql.end();
  return points / seconds;
}

/**
 * What it costs a run to have been resumed: the second million of a run by its first writer's successor, beside the
 * first.
 */
async function benchLegs(stack: Stack): Promise<void> {
  const first: number[] = [];
  const second: number[] = [];
  for (let round = 0; round < 3; round++) {
    const run = randomUUID();
    first.push(await ingestMillion(stack, { run }));
    second.push(await ingestMillion(stack, { run, resumed: true }));
  }
  const [value, baseline] = [Math.max(...second), Math.max(...first)];
  report({
    bench: "ingest",
    metric: "points_per_s_resumed",
    value,
    unit: "points/s into a run that was resumed",
    baseline: "into the same run before",
    baseline_value: baseline,
    ratio: value / baseline,
  });
}

/** Acked points a second through the hub, against `\copy` of the same points into a plain table on the same server. */
export async function benchIngest(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "tailbone-bench-"));
  const database = await openEmbedded({ dataDir: join(folder, "pg") });
  const place = await openPlace({ DATABASE_URL: database.url });
  const stack = await startStack(place, { dashboard: false });
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < 3; round++) {
    theirs.push(await copy(database.url));
    ours.push(await ingestMillion(stack));
  }
  const best = Math.max(...ours);
  const baseline = Math.max(...theirs);
  report({
    bench: "ingest",
    metric: "points_per_s",
    value: best,
    unit: "points/s",
    baseline: "\\copy of the same points into a plain table on the same server",
    baseline_value: baseline,
    ratio: best / baseline,
  });
  await benchLegs(stack);
  await stack.stop();
  await database.close();
  await Promise.all([place.remove(), rm(folder, { recursive: true, force: true })]);
}
