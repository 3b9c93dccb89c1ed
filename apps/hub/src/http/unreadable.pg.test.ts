import { randomUUID } from "node:crypto";
import { keyListSchema, memberListSchema, securityLogSchema, sessionListSchema } from "@tailbone/protocol/access";
import { encodeFrame } from "@tailbone/protocol/frame";
import {
  bucketsSchema,
  checkpointListSchema,
  consoleListSchema,
  featureListSchema,
  meSchema,
  projectListSchema,
  rawPointsSchema,
  runEventListSchema,
  runListSchema,
  seriesListSchema,
} from "@tailbone/protocol/http";
import type { RunRecord } from "@tailbone/protocol/records";
import { alertListSchema, channelListSchema, deliveryListSchema, ruleListSchema } from "@tailbone/protocol/rules";
import { runDetailSchema } from "@tailbone/protocol/run";
import { type Unreadable, unreadableListSchema } from "@tailbone/protocol/unreadable";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { openRequest, startTestHub, type TestHub, unwrap, type WriterSocket } from "../test-hub";

/*
 * Rows as another version, or somebody by hand, may have left them, put straight into the tables. After each, every
 * list and every page is read, by the schemas of the API.
 */

let hub: TestHub;
let cookie: string;
let socket: WriterSocket;
let rule: string;
let request: ReturnType<typeof openRequest>;
let healthy: string;

const share = { value: 0.5, low: 0.4, high: 0.6, n: 100, control: 0, unit: "share" };
const reading = (step: number): RunRecord => ({
  type: "reading",
  timeMs: 1000 + step,
  feature: "patch",
  step,
  encoded: share,
  used: share,
  benefit: share,
  learnt: 0.9,
  untrained: 0.1,
  intervention: "swap",
  shift: null,
  marks: [],
  note: "",
});
const records: RunRecord[] = [
  { type: "feature", timeMs: 1, name: "patch", layer: "hidden", settings: {} },
  ...Array.from({ length: 12 }, (_, step) => reading(step)),
  { type: "checkpoint", timeMs: 2, step: 1, metrics: { loss: 0.5 }, weights: { path: "weights-1", bytes: 3 } },
  { type: "checkpoint", timeMs: 3, step: 2, metrics: { loss: 0.4 } },
  { type: "console", timeMs: 4, stream: "stdout", text: "begins" },
  { type: "console", timeMs: 5, stream: "stderr", text: "goes on" },
  { type: "alert", timeMs: 6, title: "look", text: "here", level: "warning", step: 1 },
  { type: "alert", timeMs: 7, title: "look again", text: "there", level: "info" },
];
/** Twenty points of `loss` and `val`, from a step on; one of them is not a number, so that the rule fires. */
function frame(sequence: number, more: RunRecord[] = []): Uint8Array<ArrayBuffer> {
  const steps = Float64Array.from({ length: 20 }, (_, index) => sequence * 20 + index);
  const values = steps.map((step) => (step % 20 === 7 ? Number.NaN : 1 / (step + 1)));
  const group = { names: ["loss", "val"], steps, timesMs: steps.map((step) => 1000 + step), values: [values, values] };
  return encodeFrame({ sequence, sealedAtMs: 1000 + sequence, groups: [group], records: more });
}

async function train(name: string): Promise<ReturnType<typeof openRequest>> {
  const opened = openRequest({ name, startedAtMs: 1000 });
  unwrap(await socket.emitWithAck("writer:open", opened));
  unwrap(await append(opened, 0, records));
  return opened;
}

const append = ({ run, writer }: { run: string; writer: string }, sequence: number, more?: RunRecord[]) =>
  socket.emitWithAck("frame:append", { run, writer }, frame(sequence, more));

const postJson = async <Schema extends z.ZodType>(path: string, body: unknown, schema: Schema) => {
  const response = await hub.fetch(`/api/v1${path}`, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json", cookie, origin: hub.url },
    key: null,
  });
  return schema.parse(await response.json());
};
const withId = z.object({ id: z.string() });

