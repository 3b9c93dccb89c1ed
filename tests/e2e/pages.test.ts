import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { spawnNode } from "../support/processes";
import { trainer } from "../support/stack";
import { openVisit, type Visit } from "../support/visit";

let visit: Visit;
let page: Page;

beforeAll(async () => {
  visit = await openVisit();
  ({ page } = visit);
});
beforeEach(() => page.setViewportSize({ width: 1440, height: 900 }));
afterAll(() => visit?.close());

const focused = (): Promise<string> =>
  page.evaluate(
    () => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent?.slice(0, 40) ?? "",
  );

describe("a team that has no runs yet", () => {
  test("is given what to paste, and an inbox that says that there never was an alert", async () => {
    await page.goto(visit.stack.url);
    await page.getByText(`npm install ${visit.stack.url}/tailbone.tgz`).waitFor();
    await page.getByText(`export TAILBONE_URL=${visit.stack.url}`).waitFor();
    await page.goto(`${visit.stack.url}/alerts`);
    await page.getByText("No alert has ever been raised.").waitFor();
  });

  test("can install the SDK from the hub", async () => {
    const answer = await fetch(`${visit.stack.url}/tailbone.tgz`);
    expect(answer.headers.get("content-type")).toBe("application/gzip");
    expect(new Uint8Array(await answer.arrayBuffer()).subarray(0, 2)).toEqual(Uint8Array.of(0x1f, 0x8b));
  });
});

describe("addresses", () => {
  test("of runs and projects that are not there, or can be none, have a page of their own", async () => {
    const nowhere = "0198c0de-0000-7000-8000-000000000001";
    for (const [path, title] of [
      [`/runs/${nowhere}`, "There is no such run."],
      ["/runs/abc", "There is no such run."],
      [`/projects/${nowhere}`, "There is no such project."],
    ] as const) {
      await page.goto(`${visit.stack.url}${path}`);
      await page.getByRole("heading", { name: title }).waitFor();
    }
    await page.getByRole("link", { name: "All projects" }).click();
    await page.waitForURL(`${visit.stack.url}/projects`);
  });
});

describe("by the keyboard", () => {
  test("one skips the navigation, goes through rows and comes back to where one was", async () => {
    const { child, run } = await visit.train("count", 20, 1);
    expect(await child.exited, child.output()).toBe(0);
    await page.goto(`${visit.stack.url}/runs`);
    await page.locator("tbody tr").waitFor();
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("Skip to the page");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("MAIN");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForURL(`${visit.stack.url}/runs/${run}*`);

    await page.locator('[data-testid="chart"][data-series="n"]').waitFor();
    const more = page.getByRole("button", { name: "More" });
    await more.focus();
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await expect.poll(focused).toBe("More");
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "Delete the run" }).focus();
    await page.keyboard.press("Enter");
    await expect.poll(focused).toBe("Keep it");
    await page.keyboard.press("Escape");
    await expect.poll(focused).toBe("More");

    await page.keyboard.press("Control+k");
    await page.getByPlaceholder("A run, a series").fill("n");
    await page.getByRole("option", { name: "n", exact: true }).click();
    await page.waitForURL(/chart=n/);
  });

  test("the tab that is open is in sight, however narrow the window", async () => {
    const { child, run } = await visit.train("talk", 20, 1);
    expect(await child.exited, child.output()).toBe(0);
    await page.setViewportSize({ width: 390, height: 844 });
    for (const tab of ["system", "charts", "alerts"]) {
      await page.goto(`${visit.stack.url}/runs/${run}?tab=${tab}`);
      await page.locator("[role=tab]", { hasText: /^alerts\d+$/i }).waitFor({ state: "attached" });
      const isInSight = (open: Element): boolean => {
        const { left, right } = open.getBoundingClientRect();
        return left >= 0 && right <= window.innerWidth;
      };
      await expect.poll(() => page.getByRole("tab", { name: tab, selected: true }).evaluate(isInSight)).toBe(true);
    }
  });

  test("no ring around what has the focus is cut off", async () => {
    const { child, run } = await visit.train("count", 20, 1);
    expect(await child.exited, child.output()).toBe(0);
    const raised = spawnNode([trainer("alerts"), "3", "0"], { env: visit.place.env, cwd: visit.place.folder });
    expect(await raised.exited, raised.output()).toBe(0);
    for (const phase of ["absent", "latent", "functional", "vestigial"])
      await writeFile(join(visit.place.folder, phase), "");
    const { child: life, run: lived } = await visit.train("life");
    expect(await life.exited, life.output()).toBe(0);
    const ofRun = ["", "?tab=checkpoints", "?tab=config", "?tab=console", "?tab=system"].map(
      (tab) => `/runs/${run}${tab}`,
    );
    const ofAlerts = ["?which=all", "?tab=rules", "?tab=channels"].map((tab) => `/alerts${tab}`);
    for (const path of ["/projects", "/runs", "/settings", `/runs/${lived}?tab=life`, ...ofRun, ...ofAlerts]) {
      for (const width of [1440, 390]) {
        await page.setViewportSize({ width, height: 900 });
        await page.goto(`${visit.stack.url}${path}`, { waitUntil: "networkidle" });
        expect(await page.evaluate(findCutRings), `${path} at ${width}`).toEqual([]);
      }
    }
  });
});

