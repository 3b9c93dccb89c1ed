import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchBrowser } from "../support/browser";
import { readPoints } from "../support/points";
import { type Child, spawnNode } from "../support/processes";
import { openPlace, type Place, type Stack, startStack, trainer } from "../support/stack";

let browser: Browser;
/** The owner's session, which outlives restarts of the hub. */
let owner: BrowserContext;
let place: Place;
let stack: Stack;
const children: Child[] = [];

beforeAll(async () => {
  [browser, place] = await Promise.all([launchBrowser(), openPlace()]);
  stack = await startStack(place);
  owner = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await signIn(await owner.newPage(), stack.signInLink);
});

afterAll(async () => {
  await Promise.all(children.map((child) => child.kill("SIGKILL")));
  await browser?.close();
  await stack?.stop();
  await place?.remove();
});

async function startTrainer(name: string, ...args: (string | number)[]): Promise<{ child: Child; run: string }> {
  const child = spawnNode([trainer(name), ...args.map(String)], { env: place.env, cwd: place.folder });
  children.push(child);
  const { run }: { run: string } = JSON.parse(await child.line((line) => line.startsWith('{"run"')));
  return { child, run };
}

/** What a chart says of itself: how many points it stands for, and the last step it shows. */
async function readChart(page: Page, series: string): Promise<{ points: number; lastStep: number; loads: number }> {
  const chart = page.locator(`[data-testid="chart"][data-series="${series}"]`);
  await chart.waitFor();
  return {
    points: Number(await chart.getAttribute("data-points")),
    lastStep: Number(await chart.getAttribute("data-last-step")),
    loads: await page.evaluate(() => performance.getEntriesByType("navigation").length),
  };
}

async function waitForPoints(page: Page, series: string, atLeast: number): Promise<void> {
  await page.waitForFunction(
    ([name, least]) => {
      const chart = document.querySelector(`[data-testid="chart"][data-series="${name}"]`);
      return Number(chart?.getAttribute("data-points")) >= Number(least);
    },
    [series, atLeast] as const,
    { timeout: 60_000 },
  );
}

/** Follows a one-time link to whatever page it ends on. */
async function signIn(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.waitForURL((url) => !url.pathname.startsWith("/api/") && !url.pathname.startsWith("/sign-in"));
}

describe("a run, watched live", () => {
  test("grows on the page without reloading, and goes on without a gap or a double point when the hub is killed and comes back", async () => {
    const page = await owner.newPage();
    const { child, run } = await startTrainer("count", 1500, 10);
    await page.goto(`${stack.url}/runs/${run}`);
    await waitForPoints(page, "n", 50);
    // A mark in the page's memory: a reload would lose it.
    await page.evaluate(() => Object.assign(window, { notReloaded: true }));
    const before = await readChart(page, "n");
    await waitForPoints(page, "n", before.points + 100);

    await stack.child.kill("SIGKILL");
    await page.locator('[data-testid="connection"][data-state="offline"]').waitFor();
    stack = await startStack(place);
    await page.locator('[data-testid="connection"][data-state="live"]').waitFor();
    expect(await child.exited, child.output()).toBe(0);

    await waitForPoints(page, "n", 1500);
    expect(await readChart(page, "n")).toMatchObject({ points: 1500, lastStep: 1499 });
    expect(await page.evaluate(() => "notReloaded" in window)).toBe(true);
    const stored = await readPoints(stack, run, "n");
    expect(stored.values).toEqual(Array.from({ length: 1500 }, (_, n) => n));
  });

  test("is on the page while its loop runs, though the loop never yields", async () => {
    const page = await owner.newPage();
    const { child, run } = await startTrainer("count", 4000, -2);
    await page.goto(`${stack.url}/runs/${run}`);
    await waitForPoints(page, "n", 300);
    expect(child.output()).not.toContain('"logged"');
    const middle = await readChart(page, "n");
    await waitForPoints(page, "n", middle.points + 300);
    expect(child.output()).not.toContain('"logged"');
    expect(await child.exited, child.output()).toBe(0);
    await waitForPoints(page, "n", 4000);
  });

  test("of a real model shows its loss and its checkpoints", async () => {
    const page = await owner.newPage();
    const { child, run } = await startTrainer("tiny-model");
    await page.goto(`${stack.url}/runs/${run}`);
    expect(await child.exited, child.output()).toBe(0);
    await waitForPoints(page, "loss", 200);
    expect(await readChart(page, "loss")).toMatchObject({ points: 200, lastStep: 199 });
    await page.getByRole("tab", { name: "Checkpoints" }).click();
    await page.getByRole("cell", { name: "128", exact: true }).waitFor();
    await page.getByRole("tab", { name: "Config" }).click();
    await page.getByText("learningRate").waitFor();
  });
});

describe("who may enter", () => {
  test("a page without a session asks for one, and the one-time link works once", async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(stack.url);
    await page.waitForURL(/\/sign-in/);
    expect((await fetch(`${stack.url}/api/v1/projects`)).status).toBe(401);

    // Each start prints a link of its own.
    await stack.stop();
    stack = await startStack(place);
    await signIn(page, stack.signInLink);
    const stranger = await (await browser.newContext()).newPage();
    await stranger.goto(stack.signInLink);
    await stranger.waitForURL(/\/sign-in/);
  });
});
