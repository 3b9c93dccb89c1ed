import { keyCreatedSchema } from "@tailbone/protocol/access";
import { errorBodySchema } from "@tailbone/protocol/errors";
import { projectListSchema } from "@tailbone/protocol/http";
import { LIMITS } from "@tailbone/protocol/limits";
import { INITIAL_LAYOUT, type PanelLayout } from "@tailbone/protocol/page-state/panels";
import { pageStateSchema } from "@tailbone/protocol/page-state/saved";
import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, expect, test } from "vitest";
import { join, type Person, personOf } from "../auth/people.test-util";
import { nextEvent, openRequest, readJson, startTestHub, type TestHub, unwrap } from "../test-hub";

let hub: TestHub;
let owner: Person;
let project: string;
beforeAll(async () => {
  hub = await startTestHub({ TAILBONE_PAGE_SAVES_PER_MINUTE: "30" });
  owner = personOf(hub, await hub.signIn());
  for (const name of ["digits", "letters"])
    unwrap(await hub.writer().emitWithAck("writer:open", openRequest({ project: name })));
  const { projects } = await readJson(await hub.fetch("/api/v1/projects"), projectListSchema);
  project = projects.find(({ name }) => name === "digits")?.id ?? "";
});
afterAll(() => hub.close());

type Init = NonNullable<Parameters<TestHub["fetch"]>[1]>;
const pathOf = (page: string, of = project): string => `/api/v1/projects/${of}/page-states/${page}`;
const get = (page: string, init?: Init) => hub.fetch(pathOf(page), init);
const put = (page: string, body: unknown, init: Init = {}, of = project) =>
  hub.fetch(pathOf(page, of), {
    method: "PUT",
    body: JSON.stringify(body),
    ...init,
    headers: { "content-type": "application/json", ...init.headers },
  });
const layout = (order: string[]): PanelLayout => ({ ...INITIAL_LAYOUT, order });
const code = async (response: Response): Promise<unknown> => {
  const { error } = await readJson(response, errorBodySchema);
  return [response.status, error.code];
};

test("what one has arranged all of the team see; who has not seen the newest writes over nothing, and is told who was quicker", async () => {
  expect(await readJson(await get("run"), pageStateSchema)).toEqual({
    revision: 0,
    state: null,
    unreadable: null,
    savedBy: null,
    savedAtMs: null,
  });
  const member = personOf(hub, await join(hub, owner, "member@example.org", "member"));
  const path = pathOf("run").replace("/api", "");
  const first = await owner("PUT", path, { revision: 0, state: layout(["loss"]) });
  const saved = await readJson(first, pageStateSchema);
  expect(saved).toMatchObject({ revision: 1, state: layout(["loss"]), savedAtMs: expect.any(Number) });
  expect(await readJson(await member("GET", path), pageStateSchema)).toEqual(saved);

  const both = await Promise.all(
    ["a", "b", "c"].map((id) => member("PUT", path, { revision: 1, state: layout([id]) })),
  );
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  const refused = both.find(({ status }) => status === 409);
  expect(await refused?.json()).toMatchObject({
    error: { code: "conflict", message: expect.stringMatching(/^\w+.* has changed this/) },
  });
  const won = await readJson(both.find(({ status }) => status === 200) ?? expect.fail(), pageStateSchema);
  expect(await readJson(await get("run"), pageStateSchema)).toEqual(won);
  // A first save of what was saved already is none.
  expect(await code(await put("run", { revision: 0, state: layout([]) }))).toEqual([409, "conflict"]);
  expect(await code(await put("run", { revision: 7, state: layout([]) }))).toEqual([409, "conflict"]);
  expect((await put("run", { revision: 2, state: layout([]) })).status).toBe(200);
});

