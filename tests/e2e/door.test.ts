import { readdirSync, readFileSync } from "node:fs";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codeOf } from "../../apps/hub/src/auth/totp.test-util";
import { openVisit, type Visit } from "../support/visit";

/* The door, as people and their browsers meet it: the policy of pages, signing in, invitations, the second factor. */

const SECRET = "a secret that no child of the hub has any business with";
const PASSWORD = "four words of nonsense";

let visit: Visit;
let owner: BrowserContext;
/** What the browser held against pages: broken policies, and scripts that failed. */
const complaints: string[] = [];

function watch(page: Page): Page {
  page.on("console", (message) => {
    if (/content security policy|refused to/i.test(message.text())) complaints.push(`${page.url()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.message}`));
  return page;
}

beforeAll(async () => {
  visit = await openVisit({ env: { TAILBONE_SECRET: SECRET, SOME_API_TOKEN: SECRET }, onPage: watch });
  ({ owner } = visit);
  expect(new URL(visit.page.url()).pathname).toBe("/");
});
afterAll(() => visit?.close());

describe("a page", () => {
  test("runs only scripts that the hub has sent, in no frame, and every page works so", async () => {
    const { child, run } = await visit.train("count", 50, 1);
    await child.exited;
    const page = watch(await owner.newPage());
    for (const path of ["/", "/runs", `/runs/${run}`, "/alerts", "/settings", "/invitation", "/sign-in", "/nowhere"]) {
      const response = await page.goto(`${visit.stack.url}${path}`);
      const policy = response?.headers()["content-security-policy"] ?? "";
      expect([path, policy]).toEqual([path, expect.stringMatching(/script-src 'self' 'nonce-\S+' 'strict-dynamic'/)]);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/script-src[^;]*unsafe/);
      // React has taken the page over: its scripts were let in.
      await page.waitForFunction(() =>
        Object.keys(document.body.querySelector("main, div") ?? {}).some((key) => key.startsWith("__react")),
      );
    }
    await page.goto(`${visit.stack.url}/runs/${run}`);
    await page.locator('[data-testid="chart"]').first().waitFor();
    const outcome = await page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          document.addEventListener("securitypolicyviolation", ({ violatedDirective }) => resolve(violatedDirective));
          Object.assign(window, { injected: () => resolve("it ran") });
          const part = document.createElement("div");
          part.innerHTML = "<img src=x onerror='injected()'>";
          document.body.append(part);
        }),
    );
    expect(outcome).toBe("script-src-attr");
    const injected = complaints.filter((complaint) => complaint.includes("inline event handler"));
    expect(injected.length).toBeGreaterThan(0);
    expect(complaints.filter((complaint) => !injected.includes(complaint))).toEqual([]);
    complaints.length = 0;
  });

  test("has another nonce each time", async () => {
    const nonces = await Promise.all(
      [1, 2].map(async () => {
        const response = await fetch(`${visit.stack.url}/sign-in`, { headers: { "x-nonce": "mine" } });
        const policy = response.headers.get("content-security-policy") ?? "";
        const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? expect.fail(policy);
        expect(await response.text()).toContain(`nonce="${nonce}"`);
        return nonce;
      }),
    );
    expect(new Set([...nonces, "mine"]).size).toBe(3);
  });
});