beforeAll(async () => {
  hub = await startTestHub();
  cookie = await hub.signIn();
  socket = hub.writer();
  const target = { type: "webhook", url: "http://127.0.0.1:9/", secret: "a secret of the hook" };
  const channel = (await postJson("/channels", { name: "hook", target }, withId)).id;
  const wanted = { name: "not a number", project: null, condition: { type: "nan", series: "loss" }, level: "error" };
  rule = (await postJson("/rules", { ...wanted, channels: [channel], cooldownMs: 0, enabled: true }, withId)).id;
  healthy = (await train("healthy")).run;
});
afterAll(() => hub.close());
beforeEach(async () => {
  request = await train(`one ${randomUUID().slice(-6)}`);
});

/** Every list and every page, as far as it is about rows of the database, with what it answers. */
const pages = (run: string): Record<string, z.ZodType> => ({
  "/me": meSchema,
  "/me/sessions": sessionListSchema,
  "/projects": projectListSchema,
  "/runs?limit=500": runListSchema,
  "/runs?project=digits&sort=-series:loss": runListSchema,
  [`/runs/${run}`]: runDetailSchema,
  [`/runs/${run}/series`]: seriesListSchema,
  [`/runs/${run}/points?series=loss,val`]: bucketsSchema,
  [`/runs/${run}/points?series=loss&raw=1`]: rawPointsSchema,
  [`/runs/${run}/features`]: featureListSchema,
  [`/runs/${run}/events`]: runEventListSchema,
  [`/runs/${run}/checkpoints`]: checkpointListSchema,
  [`/runs/${run}/console`]: consoleListSchema,
  "/alerts?limit=500": alertListSchema,
  [`/alerts?run=${run}`]: alertListSchema,
  "/rules": ruleListSchema,
  "/channels": channelListSchema,
  "/deliveries": deliveryListSchema,
  "/keys": keyListSchema,
  "/members": memberListSchema,
  "/security-log": securityLogSchema,
});

async function read<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.infer<Schema>> {
  const response = await hub.fetch(`/api/v1${path}`, { key: null, headers: { cookie } });
  const body: unknown = await response.json();
  expect([path, response.status, response.status === 200 ? null : body]).toEqual([path, 200, null]);
  const parsed = schema.safeParse(body);
  expect([path, parsed.error?.issues ?? null]).toEqual([path, null]);
  return schema.parse(body);
}

const saying = z.object({ unreadable: unreadableListSchema });

/** Reads everything; what of it is said to be unreadable. */
async function readAll(run: string): Promise<Unreadable[]> {
  const said: Unreadable[] = [];
  for (const [path, schema] of Object.entries(pages(run))) {
    const body = await read(path, schema);
    said.push(...saying.parse(body).unreadable);
    if (path.includes("/points?series=loss,val")) {
      for (const series of z.object({ series: z.array(saying) }).parse(body).series) said.push(...series.unreadable);
    }
    if (path.startsWith("/alerts")) {
      for (const alert of z.object({ alerts: z.array(saying) }).parse(body).alerts) said.push(...alert.unreadable);
    }
  }
  return said;
}

const deep = `${"[".repeat(120)}${"]".repeat(120)}`;
const long = "x".repeat(20_000);

