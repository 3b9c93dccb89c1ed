import { memberListSchema } from "@tailbone/protocol/access";
import { encodeFrame } from "@tailbone/protocol/frame";
import type { RunRecord } from "@tailbone/protocol/records";
import {
  alertListSchema,
  type ChannelCreate,
  channelListSchema,
  channelSchema,
  channelTestedSchema,
  deliveryListSchema,
  type RuleCreate,
  replayedSchema,
  ruleListSchema,
  ruleSchema,
} from "@tailbone/protocol/rules";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import type { z } from "zod";
import { openRequest, startTestHub, type TestHub, unwrap } from "../test-hub";
import { startWebReceiver } from "./web-receiver.test-util";

let hub: TestHub;
let cookie: string;
let web: Awaited<ReturnType<typeof startWebReceiver>>;
beforeAll(async () => {
  web = await startWebReceiver();
  // Runs that are left open do not stall here: what is counted depends on no time.
  hub = await startTestHub({ TAILBONE_ALLOW_PRIVATE_WEBHOOKS: "1", TAILBONE_STALL_AFTER_MS: "3600000" });
  cookie = await hub.signIn();
});
afterAll(async () => {
  await hub.close();
  web.close();
});

const { ask, call, addChannel, addRule, alertsOf, openRun } = workOn(() => ({ hub, cookie }));