describe("signing in", () => {
  test("leads to no other site, whatever the address says, and back to where one was", async () => {
    const settings = await owner.newPage();
    await settings.goto(`${visit.stack.url}/settings`);
    await settings.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await settings.getByRole("button", { name: "Set the password" }).click();
    await settings.getByText("From now on you sign in").waitFor();
    for (const next of ["/%09/evil.example", "//evil.example", "/%5Cevil.example", "javascript:alert(1)", "/runs"]) {
      const context = await visit.browser.newContext();
      const page = watch(await context.newPage());
      await page.goto(
        `${visit.stack.url}/sign-in?next=${next.includes("%") ? next.replaceAll("/", "%2F") : encodeURIComponent(next)}`,
      );
      await page.getByLabel("E-mail").fill("owner@tailbone.local");
      await page.getByLabel("Password").fill(PASSWORD);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.waitForURL((url) => url.pathname !== "/sign-in");
      expect([next, page.url()]).toEqual([next, `${visit.stack.url}${next === "/runs" ? "/runs" : "/"}`]);
      await context.close();
    }
    expect(complaints).toEqual([]);
  });

  test("is open to whoever is invited, by a link that shows itself in no address afterwards", async () => {
    const settings = watch(await owner.newPage());
    await settings.goto(`${visit.stack.url}/settings`);
    await settings.getByLabel("E-mail", { exact: true }).last().fill("bo@example.org");
    await settings.getByLabel("Role", { exact: true }).selectOption("viewer");
    await settings.getByRole("button", { name: "Invite" }).click();
    const link = await settings.locator("code", { hasText: "/invitation#" }).textContent();
    const guest = await visit.browser.newContext();
    const page = watch(await guest.newPage());
    await page.goto(link ?? expect.fail("no link"));
    await page.getByText("Join Default team on Tailbone").waitFor();
    expect(page.url()).toBe(`${visit.stack.url}/invitation`);
    await page.getByLabel("Name").fill("Bo");
    await page.getByLabel("Password").fill("another nonsense of words");
    await page.getByRole("button", { name: "Make an account and join" }).click();
    await page.waitForURL((url) => url.pathname === "/");
    await page.goto(`${visit.stack.url}/settings`);
    const row = page.getByRole("row").filter({ hasText: "bo@example.org" });
    await row.getByText("viewer", { exact: true }).waitFor();
    expect(await page.getByLabel("Name of the new key").count()).toBe(0);
    await settings.reload();
    await settings.getByRole("table", { name: "Security log" }).getByText("joined").waitFor();
    expect(complaints).toEqual([]);
  });
});

test("a second factor is set up by its picture, asked for after the password, and a backup code goes in its place", async () => {
  const page = watch(await owner.newPage());
  await page.goto(`${visit.stack.url}/settings`);
  const section = page.locator("section", { has: page.getByRole("heading", { name: "Second factor" }) });
  await section.getByLabel("Current password").fill("not the password");
  await section.getByRole("button", { name: "Set it up" }).click();
  await section.getByRole("alert").waitFor();
  await section.getByLabel("Current password").fill(PASSWORD);
  await section.getByRole("button", { name: "Set it up" }).click();
  await section.getByRole("img").waitFor();
  await owner.grantPermissions(["clipboard-read", "clipboard-write"], { origin: visit.stack.url });
  await section.getByRole("button", { name: "Copy the link" }).click();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  await section.getByLabel("Code").fill(codeOf(link));
  await section.getByRole("button", { name: "Switch it on" }).click();
  await section.getByText("Backup codes, shown this once").waitFor();
  await section.getByRole("button", { name: "Copy" }).click();
  const [backup = ""] = (await page.evaluate(() => navigator.clipboard.readText())).split("\n");

  const elsewhere = watch(await (await visit.browser.newContext()).newPage());
  await elsewhere.goto(`${visit.stack.url}/sign-in`);
  await elsewhere.getByLabel("E-mail").fill("owner@tailbone.local");
  await elsewhere.getByLabel("Password").fill(PASSWORD);
  await elsewhere.getByRole("button", { name: "Sign in" }).click();
  await elsewhere.getByLabel("Code").fill("000000");
  await elsewhere.getByRole("button", { name: "Sign in" }).click();
  await elsewhere.getByRole("alert").first().waitFor();
  await elsewhere.getByLabel("Code").fill(backup);
  await elsewhere.getByRole("button", { name: "Sign in" }).click();
  await elsewhere.waitForURL((url) => url.pathname === "/");
  await section.getByLabel("Current password").fill(PASSWORD);
  await section.getByRole("button", { name: "Switch it off" }).click();
  await section.getByRole("button", { name: "Set it up" }).waitFor();
  expect(complaints).toEqual([]);
});

// Linux says what a process was started with.
test.runIf(process.platform === "linux")("no child of the hub is given its secrets", () => {
  const parentOf = (pid: string): string => {
    try {
      return /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "";
    } catch {
      return "";
    }
  };
  const children = readdirSync("/proc").filter((pid) => parentOf(pid) === String(visit.stack.child.process.pid));
  expect(children.length).toBeGreaterThanOrEqual(2);
  for (const pid of children) {
    const environment = readFileSync(`/proc/${pid}/environ`, "utf8");
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
    expect([command, environment.includes("PATH=")]).toEqual([command, true]);
    expect([command, environment.includes(SECRET), environment.includes("TAILBONE_")]).toEqual([command, false, false]);
  }
});
