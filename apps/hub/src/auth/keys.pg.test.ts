import {
  KEY_SCOPES,
  type KeyCreate,
  keyCreatedSchema,
  keyListSchema,
  memberListSchema,
} from "@tailbone/protocol/access";
import { projectListSchema, runListSchema } from "@tailbone/protocol/http";
import { ACCESS, type VerbName } from "@tailbone/services/access";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lossFrame, openRequest, readJson, startTestHub, type TestHub, unwrap } from "../test-hub";
import { join, type Person, personOf } from "./people.test-util";

let hub: TestHub;
let owner: Person;
const shapes = openRequest({ project: "shapes" });
const digits = openRequest({ project: "digits" });
beforeAll(async () => {
  hub = await startTestHub();
  owner = personOf(hub, await hub.signIn());
  const socket = hub.writer();
  for (const request of [shapes, digits]) {
    unwrap(await socket.emitWithAck("writer:open", request));
    unwrap(await socket.emitWithAck("frame:append", { run: request.run, writer: request.writer }, lossFrame(0, 3)));
  }
});
afterAll(() => hub.close());

const makeKey = async (wanted: Partial<KeyCreate> = {}, by = owner) =>
  readJson(await by("POST", "/v1/keys", { name: "ci", ...wanted }), keyCreatedSchema);
