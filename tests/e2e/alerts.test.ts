import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { spawnNode } from "../support/processes";
import { trainer } from "../support/stack";
import { openVisit, type Visit } from "../support/visit";

let visit: Visit;
let page: Page;
let hook: Server;
const hooked: { url: string; body: string }[] = [];

beforeAll(async () => {
  hook = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += String(part);
    hooked.push({ url: request.url ?? "", body });
    response.writeHead(request.url === "/broken" ? 500 : 204).end();
  });
  await new Promise<void>((resolve) => hook.listen(0, "127.0.0.1", resolve));
  visit = await openVisit({ env: { TAILBONE_ALLOW_PRIVATE_WEBHOOKS: "1" } });
  ({ page } = visit);
});
afterAll(async () => {
  await visit?.close();
  await new Promise((resolve) => hook.close(resolve));
});

const hookUrl = (path: string): string => `http://127.0.0.1:${(hook.address() as AddressInfo).port}${path}`;

async function raise(count: number): Promise<void> {
  const child = spawnNode([trainer("alerts"), String(count), "0"], { env: visit.place.env, cwd: visit.place.folder });
  expect(await child.exited, child.output()).toBe(0);
}

const hasFocus = (label: string): Promise<void> =>
  expect.poll(() => page.getByLabel(label).evaluate((found) => found === document.activeElement)).toBe(true);

async function addSlack(name: string, path: string): Promise<void> {
  await page.getByRole("button", { name: "Add a channel" }).click();
  await hasFocus("Type");
  await page.getByLabel("Type").selectOption("slack");
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Address of the incoming webhook in Slack").fill(hookUrl(path));
  await page.getByRole("button", { name: "Add the channel" }).click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
}

test("a person makes channels and a rule, tries both, is told, and deals with what came", async () => {
  await raise(2);

  await page.goto(`${visit.stack.url}/alerts?tab=channels`);
  await addSlack("#training", "/training");
  await addSlack("#broken", "/broken");
  await page.getByRole("button", { name: "Send a test to #training" }).click();
  await page.getByText("The test was delivered.").waitFor();
  expect(hooked.at(-1)?.body).toContain("This is a test of the channel");
  await page.getByRole("button", { name: "Send a test to #broken" }).click();
  await page.getByText(/The test was not delivered: .* answered with status 500/).waitFor();

  await page.goto(`${visit.stack.url}/alerts?tab=rules`);
  await page.getByRole("button", { name: "New rule" }).click();
  await hasFocus("When");
  await page.getByLabel("When").selectOption("script");
  await page.getByLabel("Of this level or graver").selectOption("warning");
  for (const channel of ["#training", "#broken"]) await page.getByLabel(channel).check();
  await page.getByLabel("How often at most, per run").selectOption("0");
  await page.getByRole("button", { name: "Replay over the last 20 runs" }).click();
  await page.getByText("Would have fired 2 times in the last 1 run.").waitFor();
  await page.getByRole("button", { name: "Make the rule" }).click();
  const rule = page.getByTestId("rule").filter({ hasText: "#training" });
  await rule.waitFor();
  expect(await rule.getByRole("switch").getAttribute("aria-checked")).toBe("true");

  await page.goto(`${visit.stack.url}/alerts`);
  const alerts = page.getByTestId("alert");
  await expect.poll(() => alerts.count()).toBe(2);
  await raise(1);
  // Live, without loading anew.
  await expect.poll(() => alerts.count()).toBe(3);
  await page.getByRole("link", { name: /Alerts.*3 unread/ }).waitFor();

  await page.keyboard.press("j");
  await page.getByRole("link", { name: /Alerts.*2 unread/ }).waitFor();
  await page.locator('[data-testid="alert"][data-selected]').waitFor();
  await page.keyboard.press("e");
  await page.locator('[data-testid="alert"][data-selected]').getByText("acknowledged by").waitFor();
  // In a quick row: what is put off is what was moved to.
  const putOff = page.waitForResponse((response) => response.request().postData()?.includes("snoozed") === true);
  await page.keyboard.press("j");
  await page.keyboard.press("s");
  await page.locator('[data-testid="alert"][data-selected]').getByText("snoozed until").waitFor();
  await putOff;
  await page.reload();
  // What is acknowledged or put off is no longer open.
  await expect.poll(() => alerts.count()).toBe(1);

  await page.goto(`${visit.stack.url}/alerts?tab=deliveries`);
  const deliveryTo = (channel: string) => page.getByRole("row").filter({ hasText: channel });
  await deliveryTo("#training").getByText("delivered").waitFor();
  await deliveryTo("#broken").getByText("500").waitFor();
  expect(hooked.filter(({ url, body }) => url === "/training" && body.includes("alert 0"))).toHaveLength(1);
}, 120_000);
