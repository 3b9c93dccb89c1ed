import { openTestDatabase, type TestDatabase } from "@tailbone/db/server/testing";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchBrowser } from "../support/browser";
import { spawnNode } from "../support/processes";
import { openPlace, type Place, type Stack, startStack, trainer } from "../support/stack";

let browser: Browser;
let page: Page;
let database: TestDatabase;
let place: Place;
let stack: Stack;
let run: string;

beforeAll(async () => {
  [browser, database] = await Promise.all([launchBrowser(), openTestDatabase()]);
  place = await openPlace({ DATABASE_URL: database.url });
  stack = await startStack(place);
  page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  await page.goto(stack.signInLink);
  await page.waitForURL((url) => !url.pathname.startsWith("/api/") && !url.pathname.startsWith("/sign-in"));
  for (let runs = 0; runs < 2; runs++) {
    const child = spawnNode([trainer("count"), "200", "0"], { env: place.env, cwd: place.folder });
    const line: { run: string } = JSON.parse(await child.line((text) => text.startsWith('{"run"')));
    run = line.run;
    expect(await child.exited).toBe(0);
  }
  // As another version, or somebody by hand, may have left them.
  const sql = database.db.$client;
  await sql`update run set state = 'paused', config = '[1]'::json, total_steps = 'NaN' where id = ${run}`;
  await sql`update chunk set points = substring(points for 30) where run_id = ${run}`;
  await sql`
    insert into alert (id, team_id, run_id, title, text, level, time_ms)
    select gen_random_uuid(), team_id, id, 'the loss jumps', '', 'loud', ${Date.now()} from run where id = ${run}`;
  await sql`
    update rule set condition = '{"type": "telepathy"}'::jsonb where name = 'A loss is not a number'`;
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
  await database?.close();
  await place?.remove();
});

/** For a look at the pages: set TEST_PICTURES to a folder. */
async function picture(name: string): Promise<void> {
  const folder = process.env.TEST_PICTURES;
  if (folder !== undefined) await page.screenshot({ path: `${folder}/unreadable-${name}.png` });
}

test("a row that cannot be read stands in its list as such, and the rest of a run is shown", async () => {
  await page.goto(`${stack.url}/runs`);
  const row = page.getByRole("row").filter({ hasText: "unreadable" });
  await row.getByText("state, totalSteps unreadable").waitFor();
  expect(await row.getByTestId("run-state").textContent()).toBe("unreadable");
  expect(await page.getByRole("table", { name: "Runs" }).getByTestId("run-state").allTextContents()).toEqual(
    expect.arrayContaining(["unreadable", "finished"]),
  );
  await picture("runs");

  await page.goto(`${stack.url}/runs/${run}?tab=config`);
  const said = page.getByTestId("unreadable");
  await said.getByText("3 things that are stored cannot be read").click();
  await said.getByText("state: Invalid option").waitFor();
  await said.getByText("It is kept as it is").waitFor();
  await picture("run");
  await page.getByRole("tab", { name: "Charts" }).click();
  await page.getByRole("figure").first().getByText("chunk unreadable").waitFor();

  await page.goto(`${stack.url}/alerts`);
  const alert = page.getByTestId("alert").filter({ hasText: "the loss jumps" });
  await alert.getByText("level unreadable").waitFor();
  await picture("alerts");
  await alert.getByRole("button", { name: "the loss jumps" }).click();
  await page.keyboard.press("e");
  await alert.getByText(/^acknowledged/).waitFor();

  await page.goto(`${stack.url}/alerts?tab=rules`);
  const rule = page.getByTestId("unreadable").filter({ hasText: "A loss is not a number" });
  await rule.getByText("cannot be read").waitFor();
  await picture("rules");
  await rule.getByRole("button", { name: "Delete A loss is not a number" }).click();
  await page.getByRole("button", { name: "Delete it" }).click();
  await rule.waitFor({ state: "detached" });
  expect(await page.getByTestId("rule").count()).toBe(3);
});