const ask = async (key: string, method: string, path: string, body?: unknown) =>
  (
    await hub.fetch(`/api/v1${path}`, {
      method,
      key,
      headers: { "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  ).status;
/** Resolves with what a listener hears first; with an error's data where it has some. */
const heard = (listen: (done: (what?: unknown) => void) => unknown) =>
  new Promise<unknown>((resolve) =>
    listen((what) => resolve(what instanceof Error && "data" in what ? what.data : what)),
  );

describe("a key", () => {
  test("may do what its scope says, over HTTP and on sockets, and nothing of what is for people", async () => {
    for (const scope of KEY_SCOPES) {
      const { secret } = await makeKey({ scopes: [scope] });
      const has = (verb: VerbName): boolean => ACCESS[verb].who.scopes.some((one) => one === scope);
      const may = { read: has("listRuns"), ingest: has("openWriter"), edit: has("patchRun") };
      const status = (allowed: boolean) => (allowed ? 200 : 403);
      expect(await ask(secret, "GET", "/me")).toBe(200);
      expect(await ask(secret, "GET", "/runs")).toBe(status(may.read));
      expect(await ask(secret, "POST", "/runs", openRequest())).toBe(status(may.ingest));
      expect(await ask(secret, "PATCH", `/runs/${digits.run}`, { notes: scope })).toBe(status(may.edit));
      for (const [method, path] of [
        ["GET", "/keys"],
        ["POST", "/keys"],
        ["POST", "/members"],
        ["POST", "/channels"],
        ["GET", "/security-log"],
        ["GET", "/me/sessions"],
        ["POST", "/me/account"],
      ] as const) {
        expect([scope, path, await ask(secret, method, path, method === "GET" ? undefined : {})]).toEqual([
          scope,
          path,
          403,
        ]);
      }
      const writer = hub.writer({ key: secret });
      const refused = { code: "forbidden" };
      if (may.ingest) await heard((done) => writer.once("connect", done));
      else expect(await heard((done) => writer.once("connect_error", done))).toMatchObject(refused);
      const viewer = hub.viewer({ key: secret });
      if (may.read) await heard((done) => viewer.once("connect", done));
      else expect(await heard((done) => viewer.once("connect_error", done))).toMatchObject(refused);
      writer.disconnect();
      viewer.disconnect();
    }
  });

  test("makes no keys, whatever its scope", async () => {
    const { secret } = await makeKey({ scopes: [...KEY_SCOPES] });
    expect(await ask(secret, "POST", "/keys", { name: "child" })).toBe(403);
    expect(await ask(hub.localKey, "POST", "/keys", { name: "child" })).toBe(403);
    const { keys } = await readJson(await owner("GET", "/v1/keys"), keyListSchema);
    expect(keys.map(({ name }) => name)).not.toContain("child");
  });

  test("says who made it, and the one on this machine can log and read", async () => {
    const { id } = await makeKey({ name: "from the owner" });
    const { keys } = await readJson(await owner("GET", "/v1/keys"), keyListSchema);
    expect(keys.find((key) => key.id === id)).toMatchObject({
      createdBy: { name: "Owner" },
      scopes: ["ingest", "read"],
      project: null,
      expiresAtMs: null,
    });
    expect(keys.find(({ name }) => name.startsWith("this machine"))).toMatchObject({ scopes: ["ingest", "read"] });
  });

  test("of one project reaches that project alone", async () => {
    const { projects } = await readJson(await owner("GET", "/v1/projects"), projectListSchema);
    const only = projects.find(({ name }) => name === "shapes") ?? expect.fail("no project");
    const other = projects.find(({ name }) => name === "digits") ?? expect.fail("no project");
    const { secret } = await makeKey({ scopes: ["admin"], project: only.id });
    const seen = await readJson(await hub.fetch("/api/v1/projects", { key: secret }), projectListSchema);
    expect(seen.projects.map(({ name }) => name)).toEqual(["shapes"]);
    const { runs } = await readJson(await hub.fetch("/api/v1/runs", { key: secret }), runListSchema);
    expect(new Set(runs.map(({ project }) => project.name))).toEqual(new Set(["shapes"]));
    for (const [method, path, expected] of [
      ["GET", "/runs?project=shapes", 200],
      ["GET", "/runs?project=digits", 404],
      ["GET", `/projects/${only.id}`, 200],
      ["GET", `/projects/${other.id}`, 404],
      ["GET", `/runs/${shapes.run}/points?series=loss`, 200],
      ["GET", `/runs/${digits.run}`, 404],
      ["GET", `/runs/${digits.run}/points?series=loss`, 404],
      ["GET", `/runs/${digits.run}/console`, 404],
      ["PATCH", `/runs/${digits.run}`, 404],
      ["DELETE", `/runs/${digits.run}`, 404],
      ["GET", "/alerts", 403],
      ["GET", "/rules", 403],
      ["GET", "/members", 403],
      ["GET", "/deliveries", 403],
    ] as const) {
      expect([path, await ask(secret, method, path)]).toEqual([path, expected]);
    }
    expect(await ask(secret, "POST", "/runs", openRequest({ project: "shapes" }))).toBe(200);
    expect(await ask(secret, "POST", "/runs", openRequest({ project: "new" }))).toBe(403);
    const after = await readJson(await owner("GET", "/v1/projects"), projectListSchema);
    expect(after.projects.map(({ name }) => name)).not.toContain("new");

    const writer = hub.writer({ key: secret });
    const wrong = { run: digits.run, writer: digits.writer };
    expect(await writer.emitWithAck("writer:open", { ...digits, mode: "resume" })).toMatchObject({
      ok: false,
      error: { code: "forbidden" },
    });
    expect(await writer.emitWithAck("frame:append", wrong, lossFrame(1))).toMatchObject({
      ok: false,
      error: { code: "not_found" },
    });
    const frames = await hub.fetch(`/api/v1/runs/${digits.run}/frames?writer=${digits.writer}`, {
      method: "POST",
      key: secret,
      body: lossFrame(1),
      headers: { "content-type": "application/octet-stream" },
    });
    expect(frames.status).toBe(404);
    const right = { run: shapes.run, writer: shapes.writer };
    unwrap(await writer.emitWithAck("frame:append", right, lossFrame(1)));
    const viewer = hub.viewer({ key: secret });
    expect(await viewer.emitWithAck("run:follow", { run: digits.run, offset: null })).toMatchObject({ ok: false });
    expect(await viewer.emitWithAck("project:follow", { project: other.id })).toMatchObject({ ok: false });
    unwrap(await viewer.emitWithAck("run:follow", { run: shapes.run, offset: null }));
  });

  test("is of no use once its time is over", async () => {
    expect((await owner("POST", "/v1/keys", { name: "late", expiresAtMs: Date.now() - 1 })).status).toBe(400);
    const { id, secret } = await makeKey({ expiresAtMs: Date.now() + 60_000 });
    expect(await ask(secret, "GET", "/runs")).toBe(200);
    await hub.database.db.$client`update apikey set expires_at = now() - interval '1 second' where id = ${id}`;
    await hub.restart();
    expect(await ask(secret, "GET", "/runs")).toBe(401);
  });
});

describe("a member who is made a viewer", () => {
  test("changes nothing from then on, by page, key or open socket, and still sees everything", async () => {
    const cookie = await join(hub, owner, "di@example.org");
    const di = personOf(hub, cookie);
    const theirs = await makeKey({ scopes: [...KEY_SCOPES] }, di);
    const writer = hub.writer({ key: theirs.secret });
    const viewer = hub.viewer({}, { cookie, origin: hub.url });
    await Promise.all([heard((done) => writer.once("connect", done)), heard((done) => viewer.once("connect", done))]);
    expect(await ask(theirs.secret, "PATCH", `/runs/${digits.run}`, { notes: "a member's" })).toBe(200);

    const refused = heard((done) => writer.once("connect_error", done));
    const again = heard((done) => viewer.once("disconnect", () => viewer.once("connect", done)));
    const { members } = await readJson(await owner("GET", "/v1/members"), memberListSchema);
    const { id } = members.find(({ email }) => email === "di@example.org") ?? expect.fail("no member");
    expect((await owner("PATCH", `/v1/members/${id}`, { role: "viewer" })).status).toBe(200);
    expect(await refused).toMatchObject({ code: "forbidden", message: expect.stringContaining("viewer") });
    await again;
    expect(await ask(theirs.secret, "PATCH", `/runs/${digits.run}`, { notes: "a viewer's" })).toBe(403);
    expect(await ask(theirs.secret, "POST", "/runs", openRequest())).toBe(403);
    expect(await ask(theirs.secret, "GET", `/runs/${digits.run}`)).toBe(200);
    expect((await di("PATCH", `/v1/runs/${digits.run}`, { notes: "a viewer's" })).status).toBe(403);
    expect((await di("POST", "/v1/keys", { name: "mine" })).status).toBe(403);
    expect((await di("GET", `/v1/runs/${digits.run}`)).status).toBe(200);
    unwrap(await viewer.emitWithAck("run:follow", { run: digits.run, offset: null }));
  });
});

describe("a member who is removed", () => {
  test("takes their keys along at once, on open sockets too, and nobody else's", async () => {
    const boCookie = await join(hub, owner, "bo@example.org");
    const bo = personOf(hub, boCookie);
    const theirs = await makeKey({ name: "bo's" }, bo);
    const kept = await makeKey({ name: "kept" });
    const writer = hub.writer({ key: theirs.secret });
    const viewer = hub.viewer({}, { cookie: boCookie, origin: hub.url });
    const other = hub.writer({ key: kept.secret });
    await Promise.all([
      heard((done) => writer.once("connect", done)),
      heard((done) => viewer.once("connect", done)),
      heard((done) => other.once("connect", done)),
    ]);
    expect(await ask(theirs.secret, "GET", "/runs")).toBe(200);

    const gone = Promise.all([
      heard((done) => writer.once("disconnect", done)),
      heard((done) => viewer.once("disconnect", done)),
    ]);
    const refused = Promise.all([
      heard((done) => writer.once("connect_error", done)),
      heard((done) => viewer.once("connect_error", done)),
    ]);
    const { members } = await readJson(await owner("GET", "/v1/members"), memberListSchema);
    const { id } = members.find(({ email }) => email === "bo@example.org") ?? expect.fail("no member");
    expect((await owner("DELETE", `/v1/members/${id}`)).status).toBe(200);
    await gone;
    expect(await refused).toMatchObject([{ code: "unauthenticated" }, { code: "forbidden" }]);
    expect(await ask(theirs.secret, "GET", "/runs")).toBe(401);
    expect((await bo("GET", "/v1/runs")).status).toBe(403);
    expect(await ask(kept.secret, "GET", "/runs")).toBe(200);
    expect(other.connected).toBe(true);
  });

  test("revokes their own keys before that, and not another's", async () => {
    const cy = personOf(hub, await join(hub, owner, "cy@example.org"));
    const mine = await makeKey({ name: "cy's" }, cy);
    const { id: foreign } = await makeKey({ name: "owner's" });
    expect((await cy("DELETE", `/v1/keys/${foreign}`)).status).toBe(404);
    expect((await cy("DELETE", `/v1/keys/${mine.id}`)).status).toBe(200);
    expect(await ask(mine.secret, "GET", "/runs")).toBe(401);
  });
});
