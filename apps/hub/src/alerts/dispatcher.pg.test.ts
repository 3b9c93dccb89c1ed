import { randomUUID } from "node:crypto";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { systemClock } from "@tailbone/base/clock";
import { appendFrames } from "@tailbone/db/append/append-frames";
import { openWriter } from "@tailbone/db/append/open-writer";
import { readAlerts } from "@tailbone/db/rules/alerts";
import { claimDeliveries, listDeliveries, retryDelivery, settleDelivery } from "@tailbone/db/rules/outbox";
import { createChannel, createRule, listRules } from "@tailbone/db/rules/rules";
import { openTestDatabase, type TestDatabase } from "@tailbone/db/server/testing";
import type { ChannelTarget } from "@tailbone/protocol/rules";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createLog } from "../log";
import { startDispatcher } from "./dispatcher";
import { createSender, type Send, signBody } from "./sender";
import { startWebReceiver } from "./web-receiver.test-util";

let database: TestDatabase;
const log = createLog("silent");
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

/** A team with one rule for NaN that tells `target`, and a run of it in which NaN is logged. */
async function fire(
  target: ChannelTarget,
  cooldownMs = 60_000,
): Promise<{ team: string; nan: () => Promise<readonly string[]> }> {
  const { db } = database;
  const team = await database.addTeam();
  const channel = await createChannel(db, { team, channel: { name: "hook", target } });
  const condition = { type: "nan", series: "*loss*" } as const;
  const base = { name: "nan", project: null, condition, level: "error", cooldownMs, enabled: true } as const;
  await createRule(db, { team, rule: { ...base, channels: [channel.id] } });
  const address = { team, run: randomUUID(), writer: randomUUID() };
  const request = { ...address, project: "p", mode: "create", config: {}, tags: [], startedAtMs: 1 } as const;
  await openWriter(db, { team, createdBy: "test", request: { ...request, tags: [] } });
  let sequence = 0;
  return {
    team,
    nan: async () => {
      const steps = Float64Array.of(sequence * 2, sequence * 2 + 1);
      const group = { names: ["loss"], steps, timesMs: steps, values: [Float64Array.of(1, Number.NaN)] };
      const frame = { sequence: sequence++, sealedAtMs: 1, groups: [group], records: [] };
      return (await appendFrames(db, { ...address, frames: [frame] })).alerts;
    },
  };
}
const secret = "a secret of the webhook";
const webhook: ChannelTarget = { type: "webhook", url: "http://127.0.0.1:1/", secret };
const settled = async (team: string, state: string) =>
  vi.waitFor(async () => {
    const [delivery] = (await listDeliveries(database.db, { team })).deliveries;
    expect(delivery).toMatchObject({ state });
    return delivery;
  });

test("an alert reaches a signed webhook, once within its cooldown, and no other team", async () => {
  const web = await startWebReceiver();
  const { team, nan } = await fire({ ...webhook, url: `${web.url}/` });
  expect(await nan()).toHaveLength(1);
  expect(await nan()).toHaveLength(0);
  const send = createSender({ origin: "http://hub", allowPrivate: true, smtpUrl: undefined, mailFrom: "a@b.c" });
  const dispatcher = startDispatcher({ db: database.db, send, log });
  await settled(team, "delivered");
  await dispatcher.close();
  web.close();
  expect(web.received).toHaveLength(1);
  const [{ headers, body } = expect.fail()] = web.received;
  const [, seconds, signature] = /^t=(\d+),v1=(\w+)$/.exec(String(headers["tailbone-signature"])) ?? [];
  expect(signature).toBe(signBody(secret, Number(seconds), body));
  const other = await database.addTeam();
  expect([
    await readAlerts(database.db, { team: other }),
    (await listRules(database.db, { team: other })).rules,
  ]).toEqual([[], []]);
});

test("what fails is tried again, also by the next dispatcher, then given up, and can be tried anew", async () => {
  const { team, nan } = await fire(webhook);
  await nan();
  let calls = 0;
  const fail: Send = async () => {
    calls++;
    throw new Error("away");
  };
  const options = { db: database.db, log, attempts: 2, backoffMs: 1, pollMs: 5 };
  // It works once when it starts, and does not come round again.
  const first = startDispatcher({ ...options, pollMs: 3_600_000, send: fail });
  await vi.waitFor(() => expect(calls).toBe(1));
  await first.close();
  const second = startDispatcher({ ...options, send: fail });
  expect(await settled(team, "dead")).toMatchObject({ attempts: 2, error: "away" });
  await second.close();
  const [dead] = (await listDeliveries(database.db, { team })).deliveries;
  await retryDelivery(database.db, { team, id: dead?.id ?? "" });
  const third = startDispatcher({ ...options, send: async () => {} });
  await settled(team, "delivered");
  await third.close();
});

test("what a sender took with it when it died is sent by the next one, once its lease is over", async () => {
  const { team, nan } = await fire(webhook);
  await nan();
  const nowMs = Date.now();
  const claim = (atMs: number) => claimDeliveries(database.db, { nowMs: atMs, leaseMs: 60_000, limit: 100 });
  const [first] = await claim(nowMs);
  expect(await claim(nowMs + 59_000)).toEqual([]);
  const [second] = await claim(nowMs + 61_000);
  expect([second?.id, second?.attempts]).toEqual([first?.id, 2]);
  if (second === undefined) throw new Error("it was claimed");
  await settleDelivery(database.db, second, { state: "delivered", nowMs });
  expect(await claim(nowMs + 200_000)).toEqual([]);
  expect((await listDeliveries(database.db, { team })).deliveries).toMatchObject([{ state: "delivered", attempts: 2 }]);
});