/** What is broken, in SQL about the run `$1` (a rule's: about its rule `$2`), and what is then said of it. */
const broken: [what: string, sql: string, said: string][] = [
  ["a config that is a list", "update run set config = '[1]' where id = $1", "config"],
  ["a config that is a text", `update run set config = '"lr"' where id = $1`, "config"],
  ["a config of 120 levels", `update run set config = '{"a": ${deep}}' where id = $1`, "config"],
  ["a state that is none", "update run set state = 'paused' where id = $1", "state"],
  ["tags that are none", "update run set tags = array['', null, 'a' || chr(7)] where id = $1", "tags"],
  ["a run without a name", "update run set name = '' where id = $1", "name"],
  ["a host that is a number", "update run set host = '3' where id = $1", "host"],
  ["an error without a message", `update run set error = '{"name": "x"}' where id = $1`, "error"],
  ["a time that is no number", "update run set seen_at_ms = 'NaN' where id = $1", "seenAtMs"],
  ["a time without end", "update run set started_at_ms = 'Infinity' where id = $1", "startedAtMs"],
  ["a time that is no date", "update run set created_at_ms = 1e300 where id = $1", "createdAtMs"],
  ["an end before time", "update run set finished_at_ms = '-Infinity' where id = $1", "finishedAtMs"],
  ["a step that is no number", "update run set last_step = 'NaN' where id = $1", "lastStep"],
  ["steps without end", "update run set total_steps = 'Infinity' where id = $1", "totalSteps"],
  ["fewer than no points", "update run set points = -1, dropped_points = -7 where id = $1", "points"],
  ["more points than a number can say", "update run set points = 9223372036854775807 where id = $1", "points"],
  ["a run of no number", "update run set number = -number where id = $1", "number"],
  ["a stream before its beginning", "update run set stream_offset = -5 where id = $1", "offset"],
  ["lives that are no list", `update run_life set strips = '{"a": 1}' where run_id = $1`, "lives"],
  [
    "a life in a state that is none",
    `update run_life set strips = '[{"feature": "patch", "spans": [{"state": "asleep", "from": 1}]}]' where run_id = $1`,
    "lives",
  ],
  ["a writer's config", "update writer set config = '3' where run_id = $1", "config"],
  ["a writer's times", "update writer set opened_at_ms = 'NaN' where run_id = $1", "openedAtMs"],
  ["a feature's settings", `update feature set settings = '"low"' where run_id = $1`, "settings"],
  ["a feature's state", "update feature set state = 'asleep' where run_id = $1", "state"],
  ["a feature's doubt", `update feature set life = life || '{"doubt": "some"}' where run_id = $1`, "life"],
  ["a life that is a list", "update feature set life = '[]' where run_id = $1", "life"],
  ["a life of a later release", `update feature set life = life || '{"version": 99}' where run_id = $1`, "life"],
  ["a reading that is a list", "update reading set reading = '[]' where run_id = $1 and step = 2", "reading"],
  ["a reading in words", `update reading set reading = reading || '{"used": "much"}' where run_id = $1`, "reading"],
  ["a reading at no step", "update reading set step = 'NaN' where run_id = $1 and step = 3", "reading"],
  ["an event without a state", "update lifecycle_event set event = event - 'to' where run_id = $1", "event"],
  ["an event that is a text", `update lifecycle_event set event = '"it emerged"' where run_id = $1`, "event"],
  ["metrics that are a list", "update checkpoint set metrics = '[]' where run_id = $1", "metrics"],
  ["weights that lie nowhere", "update checkpoint set weights = '{}' where run_id = $1", "weights"],
  ["a checkpoint at no step", "update checkpoint set step = 'NaN' where run_id = $1 and step = 1", "checkpoint"],
  ["a stream that is none", "update console_line set stream = 'stdlog' where run_id = $1", "stream"],
  ["a line without end", `update console_line set text = '${long}' where run_id = $1`, "text"],
  ["a line at no time", "update console_line set time_ms = 'NaN' where run_id = $1", "timeMs"],
  ["a series that ends nowhere", "update series set step_to = 'NaN' where run_id = $1 and name = 'val'", "series"],
  ["a series at no time", "update series set time_from = 'Infinity' where run_id = $1", "series"],
  ["a chunk that is cut short", "update chunk set points = substring(points for 30) where run_id = $1", "chunk"],
  ["a chunk of no number of points", "update chunk set count = -1 where run_id = $1", "chunk"],
  ["an alert's level", "update alert set level = 'loud' where run_id = $1", "level"],
  ["an alert's kind", "update alert set kind = 'rumour' where run_id = $1", "kind"],
  ["an alert's steps", `update alert set step = 'NaN', after = 'Infinity', "by" = 'NaN' where run_id = $1`, "step"],
  ["an alert's times", "update alert set time_ms = 'NaN', read_at_ms = 1e300 where run_id = $1", "timeMs"],
  ["an alert swallowed backwards", "update alert set swallowed = -3 where run_id = $1", "swallowed"],
];
/** Rows that are the team's. */
const brokenOfTeam: [what: string, sql: string, said: string][] = [
  ["a condition that is none", `update rule set condition = '{"type": "telepathy"}'`, "rule"],
  ["a condition that is a list", "update rule set condition = '[]'", "rule"],
  ["a pause without end", "update rule set cooldown_ms = 'Infinity'", "rule"],
  ["a level that is none", "update rule set level = 'loud'", "rule"],
  ["a channel that leads nowhere", `update channel set target = '{"type": "slack", "url": "nowhere"}'`, "channel"],
  ["a channel of no type", "update channel set target = '{}'", "channel"],
  ["a delivery's state", "update delivery set state = 'lost'", "delivery"],
  ["a delivery's times", "update delivery set created_at_ms = 'NaN'", "delivery"],
  ["a key's scopes", "update apikey set scopes = array['fly']", "key"],
  ["a key's times", "update apikey set created_at = 'infinity'", "key"],
  ["a member from the end of time", "update member set created_at = 'infinity'", "member"],
  ["an event at the door that is none", "update security_event set action = 'teleported'", "event"],
  ["an event at the door at no time", "update security_event set at = 'infinity'", "event"],
  ["a project's time", "update project set created_at_ms = 'NaN'", "createdAtMs"],
];