/** What is done on a hub by someone who has signed in, and by a script. */
function workOn(signedIn: () => { hub: TestHub; cookie: string }) {
  const ask = (method: string, path: string, body?: unknown, init: { key?: string | null } = { key: null }) => {
    const { hub, cookie } = signedIn();
    return hub.fetch(`/api/v1${path}`, {
      method,
      headers: {
        "content-type": "application/json",
        ...(init.key === null ? { cookie, origin: hub.url } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...init,
    });
  };
  async function call<S extends z.ZodType>(
    schema: S,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<z.infer<S>> {
    const response = await ask(method, path, body);
    expect([method, path, response.status]).toEqual([method, path, 200]);
    return schema.parse(await response.json());
  }
  const addChannel = (name: string, target: ChannelCreate["target"]) =>
    call(channelSchema, "POST", "/channels", { name, target });
  const addRule = (rule: Pick<RuleCreate, "condition"> & Partial<RuleCreate>) =>
    call(ruleSchema, "POST", "/rules", {
      name: "a rule",
      project: null,
      level: "warning",
      channels: [],
      cooldownMs: 0,
      enabled: true,
      ...rule,
    });
  const alertsOf = async (run: string) =>
    (await call(alertListSchema, "GET", `/alerts?${new URLSearchParams({ run })}`)).alerts;

  /** A run whose writer stays silent but for what is appended. */
  async function openRun() {
    const request = openRequest();
    const socket = signedIn().hub.writer();
    unwrap(await socket.emitWithAck("writer:open", request));
    let sequence = 0;
    return {
      run: request.run,
      append: async (...records: RunRecord[]) => {
        const frame = encodeFrame({ sequence: sequence++, sealedAtMs: 0, groups: [], records });
        unwrap(await socket.emitWithAck("frame:append", { run: request.run, writer: request.writer }, frame));
      },
    };
  }
  return { ask, call, addChannel, addRule, alertsOf, openRun };
}

describe("a channel", () => {
  test("is tried with a message that says that it is a test, in the shape that its receiver reads", async () => {
    const secret = "a secret of the webhook";
    const hook = await addChannel("hook", { type: "webhook", url: `${web.url}/hook`, secret });
    const slack = await addChannel("slack", { type: "slack", url: `${web.url}/slack` });
    const discord = await addChannel("discord", { type: "discord", url: `${web.url}/discord` });
    for (const { id } of [hook, slack, discord]) {
      expect(await call(channelTestedSchema, "POST", `/channels/${id}/test`)).toEqual({ error: null });
    }
    const [toHook, toSlack, toDiscord] = web.received;
    expect(toHook?.headers["tailbone-signature"]).toMatch(/^t=\d+,v1=[0-9a-f]{64}$/);
    expect(JSON.parse(toHook?.body ?? "")).toMatchObject({ alert: { title: "This is a test of the channel" } });
    expect(JSON.parse(toSlack?.body ?? "")).toEqual({
      text: expect.stringContaining("*This is a test of the channel*"),
    });
    expect(JSON.parse(toDiscord?.body ?? "")).toMatchObject({
      embeds: [{ title: "This is a test of the channel", url: `${hub.url}/alerts?tab=channels` }],
      allowed_mentions: { parse: [] },
    });
    expect((await call(alertListSchema, "GET", "/alerts")).alerts).toEqual([]);
  });

  test("that does not work says why", async () => {
    const broken = await addChannel("broken", { type: "slack", url: `${web.url}/broken` });
    const { error } = await call(channelTestedSchema, "POST", `/channels/${broken.id}/test`);
    expect(error).toMatch(/answered with status 500/);
    const mail = await addChannel("mail", { type: "email", to: ["a@example.com"] });
    const { error: noServer } = await call(channelTestedSchema, "POST", `/channels/${mail.id}/test`);
    expect(noServer).toContain("no mail server");
  });

  test("is not for keys, nor for other teams", async () => {
    const [channel] = (await call(channelListSchema, "GET", "/channels")).channels;
    expect((await ask("POST", `/channels/${channel?.id}/test`, undefined, { key: hub.key })).status).toBe(403);
    const { key } = await hub.addTeam();
    expect(channelListSchema.parse(await (await ask("GET", "/channels", undefined, { key })).json())).toMatchObject({
      channels: [],
    });
  });
});

describe("a rule", () => {
  test("for states tells of a run that fails", async () => {
    const rule = await addRule({ condition: { type: "run_state", states: ["failed"] } });
    const failing = await openRun();
    await failing.append({
      type: "finish",
      timeMs: 1,
      state: "failed",
      error: { name: "Error", message: "out of memory" },
    });
    const raised = (await alertsOf(failing.run)).filter(({ ruleId }) => ruleId === rule.id);
    expect(raised.map(({ title }) => title)).toEqual(["The run is failed"]);
    await ask("DELETE", `/rules/${rule.id}`);
  });

  test("for states tells of a run that falls silent, and that is ended by hand", async () => {
    const impatient = await startTestHub({ TAILBONE_STALL_AFTER_MS: "300" });
    onTestFinished(impatient.close);
    const signedIn = { hub: impatient, cookie: await impatient.signIn() };
    const { ask, addRule, alertsOf, openRun } = workOn(() => signedIn);
    const rule = await addRule({ condition: { type: "run_state", states: ["stalled", "finished"] } });
    const silent = await openRun();
    const raised = async () =>
      (await alertsOf(silent.run)).filter(({ ruleId }) => ruleId === rule.id).map(({ title }) => title);
    await vi.waitFor(async () => expect(await raised()).toEqual(["The run is stalled"]), { timeout: 10_000 });
    await ask("PATCH", `/runs/${silent.run}`, { state: "finished" });
    expect(await raised()).toEqual(["The run is finished", "The run is stalled"]);
    await ask("PATCH", `/runs/${silent.run}`, { state: "finished" });
    expect(await raised()).toHaveLength(2);
  });

  test("for what the script raises sends it to a channel within two seconds, and lists the delivery", async () => {
    const slack = await addChannel("#training", { type: "slack", url: `${web.url}/training` });
    const rule = await addRule({ condition: { type: "script", level: "warning" }, channels: [slack.id] });
    const { run, append } = await openRun();
    const raisedAtMs = Date.now();
    await append({ type: "alert", timeMs: 1, title: "<b>& look", text: "here", level: "error" });
    const sent = await vi.waitUntil(() => web.received.find(({ url }) => url === "/training"));
    expect(JSON.parse(sent.body).text).toContain("*&lt;b&gt;&amp; look*");
    const [alert] = await alertsOf(run);
    const delivery = await vi.waitUntil(async () => {
      const { deliveries } = await call(deliveryListSchema, "GET", "/deliveries");
      return deliveries.find((one) => one.alert.id === alert?.id && one.state === "delivered");
    });
    expect(delivery.attempts).toBe(1);
    // What the issue of an alert promises, with the room that a busy machine needs.
    expect((delivery.deliveredAtMs ?? Number.NaN) - raisedAtMs).toBeLessThan(2000);
    await ask("DELETE", `/rules/${rule.id}`);
  });

  test("is tried on past runs before it is there, and raises nothing", async () => {
    const condition = { type: "run_state", states: ["failed"] } as const;
    const before = (await call(alertListSchema, "GET", "/alerts")).alerts.length;
    const replayed = await call(replayedSchema, "POST", "/rules/replay", {
      rule: { project: null, condition, cooldownMs: 0 },
    });
    expect(replayed).toMatchObject({ fired: 1, firedRuns: 1, alerts: [{ title: "The run is failed" }] });
    expect((await call(alertListSchema, "GET", "/alerts")).alerts.length).toBe(before);
  });
});

test("an alert is read, acknowledged, put off and given to a member; another team finds no such thing", async () => {
  const { run, append } = await openRun();
  await append({ type: "alert", timeMs: 1, title: "look", text: "", level: "info" });
  const [alert] = await alertsOf(run);
  const path = `/alerts/${alert?.id}`;
  const patched = async (patch: unknown) => (await (await ask("PATCH", path, patch)).json()) as unknown;
  expect(await patched({ read: true })).toMatchObject({ readAtMs: expect.any(Number) });
  expect(await patched({ acknowledged: true })).toMatchObject({ acknowledgedBy: expect.any(String) });
  expect(await patched({ acknowledged: false })).toMatchObject({ acknowledgedAtMs: null, acknowledgedBy: null });
  const open = async () =>
    (await call(alertListSchema, "GET", `/alerts?${new URLSearchParams({ run, which: "open" })}`)).alerts.length;
  expect(await open()).toBe(1);
  expect(await patched({ snoozedUntilMs: Date.now() + 3_600_000 })).toMatchObject({ readAtMs: expect.any(Number) });
  expect(await open()).toBe(0);
  const { members } = await call(memberListSchema, "GET", "/members");
  const [{ id: me } = expect.fail()] = members;
  expect(await patched({ assignedTo: me })).toMatchObject({ assignedTo: me });
  expect(await patched({ assignedTo: "nobody" })).toMatchObject({ error: { code: "bad_request" } });
  const { key } = await hub.addTeam();
  const [rule] = (await call(ruleListSchema, "GET", "/rules")).rules;
  for (const [method, theirs] of [
    ["PATCH", path],
    ["PATCH", `/rules/${rule?.id}`],
    ["DELETE", `/rules/${rule?.id}`],
  ] as const) {
    expect((await ask(method, theirs, method === "PATCH" ? {} : undefined, { key })).status).toBe(404);
  }
});
