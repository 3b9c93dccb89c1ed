import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openVisit, type Visit } from "../support/visit";

let visit: Visit;
let page: Page;
let first: string;

beforeAll(async () => {
  visit = await openVisit();
  ({ page } = visit);
});
afterAll(() => visit?.close());

const chart = (series: string) => page.locator(`[data-testid="chart"][data-series="${series}"]`);
const waitFor = (series: string, lines: number, points: number) =>
  page.waitForSelector(
    `[data-testid="chart"][data-series="${series}"][data-lines="${lines}"][data-points="${points}"]`,
  );

test("runs that are chosen in the list are laid over each other, live, in their own colours, by an address that shows it again", async () => {
  const trainings = [await visit.train("several"), await visit.train("several"), await visit.train("spike")];
  first = trainings[0]?.run ?? expect.fail("no run");
  await page.goto(`${visit.stack.url}/runs?sort=started`);
  const boxes = page.getByRole("checkbox", { name: "Choose several" });
  await expect.poll(() => boxes.count()).toBe(2);
  await boxes.first().click();
  await page.getByRole("checkbox", { name: "Choose spike" }).click({ modifiers: ["Shift"] });
  await page.getByText("3 chosen").waitFor();
  await page.getByRole("link", { name: "Compare" }).click();
  await page.waitForURL(/\/compare\?runs=/);
  await waitFor("head_0/loss", 2, 2000);
  await chart("wave").getByText("in 1 of 3 runs").waitFor();

  await writeFile(join(visit.place.folder, "more"), "");
  await waitFor("head_0/loss", 2, 4000);
  await waitFor("wave", 1, 3000);
  const colours = await chart("head_0/loss")
    .locator(".series-raw")
    .evaluateAll((lines) => lines.map((line) => line.getAttribute("stroke") ?? getComputedStyle(line).stroke));
  expect(new Set(colours).size).toBe(2);
  await Promise.all(trainings.map(async ({ child }) => expect(await child.exited, child.output()).toBe(0)));

  await page.reload();
  await waitFor("head_0/loss", 2, 4000);
  await page.getByRole("button", { name: "Leave several out" }).first().click();
  await waitFor("head_0/loss", 1, 2000);
  await page.goBack();
  await waitFor("head_0/loss", 2, 4000);
}, 120_000);

test("a filter is understood as it is typed; what of it cannot be read is shown at its place, and the runs that were listed stay", async () => {
  await page.goto(`${visit.stack.url}/runs`);
  const box = page.getByRole("textbox", { name: "Filter runs" });
  await box.fill("max(wave)>1000");
  await page.getByText("1 run", { exact: true }).waitFor();
  await box.fill("max(wave)>1000 last(");
  await page.getByRole("alert").filter({ hasText: "Filter, character" }).waitFor();
  expect(await page.getByRole("checkbox", { name: /^Choose/ }).count()).toBe(1);
  await box.fill("-max(wave)>1000");
  await page.getByText("2 runs", { exact: true }).waitFor();
  expect(await page.getByRole("alert").filter({ hasText: "Filter, character" }).count()).toBe(0);
});

test("a run that is not there is named, and the others are compared all the same", async () => {
  const gone = "018f0000-0000-7000-8000-000000000000";
  await page.goto(`${visit.stack.url}/compare?runs=${first},${gone}`);
  await page.getByText(`1 run of this address is not there (any more): ${gone}`).waitFor();
  await waitFor("head_0/loss", 1, 2000);
  const many = Array.from({ length: 101 }, (_, index) => gone.replace(/000$/, String(index + 100)));
  await page.goto(`${visit.stack.url}/compare?runs=${first},${many.join(",")}`);
  await page.getByText("This address names 102 runs; the first 100 are compared.").waitFor();
  await waitFor("head_0/loss", 1, 2000);
  await page.goto(`${visit.stack.url}/compare`);
  await page.getByText("Choose the runs to compare in the list of runs.").waitFor();
});
