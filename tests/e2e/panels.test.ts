import { callHub } from "@tailbone/client/call-hub";
import { projectListSchema } from "@tailbone/protocol/http";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchBrowser } from "../support/browser";
import { type Child, spawnNode } from "../support/processes";
import { openPlace, type Place, type Stack, startStack, trainer } from "../support/stack";

let browser: Browser;
let owner: Page;
let member: Page;
let place: Place;
let stack: Stack;
let child: Child;
let run: string;
let project: string;

const viewport = { width: 1440, height: 1000 };
/** As long as a page may take to be drawn on a busy machine. */
const soon = { timeout: 20_000 };
const HEADS = Array.from({ length: 8 }, (_, head) => `head_${head}/loss`);

beforeAll(async () => {
  [browser, place] = await Promise.all([launchBrowser(), openPlace()]);
  stack = await startStack(place);
  const context = await browser.newContext({ viewport });
  owner = await context.newPage();
  await owner.goto(stack.signInLink);
  await owner.waitForURL((url) => !url.pathname.startsWith("/api/") && !url.pathname.startsWith("/sign-in"));
  member = await (await joinTeam(context)).newPage();
  child = spawnNode([trainer("panels")], { env: place.env, cwd: place.folder });
  ({ run } = JSON.parse(await child.line((text) => text.startsWith('{"run"'))));
  expect(await child.exited, child.output()).toBe(0);
  const { projects } = await callHub(stack.hub, projectListSchema, "/projects");
  project = projects[0]?.id ?? "";
});

afterAll(async () => {
  await child?.kill("SIGKILL");
  await browser?.close();
  await stack?.stop();
  await place?.remove();
});

/** Somebody who was invited, made an account and signed in. */
async function joinTeam(inviter: BrowserContext): Promise<BrowserContext> {
  const headers = { origin: stack.url };
  const account = { name: "Grace", email: "grace@example.org", password: "four words of nonsense" };
  const invited = await inviter.request.post(`${stack.url}/api/v1/members`, {
    headers,
    data: { email: account.email, role: "member" },
  });
  const { link }: { link: string } = await invited.json();
  const context = await browser.newContext({ viewport });
  const accept = { token: new URL(link).hash.slice(1), account };
  const accepted = await context.request.post(`${stack.url}/api/v1/invitations/accept`, { headers, data: accept });
  expect(accepted.ok(), await accepted.text()).toBe(true);
  const entered = await context.request.post(`${stack.url}/api/auth/sign-in/email`, {
    headers,
    data: { email: account.email, password: account.password },
  });
  expect(entered.ok(), await entered.text()).toBe(true);
  return context;
}

const panel = (on: Page, title: string): Locator => on.locator(`[data-testid="panel"][data-panel="${title}"]`);
const titles = (on: Page, section: string): Promise<string[]> =>
  on
    .getByRole("region", { name: section, exact: true })
    .locator('[data-testid="panel"]')
    .evaluateAll((panels) => panels.map((one) => one.getAttribute("data-panel") ?? ""));

async function open(on: Page, query = ""): Promise<void> {
  await on.goto(`${stack.url}/runs/${run}${query}`);
  await on.locator('[data-testid="chart"] .series-raw').first().waitFor();
}
/** Does something, and waits until the hub has said that it is saved. */
async function saving(on: Page, act: () => Promise<unknown>): Promise<void> {
  const saved = on.waitForResponse((answer) => answer.request().method() === "PUT" && answer.ok());
  await act();
  await saved;
}
async function menu(on: Page, title: string, item: string, isCheck = false): Promise<void> {
  await panel(on, title).hover();
  await panel(on, title)
    .getByRole("button", { name: `Arrange ${title}` })
    .click();
  await on.getByRole(isCheck ? "menuitemcheckbox" : "menuitem", { name: item }).click();
}
async function carry(on: Page, title: string, onto: string, share: number): Promise<void> {
  await panel(on, title).hover();
  const handle = await panel(on, title)
    .getByRole("button", { name: `Move ${title}` })
    .boundingBox();
  const target = await panel(on, onto).boundingBox();
  if (handle === null || target === null) throw new Error("both panels are on the page");
  await on.mouse.move(handle.x + handle.width / 2, handle.y + handle.height / 2);
  await on.mouse.down();
  await on.mouse.move(target.x + target.width * share, target.y + target.height / 2, { steps: 8 });
  const mark = share > 0.25 && share < 0.75 ? "drop-onto" : "drop-beside";
  await panel(on, onto).getByTestId(mark).waitFor();
}
async function drag(on: Page, title: string, onto: string, share: number): Promise<void> {
  await carry(on, title, onto, share);
  await saving(on, () => on.mouse.up());
}
const isRead = (method: string): boolean => method === "GET";
const hasFocus = (on: Locator): Promise<void> =>
  expect.poll(() => on.evaluate((found) => found === document.activeElement), soon).toBe(true);
