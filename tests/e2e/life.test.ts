import { writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { callHub } from "@tailbone/client/call-hub";
import { runEventListSchema } from "@tailbone/protocol/http";
import getPort from "get-port";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openVisit, type Visit } from "../support/visit";

let visit: Visit;
let hook: Server;
let mail: SMTPServer;
const hooked: string[] = [];
const mailed: string[] = [];
let hookPort: number;

beforeAll(async () => {
  hookPort = await getPort();
  const mailPort = await getPort();
  hook = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += String(part);
    hooked.push(body);
    response.end();
  });
  await new Promise<void>((resolve) => hook.listen(hookPort, "127.0.0.1", resolve));
  mail = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    onData: (stream, _session, done) => {
      let text = "";
      stream.on("data", (part) => {
        text += String(part);
      });
      stream.on("end", () => {
        mailed.push(text);
        done();
      });
    },
  });
  await new Promise<void>((resolve) => mail.listen(mailPort, "127.0.0.1", resolve));
  visit = await openVisit({
    env: {
      TAILBONE_ALLOW_PRIVATE_WEBHOOKS: "1",
      TAILBONE_SMTP_URL: `smtp://127.0.0.1:${mailPort}`,
      TAILBONE_MAIL_FROM: "tailbone@example.com",
    },
  });
});

afterAll(async () => {
  await visit?.close();
  await new Promise((resolve) => hook.close(resolve));
  await new Promise<void>((resolve) => mail.close(() => resolve()));
});

async function post(path: string, data: object): Promise<{ id: string }> {
  const response = await visit.owner.request.post(`${visit.stack.url}/api/v1${path}`, {
    data,
    headers: { origin: visit.stack.url },
  });
  expect(response.ok(), await response.text()).toBe(true);
  return response.json();
}

test("a feature is followed on the page from absent to vestigial, and who asked for it is told once by webhook and by mail", async () => {
  const secret = "a secret of the webhook";
  const targets = [
    { type: "webhook", url: `http://127.0.0.1:${hookPort}/`, secret },
    { type: "email", to: ["team@example.com"] },
  ];
  const channels = await Promise.all(targets.map((target) => post("/channels", { name: target.type, target })));
  await post("/rules", {
    name: "vestiges",
    project: null,
    condition: { type: "lifecycle", feature: null, to: ["vestigial"] },
    level: "warning",
    channels: channels.map(({ id }) => id),
    cooldownMs: 60_000,
    enabled: true,
  });

  const { child, run } = await visit.train("life");
  const { page } = visit;
  await page.goto(`${visit.stack.url}/runs/${run}?tab=life`);
  const lane = page.locator('[data-testid="life-lane"][data-feature="patch"]');
  for (const phase of ["absent", "latent", "functional", "vestigial"]) {
    await writeFile(join(visit.place.folder, phase), "");
    await page.locator(`[data-testid="life-lane"][data-feature="patch"][data-state="${phase}"]`).waitFor();
  }
  expect(await lane.count()).toBe(1);
  await lane.click();
  await page.locator('[data-testid="life-event"][data-from="functional"][data-to="vestigial"]').waitFor();
  await page.getByText("patch turned vestigial").first().waitFor();
  expect(await child.exited, child.output()).toBe(0);
  await page.getByText("What if the thresholds were others?").click();
  await page.getByLabel("benefit above").fill("0.5");
  await page.getByText("Then it would be latent since 200–300, not used; it is vestigial since 800–900.").waitFor();

  const { events } = await callHub(visit.stack.hub, runEventListSchema, `/runs/${run}/events`);
  expect(events.map(({ to, after, by }) => [to, after, by])).toEqual([
    ["latent", 200, 300],
    ["functional", 500, 600],
    ["vestigial", 800, 900],
  ]);
  await expect.poll(() => [hooked.length, mailed.length], { timeout: 20_000 }).toEqual([1, 1]);
  expect(hooked[0]).toContain("patch turned vestigial between steps 800 and 900");
  expect(mailed[0]).toContain("patch turned vestigial");

  await page.goto(`${visit.stack.url}/alerts`);
  await page.getByTestId("alert").first().waitFor();
  expect(await page.getByTestId("alert").count()).toBe(3);
}, 120_000);
