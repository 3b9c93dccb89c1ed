import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { spawnNode } from "../support/processes";
import { cliEntry } from "../support/stack";
import { openVisit, type Visit } from "../support/visit";

let visit: Visit;
let page: Page;

beforeAll(async () => {
  visit = await openVisit();
  ({ page } = visit);
});

afterAll(() => visit?.close());

const chart = '[data-testid="chart"][data-series="loss"]';

/** The paths of the chart: the line, what is drawn faint beside it, and the step of the mark. */
async function picture(): Promise<(string | null)[]> {
  return [
    await page.locator(`${chart} .series-raw`).getAttribute("d"),
    await page.locator(`${chart} .series-abandoned path`).last().getAttribute("d"),
    await page.locator(`${chart} [data-testid="chart-resume"]`).getAttribute("data-step"),
  ];
}

/** A screenshot into the folder that SCREENSHOTS names, for whoever wants to look. */
async function shoot(name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`) });
}

test("a run that is resumed from an earlier step shows the newer leg as its line, live and read anew, the older one faint", async () => {
  const { child, run } = await visit.train("resume");
  expect(await child.exited).not.toBe(0);
  await page.goto(`${visit.stack.url}/runs/${run}`);
  await page.waitForSelector(`${chart}[data-points="200"]`);
  expect(await page.locator(`${chart} .series-abandoned`).count()).toBe(0);
  await page.getByRole("tab", { name: "Console" }).click();
  const crash = page.getByTestId("crash");
  await crash.waitFor();
  expect(await crash.textContent()).toMatch(/RangeError: the loss is too high to go on\s+at .*resume\.mjs/);
  expect(await crash.textContent()).toContain(`init({ id: "${run}", resume: true })`);
  await shoot("resume-crash");
  await page.getByRole("tab", { name: "Charts" }).click();

  await visit.train("resume", run);
  await page.waitForSelector(`${chart}[data-points="120"][data-last-step="119"]`);
  await writeFile(join(visit.place.folder, "more"), "");
  await page.waitForSelector(`${chart}[data-points="160"][data-last-step="159"]`);
  await page.locator(`${chart} .series-abandoned`).waitFor({ state: "attached" });
  const live = await picture();
  expect(live[2]).toBe("80");
  expect(await page.locator(chart).textContent()).toContain("120 overwritten");
  await shoot("resume-light");
  await page.reload();
  await page.waitForSelector(`${chart}[data-points="160"]`);
  await page.locator(`${chart} .series-abandoned`).waitFor({ state: "attached" });
  expect(await picture()).toEqual(live);
  await page.emulateMedia({ colorScheme: "dark" });
  await shoot("resume-dark");
  await page.goto(`${visit.stack.url}/runs/${run}?x=relative`);
  await page.locator(`${chart} .series-abandoned`).waitFor({ state: "attached" });
  await shoot("resume-time");
});

test("the Config tab has what each leg was started with", async () => {
  const run = new URL(page.url()).pathname;
  await page.goto(`${visit.stack.url}${run}?tab=config`);
  const row = page.locator("tbody tr", { hasText: "lr" });
  await row.waitFor();
  expect(await row.textContent()).toContain("0.01was 0.1 in leg 1");
  await shoot("resume-config");
  await page.getByRole("radio", { name: "Leg 1" }).click();
  await expect.poll(() => row.textContent()).toBe("lr0.1");
});

test("an export marks the points that a resume has overwritten, and their legs", async () => {
  const run = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  const csv = spawnNode([cliEntry, "runs", "export", run, "--series", "loss"], {
    env: visit.place.env,
    cwd: visit.place.folder,
  });
  expect(await csv.exited).toBe(0);
  const rows = csv
    .output()
    .split("\n")
    .filter((line) => line.startsWith("loss,"));
  const countOf = (end: string): number => rows.filter((line) => line.endsWith(end)).length;
  expect([countOf(",1,0"), countOf(",1,1"), countOf(",2,0"), rows.length]).toEqual([80, 120, 80, 280]);
});
