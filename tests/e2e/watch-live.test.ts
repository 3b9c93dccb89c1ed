import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readPoints } from "../support/points";
import { openVisit, signIn, type Visit } from "../support/visit";

let visit: Visit;

beforeAll(async () => {
  visit = await openVisit();
});

afterAll(() => visit?.close());

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

describe("a run, watched live", () => {
  test("grows on the page without reloading, and goes on without a gap or a double point when the hub is killed and comes back", async () => {
    const page = await visit.owner.newPage();
    const { child, run } = await visit.train("count", 1500, 10);
    await page.goto(`${visit.stack.url}/runs/${run}`);
    await waitForPoints(page, "n", 50);
    // A mark in the page's memory: a reload would lose it.
    await page.evaluate(() => Object.assign(window, { notReloaded: true }));
    const before = await readChart(page, "n");
    await waitForPoints(page, "n", before.points + 100);

    await visit.stack.child.kill("SIGKILL");
    await page.locator('[data-testid="connection"][data-state="offline"]').waitFor();
    await visit.restart();
    await page.locator('[data-testid="connection"][data-state="live"]').waitFor();
    expect(await child.exited, child.output()).toBe(0);

    await waitForPoints(page, "n", 1500);
    expect(await readChart(page, "n")).toMatchObject({ points: 1500, lastStep: 1499 });
    expect(await page.evaluate(() => "notReloaded" in window)).toBe(true);
    const stored = await readPoints(visit.stack, run, "n");
    expect(stored.values).toEqual(Array.from({ length: 1500 }, (_, n) => n));
  });

  test("is on the page while its loop runs, though the loop never yields", async () => {
    const page = await visit.owner.newPage();
    const { child, run } = await visit.train("count", 4000, -2);
    await page.goto(`${visit.stack.url}/runs/${run}`);
    await waitForPoints(page, "n", 300);
    expect(child.output()).not.toContain('"logged"');
    const middle = await readChart(page, "n");
    await waitForPoints(page, "n", middle.points + 300);
    expect(child.output()).not.toContain('"logged"');
    expect(await child.exited, child.output()).toBe(0);
    await waitForPoints(page, "n", 4000);
  });

  test("of a real model shows its loss and its checkpoints", async () => {
    const page = await visit.owner.newPage();
    const { child, run } = await visit.train("tiny-model");
    await page.goto(`${visit.stack.url}/runs/${run}`);
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
    const context = await visit.browser.newContext();
    const page = await context.newPage();
    await page.goto(visit.stack.url);
    await page.waitForURL(/\/sign-in/);
    expect((await fetch(`${visit.stack.url}/api/v1/projects`)).status).toBe(401);

    // Each start prints a link of its own.
    await visit.restart();
    await signIn(page, visit.stack.signInLink);
    const stranger = await (await visit.browser.newContext()).newPage();
    await stranger.goto(visit.stack.signInLink);
    await stranger.waitForURL(/\/sign-in/);
  });
});
