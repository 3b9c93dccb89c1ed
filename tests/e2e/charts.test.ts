import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { callHub } from "@tailbone/client/call-hub";
import { projectListSchema } from "@tailbone/protocol/http";
import type { PanelLayout } from "@tailbone/protocol/page-state/panels";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openVisit, type Visit } from "../support/visit";

let visit: Visit;
let page: Page;
let several: string;

beforeAll(async () => {
  visit = await openVisit();
  ({ page } = visit);
});

afterAll(() => visit?.close());

const chart = (series: string) => page.locator(`[data-testid="chart"][data-series="${series}"]`);
const line = async (on: Page, series: string) =>
  (await on.locator(`[data-testid="chart"][data-series="${series}"] .series-raw`).getAttribute("d")) ?? "";
const highestTick = async (): Promise<string> => {
  const labels = await chart("wave").getByTestId("y-labels").locator("text").allTextContents();
  return labels.at(-1) ?? "";
};

async function waitForPoints(on: Page, series: string, count: number): Promise<void> {
  await on.waitForSelector(`[data-testid="chart"][data-series="${series}"][data-points="${count}"]`);
}

test("what was watched live is the picture that is read anew, on both x axes; zoomed, the line goes to the border", async () => {
  const { child, run } = await visit.train("spike");
  const logarithmic = await page.context().newPage();
  const pages = [
    [page, ""],
    [logarithmic, "?logx=true"],
  ] as const;
  // Half of it is history for the pages, which take up the rest as it comes.
  for (const [one, query] of pages) {
    await one.goto(`${visit.stack.url}/runs/${run}${query}`);
    await waitForPoints(one, "wave", 1501);
  }
  await writeFile(join(visit.place.folder, "more"), "");
  for (const [one] of pages) {
    const picture = async (): Promise<string[]> => {
      await waitForPoints(one, "wave", 3000);
      await waitForPoints(one, "sparse", 12);
      return [await line(one, "wave"), await line(one, "sparse")];
    };
    const live = await picture();
    await one.reload();
    expect(await picture()).toEqual(live);
  }
  await logarithmic.close();
  expect(await child.exited, child.output()).toBe(0);

  // Between two checkpoints there is no point, and still a line from border to border.
  await page.goto(`${visit.stack.url}/runs/${run}?zoom=9..15`);
  await chart("sparse").locator(".series-raw").waitFor();
  const { x, width } = (await chart("sparse").getByTestId("grid").boundingBox()) ?? {
    x: 0,
    width: 0,
  };
  const drawn = await chart("sparse").locator(".series-raw").boundingBox();
  expect(Math.abs((drawn?.x ?? 0) - x)).toBeLessThan(3);
  expect(Math.abs((drawn?.width ?? 0) - width)).toBeLessThan(6);
}, 120_000);

test("an outlier does not flatten a chart: it is marked and told, shown when asked for, and y is zoomed or typed, all in the URL", async () => {
  const path = new URL(page.url()).pathname;
  await page.goto(`${visit.stack.url}${path}`);
  const note = chart("wave").getByTestId("beyond-note");
  await note.waitFor();
  expect(await note.getAttribute("aria-label")).toContain(
    "above: at least 1 point, up to 1 000 000".replaceAll(" 000", "\u202f000"),
  );
  await expect.poll(highestTick).toBe("1");
  expect(await chart("wave").getByTestId("beyond").getAttribute("d")).toMatch(/^M/);
  await note.click();
  await page.waitForURL(/outliers=shown/);
  await expect.poll(highestTick).toBe("1e6");
  await page.getByRole("button", { name: "outliers" }).click();
  await note.waitFor();

  await chart("wave").hover();
  await page.getByRole("button", { name: "Ranges of wave" }).click();
  await page.getByLabel("y from").fill("2");
  await page.getByLabel("y to").fill("1");
  await page.keyboard.press("Enter");
  await page.getByText("the first must be smaller").waitFor();
  await page.getByLabel("y from").fill("0");
  await page.getByLabel("y to").fill("0.5");
  await page.keyboard.press("Enter");
  await page.waitForURL(/y=0\.\.0\.5@wave/);
  await expect.poll(highestTick).toBe("0.5");
  await page.reload();
  await note.waitFor();
  await expect.poll(highestTick).toBe("0.5");
  expect(await note.getAttribute("aria-label")).toMatch(/above: .*; below: /);

  const box = await chart("wave").boundingBox();
  if (box === null) throw new Error("the chart is on the page");
  await page.mouse.move(box.x + 200, box.y + 60);
  await page.keyboard.down("Shift");
  await page.mouse.down();
  await page.mouse.move(box.x + 200, box.y + 110, { steps: 4 });
  await page.mouse.up();
  await page.waitForURL(
    (url) => !/y=(0\.\.0\.5)?@/.test(url.search) && /@wave/.test(url.search) && !/0\.\.0\.5/.test(url.search),
  );
  const dragged = page.url();
  await page.mouse.wheel(0, -120);
  await page.waitForURL((url) => url.href !== dragged);
  await page.keyboard.up("Shift");
  await page.mouse.dblclick(box.x + 200, box.y + 100);
  await page.waitForURL((url) => !url.search.includes("@wave"));
}, 60_000);