describe("a row that cannot be read breaks no page and no list, and is shown as such:", () => {
  test("what can be read says nothing of the kind", async () => {
    expect(await readAll(request.run)).toEqual([]);
  });

  test.each(broken)("%s", async (_, sql, said) => {
    const { count } = await hub.database.db.$client.unsafe(sql, [request.run]);
    expect(count).toBeGreaterThan(0);
    const unreadable = await readAll(request.run);
    expect(unreadable.map(({ what }) => what)).toContain(said);
    for (const { reason } of unreadable) expect(reason).not.toBe("");
    const { runs, unreadable: others } = await read("/runs?limit=500", runListSchema);
    expect(runs.map(({ id }) => id)).toEqual(expect.arrayContaining([request.run, healthy]));
    expect(runs.find(({ id }) => id === healthy)?.unreadable).toEqual([]);
    expect(others).toEqual([]);
  });

  test.each(brokenOfTeam)("%s", async (_, sql, said) => {
    const table = /^update (\w+)/.exec(sql)?.[1] ?? "";
    const { $client: client } = hub.database.db;
    await client.unsafe(`create table kept as select * from "${table}"`);
    await client.unsafe(sql);
    expect((await readAll(request.run)).map(({ what }) => what)).toContain(said);
    // It is left as it is, and a run goes on beside it.
    unwrap(await append(request, 1));
    const columns = await client.unsafe<{ name: string }[]>(
      `select column_name as name from information_schema.columns where table_name = '${table}' and column_name <> 'id'`,
    );
    const sets = columns.map(({ name }) => `"${name}" = kept."${name}"`).join(", ");
    await client.unsafe(`update "${table}" set ${sets} from kept where kept.id = "${table}".id`);
    await client.unsafe("drop table kept");
  });
});

describe("what one can do about it", () => {
  const send = (method: string, path: string, body: unknown) =>
    hub.fetch(`/api/v1${path}`, {
      method,
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });

  test("a rule is refused in part, set right as a whole, and deleted", async () => {
    const { $client: client } = hub.database.db;
    await client`update rule set condition = '{"type": "telepathy"}'::jsonb where id = ${rule}`;
    const refused = await send("PATCH", `/rules/${rule}`, { enabled: false });
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({
      error: { code: "conflict", message: expect.stringContaining("condition") },
    });
    const condition = { type: "nan", series: "loss" };
    expect((await send("PATCH", `/rules/${rule}`, { condition })).status).toBe(200);
    expect((await read("/rules", ruleListSchema)).unreadable).toEqual([]);
    await client`update rule set condition = '{"type": "telepathy"}'::jsonb where id = ${rule}`;
    expect((await send("DELETE", `/rules/${rule}`, {})).status).toBe(200);
  });

  test("an alert is read and acknowledged as any other", async () => {
    const { $client: client } = hub.database.db;
    const rows = await client<{ id: string }[]>`
      update alert set level = 'loud' where run_id = ${request.run} returning id`;
    for (const { id } of rows) {
      const response = await send("PATCH", `/alerts/${id}`, { read: true, acknowledged: true });
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ id, level: "warning", unreadable: [{ what: "level" }] });
    }
    expect(await client`select distinct level from alert where run_id = ${request.run}`).toEqual([{ level: "loud" }]);
  });
});