test("of another team's project, and with a key of another project, there is nothing to see or to change", async () => {
  const { key: stranger } = await hub.addTeam();
  expect(await code(await get("run", { key: stranger }))).toEqual([404, "not_found"]);
  expect(await code(await put("run", { revision: 0, state: layout([]) }, { key: stranger }))).toEqual([
    404,
    "not_found",
  ]);
  expect(await code(await put("run", { revision: 0, state: layout([]) }, {}, uuidv7()))).toEqual([404, "not_found"]);

  const { projects } = await readJson(await hub.fetch("/api/v1/projects"), projectListSchema);
  const letters = projects.find(({ name }) => name === "letters")?.id ?? "";
  const body = { name: "one", scopes: ["admin"], project };
  const { secret: key } = await readJson(await owner("POST", "/v1/keys", body), keyCreatedSchema);
  expect((await get("run", { key })).status).toBe(200);
  expect(await code(await put("run", { revision: 0, state: layout([]) }, { key }, letters))).toEqual([
    404,
    "not_found",
  ]);
});

test("all of the team who are connected hear of what was saved, once it is: nobody else, and nothing of what was refused", async () => {
  const [viewer, stranger] = [hub.viewer(), hub.viewer({ key: (await hub.addTeam()).key })];
  await Promise.all([viewer, stranger].map((each) => each.emitWithAck("project:follow", { project })));
  const heard: string[] = [];
  stranger.on("page:saved", ({ page }) => heard.push(page));
  const { revision } = await readJson(await get("run"), pageStateSchema);
  const saved = nextEvent(viewer, "page:saved");
  expect((await put("run", { revision: revision + 7, state: layout(["never"]) })).status).toBe(409);
  expect((await put("run", { revision, state: layout(["lr"]) })).status).toBe(200);
  expect(await saved).toEqual({ project, page: "run", revision: revision + 1 });
  await stranger.emitWithAck("project:follow", { project });
  expect(heard).toEqual([]);
});

test("only a state of the page itself is saved, within bounds", async () => {
  const columns = { version: 1, facts: ["state", "who"], series: ["loss"] };
  expect((await put("runs", { revision: 0, state: columns })).status).toBe(200);
  expect(await readJson(await get("runs"), pageStateSchema)).toMatchObject({ revision: 1, state: columns });
  expect(await code(await put("run", { revision: 3, state: columns }))).toEqual([400, "bad_request"]);
  expect(await code(await put("runs", { revision: 1, state: layout([]) }))).toEqual([400, "bad_request"]);
  expect(await code(await put("nothing", { revision: 0, state: columns }))).toEqual([400, "bad_request"]);
  const twice = { ...INITIAL_LAYOUT, order: ["loss", "loss"] };
  expect(await code(await put("run", { revision: 3, state: twice }))).toEqual([400, "bad_request"]);
  const long = layout(Array.from({ length: 2000 }, (_, index) => `${index}/`.padEnd(LIMITS.seriesNameBytes, "x")));
  expect(await code(await put("run", { revision: 3, state: long }))).toEqual([413, "too_large"]);
});

test("what cannot be read is told and kept, until somebody saves over it", async () => {
  const sql = hub.database.db.$client;
  await sql`update page_state set state = '{"version": 9, "panes": []}' where project_id = ${project} and page = 'run'`;
  const unread = await readJson(await get("run"), pageStateSchema);
  expect(unread).toMatchObject({ state: null, unreadable: expect.stringContaining("version 9") });
  const [kept] = await sql`select state from page_state where project_id = ${project} and page = 'run'`;
  expect(kept?.state).toMatchObject({ version: 9 });
  expect((await put("run", { revision: unread.revision, state: layout(["lr"]) })).status).toBe(200);
  expect(await readJson(await get("run"), pageStateSchema)).toMatchObject({ unreadable: null, state: layout(["lr"]) });
});

test("a team saves its pages so often a minute and no more: the answer says when to come back, and nothing is lost", async () => {
  const before = await readJson(await get("run"), pageStateSchema);
  let revision = before.revision;
  let refused = await put("run", { revision, state: layout(["a"]) });
  for (; refused.ok; revision++) refused = await put("run", { revision: revision + 1, state: layout(["a"]) });
  expect(await code(refused.clone())).toEqual([429, "rate_limited"]);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(revision).toBeGreaterThan(before.revision);
  expect(await readJson(await get("run"), pageStateSchema)).toMatchObject({ revision, state: layout(["a"]) });
});