/** The same numbers as `several.mjs` logs. */
const lossOf = (head: number, step: number): number =>
  (1 + head / 4) * Math.exp(-step / (300 + 100 * head)) + 0.05 * head + 0.04 * Math.sin(step * (7 + head));

async function download(item: string): Promise<Buffer> {
  await dialog()
    .getByRole("button", { name: /^Download/ })
    .click();
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: item }).click()]);
  return readFile(await file.path());
}
const dialog = () => page.getByRole("dialog");
const rowsOf = (csv: Buffer): string[][] =>
  csv
    .toString()
    .trimEnd()
    .split("\n")
    .map((row) => row.split(","));

test("all charts have one crosshair; an enlarged one has the toolbar and the ways to its neighbours", async () => {
  const { child, run } = await visit.train("several");
  several = run;
  expect(await child.exited, child.output()).toBe(0);
  await page.goto(`${visit.stack.url}/runs/${several}`);
  await waitForPoints(page, "head_1/loss", 2000);
  await waitForPoints(page, "=lr", 2000);
  const box = await chart("=lr").getByTestId("crosshair").boundingBox();
  if (box === null) throw new Error("the chart is on the page");
  await page.mouse.move(box.x + box.width / 2, box.y + 60);
  const placesOf = async (): Promise<number[]> => {
    const boxes = await page
      .getByTestId("crosshair-line")
      .evaluateAll((all) =>
        all.map((one) => one.getBoundingClientRect().left - (one.parentElement?.getBoundingClientRect().left ?? 0)),
      );
    return boxes.map(Math.round);
  };
  await expect.poll(async () => (await placesOf()).length).toBeGreaterThan(1);
  const places = await placesOf();
  expect(Math.max(...places) - Math.min(...places)).toBeLessThanOrEqual(1);
  expect(await page.getByTestId("hover-box").count()).toBe(1);
  await page.mouse.move(5, 5);
  await expect.poll(() => page.getByTestId("crosshair-line").count()).toBe(0);

  await chart("head_1/loss").hover();
  await page.getByRole("button", { name: "Enlarge head_1/loss" }).click();
  await dialog().locator(".series-raw").waitFor();
  const ticks = async (): Promise<string> =>
    (await dialog().getByTestId("y-labels").locator("text").allTextContents()).join(" ");
  const linear = await ticks();
  await dialog().getByRole("button", { name: "log y" }).click();
  await page.waitForURL(/logy=true/);
  await expect.poll(ticks).not.toBe(linear);
  await dialog().getByRole("radio", { name: "Since start" }).click();
  await page.waitForURL(/x=relative/);
  await dialog().getByRole("radio", { name: "Step" }).click();
  await dialog().getByRole("slider").focus();
  await page.keyboard.press("ArrowRight");
  await page.waitForURL(/smooth=0\.01/);
  await dialog().locator(".series-smooth").waitFor();
  await page.keyboard.press("ArrowLeft");
  await page.waitForURL((url) => !url.search.includes("smooth") && url.search.includes("chart=head_1"));
  await dialog().getByRole("button", { name: "log y" }).click();

  const shows = (series: string) => page.locator(`[role=dialog] [data-series="${series}"]`).waitFor();
  await page.keyboard.press("j");
  await shows("head_2/loss");
  await page.keyboard.press("k");
  await page.keyboard.press("k");
  await shows("head_0/loss");
  await page.keyboard.press("ArrowRight");
  await shows("head_1/loss");
  // Within the chart the arrow keys move its crosshair.
  await dialog().locator(".series-raw").waitFor();
  await dialog().locator('[data-testid="chart"]').focus();
  await page.keyboard.press("ArrowLeft");
  await dialog().getByTestId("crosshair-line").waitFor();
  await shows("head_1/loss");
  await dialog().getByRole("button", { name: "Previous chart" }).click();
  await dialog().getByRole("button", { name: "Previous chart" }).click();
  await shows("=lr");
  await dialog().getByRole("button", { name: "Previous chart" }).click();
  await shows("head_7/loss");
}, 60_000);

