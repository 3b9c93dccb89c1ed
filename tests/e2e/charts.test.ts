import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchBrowser } from "../support/browser";
import { type Child, spawnNode } from "../support/processes";
import { openPlace, type Place, type Stack, startStack, trainer } from "../support/stack";

let browser: Browser;
let page: Page;
let place: Place;
let stack: Stack;
let child: Child;

beforeAll(async () => {
  [browser, place] = await Promise.all([launchBrowser(), openPlace()]);
  stack = await startStack(place);
  page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  await page.goto(stack.signInLink);
  await page.waitForURL((url) => !url.pathname.startsWith("/api/") && !url.pathname.startsWith("/sign-in"));
});

afterAll(async () => {
  await child?.kill("SIGKILL");
  await browser?.close();
  await stack?.stop();
  await place?.remove();
});

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
  child = spawnNode([trainer("spike")], { env: place.env, cwd: place.folder });
  const { run }: { run: string } = JSON.parse(await child.line((text) => text.startsWith('{"run"')));
  const logarithmic = await page.context().newPage();
  const pages = [
    [page, ""],
    [logarithmic, "?logx=true"],
  ] as const;
  // Half of it is history for the pages, which take up the rest as it comes.
  for (const [one, query] of pages) {
    await one.goto(`${stack.url}/runs/${run}${query}`);
    await waitForPoints(one, "wave", 1501);
  }
  await writeFile(join(place.folder, "more"), "");
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
  await page.goto(`${stack.url}/runs/${run}?zoom=9..15`);
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
  await page.goto(`${stack.url}${path}`);
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