describe("without the hub", () => {
  test("everything that was live says so, and all comes back by itself", async () => {
    const { run } = await visit.train("count", 5000, 10);
    await page.goto(`${visit.stack.url}/runs/${run}`);
    await page.locator('[data-testid="run-state"]', { hasText: "running" }).waitFor();
    await page.getByRole("navigation").getByText("1 running").first().waitFor();
    await visit.stack.child.kill("SIGKILL");
    await page.locator('[data-testid="run-state"]', { hasText: "was running" }).waitFor();
    await page.getByText("the hub is out of reach").waitFor();
    await page
      .getByRole("navigation")
      .getByText(/1 running at /)
      .first()
      .waitFor();
    expect(await page.getByText("steps/s").count()).toBe(0);
    await visit.restart();
    await page.locator('[data-testid="connection"][data-state="live"]').waitFor();
    await page.getByRole("navigation").getByText("1 running", { exact: true }).first().waitFor();
  });

  test("a page that cannot read says what to do, and reads when it can", async () => {
    await page.route("**/api/v1/runs?*", (route) => route.abort());
    await page.goto(`${visit.stack.url}/runs`);
    await page.getByText("The hub cannot be reached.").waitFor();
    await page.unroute("**/api/v1/runs?*");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.locator("tbody tr").first().waitFor();
  });
});

/**
 * In the page: gives each thing that can have the focus the focus, and names those whose ring reaches beyond a box that
 * hides what overflows.
 */
function findCutRings(): string[] {
  const cut: string[] = [];
  for (const element of document.querySelectorAll<HTMLElement>(
    "a[href], button, input, select, textarea, [tabindex]",
  )) {
    if (element.tabIndex < 0 || element.offsetParent === null) continue;
    element.focus({ focusVisible: true } as FocusOptions);
    if (document.activeElement !== element || !element.matches(":focus-visible")) continue;
    const style = getComputedStyle(element);
    const ring =
      style.outlineStyle === "none"
        ? 0
        : Number.parseFloat(style.outlineWidth) + Number.parseFloat(style.outlineOffset);
    if (ring <= 0) continue;
    const box = element.getBoundingClientRect();
    for (let parent = element.parentElement; parent !== null; parent = parent.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(parent);
      const bounds = parent.getBoundingClientRect();
      const left = bounds.left + parent.clientLeft;
      const top = bounds.top + parent.clientTop;
      const isCutX =
        overflowX !== "visible" && (box.left - ring < left - 0.5 || box.right + ring > left + parent.clientWidth + 0.5);
      const isCutY =
        overflowY !== "visible" && (box.top - ring < top - 0.5 || box.bottom + ring > top + parent.clientHeight + 0.5);
      if (isCutX || isCutY) {
        cut.push(
          `${element.tagName} ${element.getAttribute("aria-label") ?? element.textContent?.slice(0, 40)} in ${parent.className.slice(0, 60)}`,
        );
        break;
      }
    }
  }
  return cut;
}