test("an enlarged chart is downloaded as it is drawn, and as it was logged", async () => {
  await page.goto(`${visit.stack.url}/runs/${several}?chart=head_3%2Floss&x=step`);
  await dialog().locator('[data-testid="chart"][data-points="2000"] .series-raw').waitFor();
  const drawn = await dialog().locator(".series-raw").getAttribute("d");
  const svg = (await download("Drawing (SVG)")).toString();
  expect(svg).toContain("<title>head_3/loss</title>");
  expect(svg).toContain(`d="${drawn}"`);
  expect(svg).toMatch(/stroke="#[0-9a-f]{6}"/);
  expect(svg).not.toMatch(/var\(|oklch|class=|data-/);
  expect(svg).toContain(">several · step</text>");
  const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg) ?? [];

  const png = await download("Picture (PNG)");
  expect(png.subarray(1, 4).toString()).toBe("PNG");
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([2 * Number(width), 2 * Number(height)]);
  expect(png.length).toBeGreaterThan(10_000);

  const [head = [], ...marks] = rowsOf(await download("Marks (CSV)"));
  const cell = (row: readonly string[], name: string): number => Number(row[head.indexOf(name)]);
  expect(marks).toHaveLength(Number(await dialog().locator('[data-testid="chart"]').getAttribute("data-drawn")));
  expect(marks.reduce((sum, row) => sum + cell(row, "count"), 0)).toBe(2000);
  expect(marks.reduce((sum, row) => sum + cell(row, "nan"), 0)).toBe(1);
  for (const row of marks) {
    const steps = Array.from({ length: cell(row, "count") }, (_, index) => cell(row, "step_from") + index);
    const values = steps.filter((step) => step !== 700).map((step) => lossOf(3, step));
    expect(cell(row, "max")).toBeCloseTo(Math.max(...values), 12);
    expect(cell(row, "min")).toBeCloseTo(Math.min(...values), 12);
  }

  const points = rowsOf(await download("Every point (CSV)")).slice(1);
  expect(points).toHaveLength(2000);
  expect(points[700]?.slice(0, 4)).toEqual(["head_3/loss", "700", expect.stringMatching(/^\d{13}$/), "NaN"]);
  expect(Number(points[1999]?.[3])).toBeCloseTo(lossOf(3, 1999), 12);

  // Nothing that a spreadsheet would calculate.
  await page.goto(`${visit.stack.url}/runs/${several}?chart=%3Dlr`);
  await dialog().locator('[data-testid="chart"][data-points="2000"] .series-raw').waitFor();
  expect(rowsOf(await download("Every point (CSV)"))[1]?.[0]).toBe("'=lr");
  expect(rowsOf(await download("Marks (CSV)"))[1]?.slice(0, 2)).toEqual(["several", "'=lr"]);
}, 60_000);