const linesOf = async (on: Page, title: string): Promise<string | null> =>
  panel(on, title).getByTestId("chart").getAttribute("data-lines");

describe("panels of a project", () => {
  test("one dragged onto another is drawn in it, for everybody; what is done can be undone, and a series taken out", async () => {
    await open(owner);
    expect((await titles(owner, "Charts")).slice(0, 3)).toEqual(["loss", "lr", "val_loss"]);
    await drag(owner, "val_loss", "loss", 0.5);
    await panel(owner, "loss, val_loss").waitFor();
    expect(await linesOf(owner, "loss, val_loss")).toBe("2");
    await saving(owner, () => owner.getByRole("button", { name: "Undo" }).click());
    await panel(owner, "val_loss").waitFor();
    await drag(owner, "val_loss", "loss", 0.5);
    await panel(owner, "loss, val_loss").waitFor();
    await open(member);
    expect(await titles(member, "Charts")).toEqual(["loss, val_loss", "lr"]);

    await menu(owner, "loss, val_loss", "Add series …");
    const dialog = owner.getByRole("dialog");
    await dialog.getByLabel("val_loss").uncheck();
    await saving(owner, () => dialog.getByRole("button", { name: "Save" }).click());
    await panel(owner, "val_loss").waitFor();
    expect(await titles(owner, "Charts")).toEqual(["loss", "lr", "val_loss"]);
  }, 120_000);

  test("one by a pattern takes all that fit, and is drawn with its eight lines", async () => {
    await open(owner);
    await owner.getByRole("button", { name: "Panels" }).click();
    await owner.getByRole("menuitem", { name: "Add a panel …" }).click();
    const dialog = owner.getByRole("dialog");
    await dialog.getByLabel("Pattern").fill("head_*/loss");
    await dialog.getByText("8 of 15 series shown").waitFor();
    await dialog.getByLabel("Title").fill("Heads");
    await saving(owner, () => owner.keyboard.press("Enter"));
    await panel(owner, "Heads").waitFor();
    await expect.poll(() => linesOf(owner, "Heads"), soon).toBe("8");
    await expect.poll(() => panel(owner, "Heads").locator(".series-raw").count(), soon).toBe(8);
    for (const head of HEADS) expect(await panel(owner, head).count()).toBe(0);
    expect(await panel(owner, "Heads").getByTestId("legend").locator("li").count()).toBe(8);
  }, 60_000);

  test("order, size, what is pinned and what is hidden survive a reload, and are seen by another member", async () => {
    await open(owner);
    await drag(owner, "val_loss", "loss", 0.1);
    await saving(owner, () => menu(owner, "lr", "Pin to the top"));
    await saving(owner, () => menu(owner, "Heads", "Wide", true));
    await saving(owner, () => menu(owner, "train/acc", "Hide"));
    const look = async (on: Page): Promise<unknown> => ({
      pinned: await titles(on, "Pinned"),
      charts: await titles(on, "Charts"),
      wide: await panel(on, "Heads").getAttribute("data-size"),
      gone: await panel(on, "train/acc").count(),
      hidden: await on.getByRole("button", { name: /^Hidden/ }).textContent(),
    });
    const wanted = {
      pinned: ["lr"],
      charts: ["Heads", "val_loss", "loss"],
      wide: "wide",
      gone: 0,
      hidden: "Hidden1 panel, 1 series",
    };
    expect(await look(owner)).toEqual(wanted);
    await open(owner);
    expect(await look(owner)).toEqual(wanted);
    await open(member);
    expect(await look(member)).toEqual(wanted);

    await member.getByRole("button", { name: /^Hidden/ }).click();
    await member.waitForURL(/hidden=true/);
    await saving(member, () => member.getByRole("button", { name: "Show train/acc" }).click());
    await panel(member, "train/acc").waitFor();
  }, 120_000);

  test("by the keyboard alone: picked up, carried, let go; moved and given a series by its menu", async () => {
    await open(member);
    const press = async (...keys: string[]): Promise<void> => {
      for (const key of keys) await member.keyboard.press(key);
    };
    const said = member.getByRole("status").filter({ hasText: /loss/ });
    await panel(member, "val_loss").getByRole("button", { name: "Move val_loss" }).focus();
    await press("Space");
    await said.filter({ hasText: "val_loss in its place." }).waitFor();
    await press("ArrowRight");
    await said.filter({ hasText: "val_loss onto loss: both in one panel." }).waitFor();
    await press("ArrowRight");
    await said.filter({ hasText: "val_loss behind loss." }).waitFor();
    await saving(member, () => press("Space"));
    await expect.poll(() => titles(member, "Charts"), soon).toEqual(["Heads", "loss", "val_loss"]);

    await panel(member, "val_loss").getByRole("button", { name: "Arrange val_loss" }).focus();
    await press("Enter");
    await member.getByRole("menuitem", { name: "Move earlier" }).focus();
    await saving(member, () => press("Enter"));
    await expect.poll(() => titles(member, "Charts"), soon).toEqual(["Heads", "val_loss", "loss"]);

    await panel(member, "val_loss").getByRole("button", { name: "Arrange val_loss" }).focus();
    await press("Enter");
    await member.getByRole("menuitem", { name: "Add series …" }).focus();
    await press("Enter");
    await hasFocus(member.getByLabel("Find a series"));
    await press("Escape");
    await hasFocus(panel(member, "val_loss").getByRole("button", { name: "Arrange val_loss" }));
    await press("Enter");
    await member.getByRole("menuitem", { name: "Add series …" }).focus();
    await press("Enter");
    await hasFocus(member.getByLabel("Find a series"));
    await member.keyboard.type("loss");
    await member.getByRole("dialog").getByLabel("loss", { exact: true }).focus();
    await press("Space");
    await saving(member, () => press("Enter"));
    await panel(member, "val_loss, loss").waitFor();
    expect(await linesOf(member, "val_loss, loss")).toBe("2");
    await hasFocus(panel(member, "val_loss, loss").getByRole("button", { name: "Arrange val_loss, loss" }));

    const panels = member.getByRole("button", { name: "Panels" });
    await panels.focus();
    await press("Enter");
    await member.getByRole("menuitem", { name: "Add a panel …" }).focus();
    await press("Enter");
    await hasFocus(member.getByLabel("Pattern"));
    await press("Escape");
    await hasFocus(panels);
  }, 120_000);

  test("two who change at once both get their way, and the slower is told; sections go as deep as one likes", async () => {
    await open(owner);
    await open(member);
    // The owner's page does not hear of it before it has tried.
    const refused = owner.waitForResponse((answer) => answer.status() === 409);
    const path = `**/api/v1/projects/${project}/page-states/run`;
    await owner.route(path, async (route) => {
      if (isRead(route.request().method())) await refused;
      await route.continue();
    });
    await saving(member, () => menu(member, "val_loss, loss", "Split into single panels"));
    await owner.getByRole("button", { name: "Panels" }).click();
    await owner.getByRole("menuitemcheckbox", { name: "First two parts" }).click();
    await owner.getByText("Grace has changed this meanwhile.").waitFor();
    await owner.unroute(path);
    await owner.getByRole("button", { name: /^grad\/layer_1/ }).waitFor();
    await panel(owner, "val_loss").waitFor();
    await open(member);
    await member.getByRole("button", { name: /^grad\/layer_2/ }).waitFor();

    // Folding is one's own, in the URL, until it is said to be everybody's.
    await owner.getByRole("button", { name: /^grad\/layer_1/ }).click();
    await owner.waitForURL(/closed=grad\/layer_1/);
    await owner.getByRole("button", { name: "Panels" }).click();
    await saving(owner, () => owner.getByRole("menuitem", { name: "Fold sections so for the whole team" }).click());
    await open(member);
    const folded = member.getByRole("button", { name: /^grad\/layer_1/ });
    expect(await folded.getAttribute("aria-expanded")).toBe("false");
  }, 120_000);

  test("what another arranges comes by itself, though not beneath a panel that is dragged: then both changes are kept", async () => {
    await open(owner);
    await open(member);
    const size = (on: Page): Promise<string | null> => panel(on, "loss").getAttribute("data-size");
    await saving(owner, () => menu(owner, "loss", "Wide", true));
    await expect.poll(() => size(member), soon).toBe("wide");

    expect(await titles(member, "Charts")).toEqual(["Heads", "loss", "val_loss"]);
    // All of it in sight, so that the page does not scroll beneath what is held.
    await member.setViewportSize({ width: viewport.width, height: 2400 });
    await carry(member, "val_loss", "loss", 0.1);
    const heard = member.waitForResponse(
      (answer) => isRead(answer.request().method()) && answer.url().endsWith("/page-states/run"),
    );
    await saving(owner, () => menu(owner, "loss", "Medium", true));
    await (await heard).finished();
    await member.evaluate(() => new Promise(requestAnimationFrame));
    expect(await size(member)).toBe("wide");
    await saving(member, () => member.mouse.up());
    await expect.poll(() => size(member), soon).toBe("medium");
    for (const on of [member, owner])
      await expect.poll(() => titles(on, "Charts"), soon).toEqual(["Heads", "val_loss", "loss"]);
    await member.setViewportSize(viewport);
  }, 120_000);

  test("keep what is seen of each in the URL: a window of its own, its y axis, lines that are left out", async () => {
    await open(owner, "?zoom=100..200");
    await menu(owner, "loss", "Keep this zoom here");
    await owner.waitForURL(/zooms=100\.\.200@loss/);
    await owner.getByRole("button", { name: "Show all" }).click();
    await owner.waitForURL((url) => !url.searchParams.has("zoom"));
    const steps = (on: Page, title: string) =>
      panel(on, title).getByTestId("x-labels").locator("text").allTextContents();
    await expect.poll(async () => (await steps(owner, "loss")).at(-1), soon).toBe("200");
    await expect.poll(async () => (await steps(owner, "val_loss")).at(-1), soon).toBe("300");
    await panel(owner, "Heads").getByTestId("legend").getByRole("button").first().click();
    await owner.waitForURL(/off=head_0\/loss@/);

    await member.goto(owner.url());
    await expect.poll(async () => (await steps(member, "loss")).at(-1), soon).toBe("200");
    await expect.poll(() => panel(member, "Heads").locator(".series-raw").count(), soon).toBe(7);
  }, 60_000);

  test("what cannot be read is said, shown by default and written over by nobody; what cannot be saved is taken back", async () => {
    const path = `**/api/v1/projects/${project}/page-states/run`;
    await owner.route(path, (route) => (isRead(route.request().method()) ? route.abort() : route.continue()));
    await open(owner);
    await owner.getByRole("alert").filter({ hasText: "nothing can be arranged" }).waitFor();
    expect(await panel(owner, "Heads").count()).toBe(0);
    await panel(owner, "head_0/loss").first().waitFor();
    expect(await owner.getByRole("button", { name: /^(Arrange|Move|Panels)/ }).count()).toBe(0);
    await owner.unroute(path);
    await owner.getByRole("button", { name: "Try again" }).click();
    await panel(owner, "Heads").waitFor();

    await owner.route(path, (route) => (isRead(route.request().method()) ? route.continue() : route.abort()));
    await menu(owner, "loss", "Hide");
    await owner.getByText("Your change is not saved.").waitFor();
    await panel(owner, "loss").waitFor();
    await owner.unroute(path);
  }, 120_000);
});

test("the columns of a project's runs are kept for everybody when one says so", async () => {
  await owner.goto(`${stack.url}/projects/${project}`);
  await owner.locator("tbody tr").waitFor();
  await owner.getByRole("button", { name: "Columns" }).click();
  await owner.getByRole("menuitemcheckbox", { name: "Lives" }).click();
  await owner.waitForURL(/facts=/);
  await saving(owner, () => owner.getByRole("menuitem", { name: "Keep these for the whole team" }).click());
  await owner.waitForURL((url) => !url.searchParams.has("facts"));
  await member.goto(`${stack.url}/projects/${project}`);
  await member.locator("tbody tr").waitFor();
  expect(await member.getByRole("columnheader", { name: "Lives" }).count()).toBe(0);
  expect(await member.getByRole("columnheader", { name: "Tags" }).count()).toBe(1);
}, 60_000);