test("a clock that goes a day forth and back all the time holds no alert up, and sends none twice", async () => {
  let offsetMs = 0;
  const wallMs = (): number => {
    offsetMs = -offsetMs;
    return Date.now() + offsetMs;
  };
  // Read once in each round that a dispatcher makes.
  const rounds = [0, 0];
  const clockOf = (index: number) => ({
    wallMs,
    monotonicMs: () => {
      rounds[index] = (rounds[index] ?? 0) + 1;
      return systemClock.monotonicMs();
    },
  });
  const { team, nan } = await fire(webhook);
  await nan();
  let calls = 0;
  let finish: () => void = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const send: Send = async () => {
    calls++;
    await finished;
    if (calls === 1) throw new Error("away");
  };
  const options = { db: database.db, log, send, backoffMs: 1, pollMs: 5 };
  const dispatchers = rounds.map((_, index) => startDispatcher({ ...options, clock: clockOf(index) }));
  offsetMs = 86_400_000;
  await vi.waitFor(() => expect(calls).toBe(1));
  // Both come round while this is being sent, again and again.
  const before = [...rounds];
  await vi.waitFor(() => {
    for (const [index, count] of rounds.entries()) expect(count).toBeGreaterThan((before[index] ?? 0) + 5);
  });
  expect(calls).toBe(1);
  finish();
  expect(await settled(team, "delivered")).toMatchObject({ attempts: 2 });
  await Promise.all(dispatchers.map((dispatcher) => dispatcher.close()));
  expect(calls).toBe(2);
});

test("what a hub with a wrong clock has put off for days is due", async () => {
  const { team, nan } = await fire(webhook);
  await nan();
  const claim = (nowMs: number) => claimDeliveries(database.db, { nowMs, leaseMs: 60_000, limit: 100 });
  const nowMs = Date.now();
  const [wrong] = await claim(nowMs + 5 * 86_400_000);
  const [right] = await claim(nowMs);
  expect(right?.id).toBe(wrong?.id);
  expect(await claim(nowMs)).toEqual([]);
  if (right === undefined) throw new Error("it was claimed");
  await settleDelivery(database.db, right, { state: "delivered", nowMs });
  expect((await listDeliveries(database.db, { team })).deliveries).toMatchObject([{ state: "delivered" }]);
});

test("an alert is sent by mail", async () => {
  const mails: string[] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onData: (stream, _session, done) => {
      let text = "";
      stream.on("data", (part) => {
        text += String(part);
      });
      stream.on("end", () => {
        mails.push(text);
        done();
      });
    },
  });
  const listening = await new Promise<AddressInfo>((done) => {
    const server = smtp.listen(0, "127.0.0.1", () => done(server.address() as AddressInfo));
  });
  const { team, nan } = await fire({ type: "email", to: ["a@example.com"] });
  await nan();
  const smtpUrl = `smtp://127.0.0.1:${listening.port}`;
  const send = createSender({ origin: "http://hub", allowPrivate: false, smtpUrl, mailFrom: "tailbone@example.com" });
  const dispatcher = startDispatcher({ db: database.db, send, log });
  await settled(team, "delivered");
  await dispatcher.close();
  await new Promise<void>((done) => smtp.close(done));
  expect(mails[0]).toContain("loss is NaN at step");
});

/** Takes connections, and never answers any. */
async function startHangingReceiver() {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    connections: () => sockets.size,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

test("a receiver that never answers holds up nobody else, and takes no more than its channel's share", async () => {
  const [hanging, web] = [await startHangingReceiver(), await startWebReceiver()];
  const silent = await fire({ ...webhook, url: hanging.url }, 0);
  for (let count = 0; count < 40; count++) await silent.nan();
  const send = createSender({ origin: "http://hub", allowPrivate: true, smtpUrl: undefined, mailFrom: "a@b.c" });
  const dispatcher = startDispatcher({ db: database.db, send, log });
  await vi.waitFor(() => expect(hanging.connections()).toBe(2));
  const other = await fire({ ...webhook, url: `${web.url}/` });
  await other.nan();
  dispatcher.wake();
  await settled(other.team, "delivered");
  const { deliveries: waiting } = await listDeliveries(database.db, { team: silent.team });
  expect(waiting.filter(({ attempts }) => attempts > 0)).toHaveLength(2);
  expect(waiting.every(({ state }) => state === "pending")).toBe(true);
  hanging.close();
  web.close();
  await dispatcher.close();
});

test("an attempt ends before its lease does, and says that it took too long", async () => {
  const hanging = await startHangingReceiver();
  const { team, nan } = await fire({ ...webhook, url: hanging.url });
  await nan();
  const send = createSender({ origin: "http://hub", allowPrivate: true, smtpUrl: undefined, mailFrom: "a@b.c" });
  const dispatcher = startDispatcher({ db: database.db, send, log, attempts: 1, leaseMs: 400 });
  expect(await settled(team, "dead")).toMatchObject({ attempts: 1, error: "It took longer than 0.2 s." });
  await dispatcher.close();
  hanging.close();
});
