import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { RuleCreate } from "@tailbone/protocol/rules";
import { spawnNode } from "../support/processes";
import { openPlace, type Stack, startStack, trainer } from "../support/stack";
import { ingestMillion } from "./ingest";
import { quantile, report } from "./report";

const ALERTS = 50;

/** One rule of each kind that looks at points, as a careful team would have them. */
const WATCHING: readonly RuleCreate["condition"][] = [
  { type: "nan", series: "*" },
  { type: "threshold", series: "metric/0", op: "above", value: 10, points: 3 },
  { type: "change", series: "metric/1", by: 2, points: 50 },
  { type: "divergence", series: "metric/2", factor: 10, points: 20 },
  { type: "plateau", series: "metric/3", goal: "lower", by: 0, steps: 1e9 },
];

/** Calls the API as the owner, with the cookie of the sign-in link. */
async function signIn(stack: Stack): Promise<(path: string, body: object) => Promise<{ id: string }>> {
  const opened = await fetch(stack.signInLink, { redirect: "manual" });
  const cookie = opened.headers
    .getSetCookie()
    .map((each) => each.split(";")[0])
    .join("; ");
  return async (path, body) => {
    const headers = { cookie, origin: stack.url, "content-type": "application/json" };
    const response = await fetch(`${stack.url}/api/v1${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as { id: string };
  };
}

/** From `run.alert` in a training to the webhook that it is for, and what rules over points cost those who ingest. */
export async function benchAlerts(): Promise<void> {
  const arrived = new Map<string, number>();
  const hook = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += String(part);
    const { alert }: { alert: { title: string } } = JSON.parse(body);
    arrived.set(alert.title, Date.now());
    response.end();
  });
  await new Promise<void>((done) => hook.listen(0, "127.0.0.1", done));
  const { port } = hook.address() as AddressInfo;
  const place = await openPlace({ TAILBONE_ALLOW_PRIVATE_WEBHOOKS: "1" });
  const stack = await startStack(place, { dashboard: false });
  const post = await signIn(stack);
  const target = { type: "webhook", url: `http://127.0.0.1:${port}/`, secret: "a secret of the bench" };
  const channel = await post("/channels", { name: "hook", target });
  const base = { project: null, level: "warning", cooldownMs: 0, enabled: true };
  const condition = { type: "script", level: "warning" };
  await post("/rules", { ...base, name: "scripts", condition, channels: [channel.id] });

  const child = spawnNode([trainer("alerts"), String(ALERTS), "3000"], { env: place.env, cwd: place.folder });
  const { raised }: { raised: [title: string, atMs: number][] } = JSON.parse(
    await child.line((line) => line.startsWith('{"raised"')),
  );
  await child.exited;
  const waited = raised.map(([title, atMs]) => (arrived.get(title) ?? Number.NaN) - atMs);
  for (const [metric, p] of [
    ["delivery_p50_ms", 0.5],
    ["delivery_p95_ms", 0.95],
    ["delivery_p99_ms", 0.99],
  ] as const) {
    report({
      bench: "alerts",
      metric,
      value: quantile(waited, p),
      unit: "ms from run.alert to the webhook",
      n: ALERTS,
    });
  }

  await ingestMillion(stack);
  const without = Math.max(await ingestMillion(stack), await ingestMillion(stack));
  let made = 0;
  for (const [unit, watching] of [
    ["a rule on every series", WATCHING.slice(0, 1)],
    ["five rules over points", WATCHING.slice(1)],
  ] as const) {
    for (const each of watching) {
      await post("/rules", { ...base, name: `rule ${++made}`, condition: each, channels: [channel.id] });
    }
    const watched = Math.max(await ingestMillion(stack), await ingestMillion(stack));
    report({
      bench: "alerts",
      metric: "points_per_s",
      value: watched,
      unit: `points/s with ${unit}`,
      baseline: "the same without rules",
      baseline_value: without,
      ratio: watched / without,
    });
  }
  await stack.stop();
  await new Promise((done) => hook.close(done));
  await place.remove();
}