test("eight lines are live in one panel, by hand and by a pattern: distinct, told at the crosshair, hidden and lifted by the legend, none left out", async () => {
  await rm(join(visit.place.folder, "more"), { force: true });
  const { projects } = await callHub(visit.stack.hub, projectListSchema, "/projects");
  const heads = Array.from({ length: 8 }, (_, head) => `head_${head}/loss`);
  const wide = { without: [], size: "wide" as const, pinned: true, hidden: false };
  const state: PanelLayout = {
    version: 1,
    panels: [
      { ...wide, id: "#heads", title: "Heads", series: heads, pattern: null },
      { ...wide, id: "#losses", title: null, series: [], pattern: "*/loss" },
    ],
    order: [],
    sections: { depth: 1, closed: [] },
  };
  const path = `/projects/${projects.find(({ name }) => name === "charts")?.id}/page-states/run`;
  const saved = await page.request.put(`${visit.stack.url}/api/v1${path}`, {
    headers: { origin: visit.stack.url },
    data: { revision: 0, state },
  });
  expect(saved.status(), await saved.text()).toBe(200);

  const HALF = 7 * 1000 + 20;
  const { child, run } = await visit.train("several", 10);
  let isRunning = true;
  void child.exited.then(() => {
    isRunning = false;
  });
  await page.goto(`${visit.stack.url}/runs/${run}`);
  const both = ["Heads", "*/loss"];
  for (const title of both) await waitForPoints(page, title, HALF);
  const picture = (title: string): Promise<Record<string, string>> =>
    chart(title)
      .locator("g[data-line]")
      .evaluateAll((all) =>
        Object.fromEntries(
          all.map((one) => [
            one.getAttribute("data-line") ?? "",
            one.querySelector(".series-raw")?.getAttribute("d") ?? "",
          ]),
        ),
      );
  const half = await Promise.all(both.map(picture));
  for (const lines of half) expect(Object.keys(lines).toSorted()).toEqual(heads);

  // Each grows, again and again, while the training goes on.
  await writeFile(join(visit.place.folder, "more"), "");
  const pointsOf = async (title: string): Promise<number> => Number(await chart(title).getAttribute("data-points"));
  for (const share of [0.2, 0.5]) {
    for (const title of both)
      await expect.poll(() => pointsOf(title), { timeout: 20_000 }).toBeGreaterThan(HALF * (1 + share));
    const now = await Promise.all(both.map(picture));
    expect([await pointsOf("Heads"), isRunning]).toEqual([expect.toSatisfy((points) => points < 2 * HALF), true]);
    for (const [panel, lines] of now.entries()) {
      for (const head of heads) expect(lines[head], head).not.toBe(half[panel]?.[head]);
    }
  }
  const whole = async () => {
    for (const title of both) await waitForPoints(page, title, 2 * HALF);
    return Promise.all(both.map(picture));
  };
  const live = await whole();
  for (const lines of live) expect(new Set(Object.values(lines)).size).toBe(8);
  expect(await child.exited, child.output()).toBe(0);
  await page.reload();
  expect(await whole()).toEqual(live);

  const panel = chart("Heads");
  const strokes = await panel
    .locator("g[data-line]")
    .evaluateAll((all) => all.map((line) => getComputedStyle(line).stroke));
  expect(new Set(strokes).size).toBe(8);
  const legend = panel.getByTestId("legend").getByRole("button");
  for (const title of both) {
    const names = chart(title).getByTestId("legend").locator("button > span:first-of-type");
    expect(await names.allTextContents()).toEqual(heads.map((name) => name.replace("/loss", "")));
    await chart(title).getByText("of 14 040 points".replace(" 040", "\u202f040")).waitFor();
    // What is not finite is marked in the colour of its line, and counted.
    await chart(title).getByText("1 not finite").waitFor();
  }

  // One crosshair for all panels; each value at it is what was logged there.
  await panel.scrollIntoViewIfNeeded();
  const box = await panel.getByTestId("crosshair").boundingBox();
  if (box === null) throw new Error("the panel is on the page");
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const hovered = panel.getByTestId("hover-box");
  await hovered.waitFor();
  const crossed = await Promise.all(
    both.map((title) =>
      chart(title)
        .getByTestId("crosshair-line")
        .evaluate((one) => Math.round(one.getBoundingClientRect().left)),
    ),
  );
  expect(crossed[0]).toBe(crossed[1]);
  const step = Number(((await hovered.locator("p").first().textContent()) ?? "").replaceAll(/[^\d.]/g, ""));
  expect(step).toBeGreaterThan(500);
  for (const title of both) {
    const told = await chart(title).getByTestId("legend-value").allTextContents();
    for (const [head, value] of told.entries()) {
      expect(Math.abs(Number(value.replace("−", "-")) - lossOf(head, step)), `${head} at ${step}`).toBeLessThan(0.1);
    }
  }

  await legend.nth(7).hover();
  await expect.poll(() => panel.locator("g[data-line][opacity]").count()).toBe(7);
  await page.mouse.move(5, 5);
  await expect.poll(() => panel.locator("g[data-line][opacity]").count()).toBe(0);
  await legend.nth(0).click();
  await legend.nth(5).click();
  await expect.poll(() => panel.locator("g[data-line]").count()).toBe(6);
  await panel.getByText("of 12 000 points".replace(" 000", "\u202f000")).waitFor();
  await legend.nth(2).dblclick();
  await expect.poll(async () => Object.keys(await picture("Heads"))).toEqual(["head_2/loss"]);
  await legend.nth(2).dblclick();
  await expect.poll(() => panel.locator("g[data-line]").count()).toBe(8);
}, 120_000);
