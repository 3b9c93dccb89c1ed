import { encodeFrame } from "@tailbone/protocol/frame";
import type { RunRecord } from "@tailbone/protocol/records";
import type { RuleCreate } from "@tailbone/protocol/rules";
import { runDetailSchema } from "@tailbone/protocol/run";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lossFrame, openRequest, readJson, startTestHub, type TestHub, unwrap } from "./test-hub";

const KIB = 1024;
let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub({
    TAILBONE_RUN_QUEUE_BYTES: String(64 * KIB),
    TAILBONE_TEAM_QUEUE_BYTES: String(128 * KIB),
    TAILBONE_RUNS_PER_MINUTE: "5",
    TAILBONE_RULES_PER_MINUTE: "3",
    TAILBONE_ALERTS_PER_MINUTE: "3",
    TAILBONE_RULES_PER_TEAM: "2",
    TAILBONE_CHANNELS_PER_TEAM: "2",
  });
});
afterAll(() => hub.close());

const limited = { code: "rate_limited", retryAfterMs: expect.any(Number) };

async function openRun(key: string) {
  const socket = hub.writer({ key });
  const request = openRequest();
  unwrap(await socket.emitWithAck("writer:open", request));
  const address = { run: request.run, writer: request.writer };
  return { ...address, request, append: (frame: Uint8Array) => socket.emitWithAck("frame:append", address, frame) };
}

test("a run and a team have so much waiting and no more; others are not touched, and what was refused can be sent again", async () => {
  const { key } = await hub.addTeam();
  const runs = await Promise.all([1, 2, 3].map(() => openRun(key)));
  const [one] = runs;
  if (one === undefined) throw new Error("no run was opened");
  const sql = hub.database.db.$client;
  const sent = await sql.begin(async (lock) => {
    // As if the database were slow: nothing of these runs is committed meanwhile.
    await lock`select 1 from run where id = any(${runs.map(({ run }) => run)}::uuid[]) for update`;
    // 20 KB each: three fit into a run's share, and six into the team's.
    const frame = (sequence: number) => lossFrame(sequence, 850);
    const waiting = [0, 1, 2].map((sequence) => one.append(frame(sequence)));
    expect(await one.append(frame(3))).toMatchObject({ ok: false, error: limited });
    const others = runs.slice(1).flatMap((run) => [0, 1, 2].map((sequence) => run.append(frame(sequence))));
    const refused = await Promise.race(others);
    expect(refused).toMatchObject({ ok: false, error: { ...limited, message: expect.stringContaining("team") } });
    // Another team's frame is committed while they wait.
    const stranger = await openRun(hub.key);
    expect(unwrap(await stranger.append(frame(0)))).toMatchObject({ next: 1 });
    return { all: Promise.all([...waiting, ...others]) };
  });
  await sent.all;
  for (const sequence of [0, 1, 2, 3]) unwrap(await one.append(lossFrame(sequence, 850)));
  const run = await readJson(await hub.fetch(`/api/v1/runs/${one.run}`, { key }), runDetailSchema);
  expect(run).toMatchObject({ points: 4 * 850, offset: 4 });
});

test("new runs, rules and alerts of a minute are bounded for each team, and the answer says when to come back", async () => {
  const { key } = await hub.addTeam();
  const run = await openRun(key);
  const alert: RunRecord = { type: "alert", timeMs: 0, title: "look", text: "", level: "info" };
  const raise = (sequence: number, records: RunRecord[]) =>
    run.append(encodeFrame({ sequence, sealedAtMs: 0, groups: [], records }));
  // What comes at once is taken whole, and paid off before the next.
  unwrap(await raise(0, [alert, alert, alert, alert]));
  expect(await raise(1, [alert])).toMatchObject({ ok: false, error: limited });
  unwrap(await raise(1, []));

  const rule: RuleCreate = {
    name: "all",
    project: null,
    condition: { type: "nan", series: "*" },
    level: "info",
    channels: [],
    cooldownMs: 0,
    enabled: true,
  };
  const make = () =>
    hub.fetch("/api/v1/rules", {
      key,
      method: "POST",
      body: JSON.stringify(rule),
      headers: { "content-type": "application/json" },
    });
  expect((await make()).status).toBe(200);
  expect((await make()).status).toBe(200);
  const beyond = await make();
  expect([beyond.status, await beyond.json()]).toMatchObject([409, { error: { code: "conflict" } }]);
  const refused = await make();
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await refused.json()).toMatchObject({ error: limited });

  for (let made = 1; made < 5; made++) await openRun(key);
  const socket = hub.writer({ key });
  expect(await socket.emitWithAck("writer:open", openRequest())).toMatchObject({ ok: false, error: limited });
  // A run that is there is opened again as often as its writer needs.
  unwrap(await socket.emitWithAck("writer:open", run.request));
  await openRun((await hub.addTeam()).key);
});

test("a team has so many channels and no more, also where several are made at once", async () => {
  // Channels are for people to make.
  const headers = { cookie: await hub.signIn(), origin: hub.url, "content-type": "application/json" };
  const target = { type: "webhook", url: "https://example.com/", secret: "a secret of the webhook" };
  const make = async (name: string): Promise<number> => {
    const body = JSON.stringify({ name, target });
    return (await hub.fetch("/api/v1/channels", { key: null, method: "POST", headers, body })).status;
  };
  const made = await Promise.all(["a", "b", "c", "d", "e"].map(make));
  expect(made.sort()).toEqual([200, 200, 409, 409, 409]);
});
