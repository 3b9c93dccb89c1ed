import { readFile, stat } from "node:fs/promises";
import { keyCreatedSchema } from "@tailbone/protocol/access";
import { errorBodySchema } from "@tailbone/protocol/errors";
import { meSchema, projectListSchema } from "@tailbone/protocol/http";
import { LIMITS } from "@tailbone/protocol/limits";
import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { lossFrame, openRequest, readJson, startTestHub, type TestHub, unwrap } from "../test-hub";

let hub: TestHub;
let cookie: string;
const request = openRequest({ name: "seed 1" });
beforeAll(async () => {
  hub = await startTestHub();
  cookie = await hub.signIn();
  const socket = hub.writer();
  unwrap(await socket.emitWithAck("writer:open", request));
  unwrap(await socket.emitWithAck("frame:append", { run: request.run, writer: request.writer }, lossFrame(0, 10)));
});
afterAll(() => hub.close());

const send = (method: string, body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method,
  body: JSON.stringify(body),
  headers: { "content-type": "application/json", ...headers },
});
/** As a person on a page of the hub. */
const asPerson = (init: RequestInit = {}) => ({
  ...init,
  key: null,
  headers: { cookie, origin: hub.url, ...init.headers },
});
const person = async (path: string, init?: RequestInit) => hub.fetch(path, asPerson(init));

const documentSchema = z.object({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
});
describe("the API", () => {
  test("describes every route it has, and no other", async () => {
    const document = await readJson(await hub.fetch("/api/v1/openapi.json"), documentSchema);
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(document).toMatchObject({ openapi: "3.1.0" });
    expect(routes.sort()).toEqual(
      [
        "get /me",
        "post /me/account",
        "get /me/sessions",
        "delete /me/sessions",
        "delete /me/sessions/{id}",
        "get /projects",
        "get /projects/{project}",
        "get /projects/{project}/page-states/{page}",
        "put /projects/{project}/page-states/{page}",
        "get /runs",
        "post /runs",
        "get /runs/{run}",
        "patch /runs/{run}",
        "delete /runs/{run}",
        "post /runs/{run}/frames",
        "post /runs/{run}/log",
        "post /runs/{run}/beat",
        "get /runs/{run}/series",
        "get /runs/{run}/events",
        "get /runs/{run}/features",
        "get /runs/{run}/points",
        "get /runs/{run}/checkpoints",
        "get /runs/{run}/console",
        "get /alerts",
        "patch /alerts/{id}",
        "get /rules",
        "post /rules",
        "patch /rules/{id}",
        "delete /rules/{id}",
        "post /rules/replay",
        "get /channels",
        "post /channels",
        "delete /channels/{id}",
        "post /channels/{id}/test",
        "get /deliveries",
        "post /deliveries/{id}/retry",
        "get /keys",
        "post /keys",
        "delete /keys/{key}",
        "get /members",
        "post /members",
        "patch /members/{id}",
        "delete /members/{id}",
        "delete /members/invitations/{id}",
        "post /invitations/look",
        "post /invitations/accept",
        "get /security-log",
      ].sort(),
    );
  });

  test("lets nobody in without a session or a key, on any route", async () => {
    const document = await readJson(await hub.fetch("/api/v1/openapi.json"), documentSchema);
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const method of Object.keys(methods)) {
        // Whoever holds an invitation enters by that.
        if (path.startsWith("/invitations/")) continue;
        const url = `/api/v1${path.replaceAll(/\{\w+\}/g, request.run)}`;
        const init = { method: method.toUpperCase(), key: null, headers: { origin: hub.url } };
        const response = await hub.fetch(url, init);
        expect([url, response.status]).toEqual([url, 401]);
        expect(await response.json()).toMatchObject({ error: { code: "unauthenticated", hint: expect.any(String) } });
      }
    }
    const wrong = await hub.fetch("/api/v1/me", { key: `tb_${"x".repeat(64)}` });
    expect(wrong.status).toBe(401);
    expect((await hub.fetch("/api/v1/openapi.json", { key: null })).status).toBe(401);
  });

  test("answers what a chart needs", async () => {
    const points = await hub.fetch(`/api/v1/runs/${request.run}/points?series=loss,absent&buckets=5`);
    expect(points.headers.get("cache-control")).toBe("no-store");
    expect(await points.json()).toMatchObject({
      offset: 1,
      axis: "step",
      series: [{ name: "loss", points: 10, total: 10 }],
    });
    const series = await hub.fetch(`/api/v1/runs/${request.run}/series`);
    expect(await series.json()).toMatchObject({ offset: 1, series: [{ name: "loss", points: 10 }] });
    for (const path of ["checkpoints", "console"]) {
      expect((await hub.fetch(`/api/v1/runs/${request.run}/${path}`)).status).toBe(200);
    }
    expect(await (await hub.fetch("/api/v1/alerts")).json()).toMatchObject({ alerts: [], unread: 0, cursor: null });
    const projects = await readJson(await hub.fetch("/api/v1/projects"), projectListSchema);
    expect(projects).toMatchObject({ projects: [{ name: "digits", runs: 1 }] });
    const project = await hub.fetch(`/api/v1/projects/${projects.projects[0]?.id}`);
    expect(await project.json()).toMatchObject({ name: "digits" });
    const runs = await hub.fetch("/api/v1/runs?project=digits&filter=seed");
    expect(await runs.json()).toMatchObject({ total: 1, runs: [{ id: request.run, name: "seed 1" }], cursor: null });
  });

  test("filters runs, and says of a filter that cannot be read where and what would fit", async () => {
    const ask = (filter: string) => hub.fetch(`/api/v1/runs?filter=${encodeURIComponent(filter)}`);
    const found = await ask("started>-7d (last(loss)!=null OR is:failed) -is:archived");
    expect(await found.json()).toMatchObject({ total: 1, runs: [{ id: request.run }] });
    const wrong = await ask("seed started>yesterday");
    expect(wrong.status).toBe(400);
    expect(await wrong.json()).toEqual({
      error: {
        code: "bad_request",
        message: 'Filter, character 14: "yesterday" does not fit.',
        hint: "What fits there: -7d (so long ago), a day such as 2026-01-31, null.",
        place: { from: 13, to: 22 },
      },
    });
    expect((await ask("x".repeat(5000))).status).toBe(400);
  });

  test("names the field that is wrong, and knows no other routes", async () => {
    const cases: [string, RequestInit, number, string, string][] = [
      [`/api/v1/runs/${request.run}/points?series=loss&buckets=0`, {}, 400, "bad_request", "buckets"],
      [`/api/v1/runs/${request.run}/points?series=a,b&raw=1`, {}, 400, "bad_request", "series"],
      ["/api/v1/runs/abc", {}, 400, "bad_request", "run"],
      ["/api/v1/runs?sort=colour", {}, 400, "bad_request", "sort"],
      [`/api/v1/runs/${request.run}`, send("PATCH", { colour: "red" }), 400, "bad_request", "colour"],
      ["/api/v1/runs", send("POST", { ...request, startedAtMs: "now" }), 400, "bad_request", "startedAtMs"],
      ["/api/v1/runs", { ...send("POST", {}), body: "{" }, 400, "bad_request", "JSON"],
      [`/api/v1/runs/${uuidv7()}`, {}, 404, "not_found", "run"],
      ["/api/v1/spells", {}, 404, "not_found", "spells"],
      ["/api/nothing", {}, 404, "not_found", "nothing"],
      ["/api/v1/runs", send("POST", "x".repeat(LIMITS.httpBodyBytes)), 413, "too_large", "body"],
    ];
    for (const [path, init, status, code, word] of cases) {
      const response = await hub.fetch(path, init);
      const body = await readJson(response, errorBodySchema);
      expect([path, response.status, body.error.code]).toEqual([path, status, code]);
      expect(body.error.message).toContain(word);
    }
  });

  test("shows another team's key nothing of a run, on each of its routes", async () => {
    const { key } = await hub.addTeam();
    const [project] = (await readJson(await hub.fetch("/api/v1/projects"), projectListSchema)).projects;
    const paths: [string, RequestInit][] = [
      [`/runs/${request.run}`, {}],
      [`/runs/${request.run}/series`, {}],
      [`/runs/${request.run}/points?series=loss`, {}],
      [`/runs/${request.run}/points?series=loss&raw=1`, {}],
      [`/runs/${request.run}/checkpoints`, {}],
      [`/runs/${request.run}/console`, {}],
      [`/runs/${request.run}`, send("PATCH", { name: "mine" })],
      [`/runs/${request.run}`, { method: "DELETE" }],
      [`/projects/${project?.id}`, {}],
      ["/runs?project=digits", {}],
    ];
    for (const [path, init] of paths) {
      const response = await hub.fetch(`/api/v1${path}`, { ...init, key });
      expect([path, response.status]).toEqual([path, 404]);
    }
    const append = await hub.fetch(`/api/v1/runs/${request.run}/frames?writer=${request.writer}`, {
      method: "POST",
      body: lossFrame(1),
      key,
      headers: { "content-type": "application/octet-stream" },
    });
    expect(append.status).toBe(404);
    const opened = await hub.fetch("/api/v1/runs", { ...send("POST", { ...request, mode: "resume" }), key });
    expect(opened.status).toBe(404);
    expect(await (await hub.fetch("/api/v1/runs", { key })).json()).toMatchObject({ total: 0 });
    expect(await (await hub.fetch("/api/v1/projects", { key })).json()).toMatchObject({ projects: [] });
    const team = (await readJson(await hub.fetch("/api/v1/me"), meSchema)).team.id;
    expect((await hub.fetch("/api/v1/me", { key, headers: { "x-tailbone-team": team } })).status).toBe(403);
  });
});

describe("a person", () => {
  test("signs in by the link, once", async () => {
    expect(await (await person("/api/v1/me")).json()).toMatchObject({
      user: { email: "owner@tailbone.local", hasPassword: false },
      team: { name: "Default team", role: "owner" },
      teams: [{ name: "Default team" }],
    });
    const again = await fetch(hub.hub.signInLink, { redirect: "manual" });
    expect(again.headers.get("location")).toContain("/sign-in?error=INVALID_TOKEN");
    expect(again.headers.getSetCookie()).toEqual([]);
  });

  test("is the same by each loopback name of the hub", async () => {
    const local = hub.url.replace("127.0.0.1", "localhost");
    const response = await fetch(`${local}/api/v1/keys`, {
      ...send("POST", { name: "by localhost" }, { cookie, origin: local }),
    });
    expect(response.status).toBe(200);
    const session = await fetch(`${local}/api/v1/me`, { headers: { cookie } });
    expect(await session.json()).toMatchObject({ user: { email: "owner@tailbone.local" } });
  });

  test("does nothing by a request that a foreign page sends in their name", async () => {
    const body = send("POST", { name: "stolen" });
    const foreign: Record<string, string>[] = [
      { origin: "https://evil.example" },
      { origin: "http://127.0.0.1:1" },
      { origin: "null" },
      { "sec-fetch-site": "same-site" },
      {},
    ];
    for (const headers of foreign) {
      const response = await hub.fetch("/api/v1/keys", {
        ...body,
        key: null,
        headers: { ...body.headers, cookie, ...headers },
      });
      expect([headers, response.status]).toEqual([headers, 403]);
    }
    expect((await person("/api/v1/keys", body)).status).toBe(200);
    const viewer = hub.viewer({}, { cookie, origin: "https://evil.example" });
    await expect(new Promise((_, reject) => viewer.once("connect_error", reject))).rejects.toThrow();
    viewer.disconnect();
    const own = hub.viewer({}, { cookie, origin: hub.url });
    expect(await own.emitWithAck("run:follow", { run: request.run, offset: null })).toMatchObject({ ok: true });
  });
});

describe("a key", () => {
  test("is made, shown once, used, and of no use at once after it was deleted", async () => {
    const created = await readJson(await person("/api/v1/keys", send("POST", { name: "ci" })), keyCreatedSchema);
    expect(created).toMatchObject({ name: "ci", secret: expect.stringMatching(/^tb_/), lastUsedAtMs: null });
    expect(created.secret.startsWith(created.start)).toBe(true);
    expect((await hub.fetch("/api/v1/me", { key: created.secret })).status).toBe(200);
    const listed = await (await person("/api/v1/keys")).text();
    expect(listed).toContain('"ci"');
    expect(listed).not.toContain(created.secret);
    const socket = hub.writer({ key: created.secret });
    await new Promise<void>((resolve) => socket.once("connect", resolve));
    const cut = new Promise<string>((resolve) => socket.once("disconnect", resolve));
    expect((await hub.fetch(`/api/v1/keys/${created.id}`, { method: "DELETE" })).status).toBe(403);
    expect((await person(`/api/v1/keys/${created.id}`, { method: "DELETE" })).status).toBe(200);
    const refused = new Promise<Error>((resolve) => socket.once("connect_error", resolve));
    await cut;
    expect(await refused).toMatchObject({ data: { code: "unauthenticated" } });
    expect((await hub.fetch("/api/v1/me", { key: created.secret })).status).toBe(401);
    expect((await person(`/api/v1/keys/${created.id}`, { method: "DELETE" })).status).toBe(404);
  });

  test("stays in the credentials file over a restart, and is replaced there when it is of no use", async () => {
    const before = hub.localKey;
    await hub.restart();
    expect((await hub.fetch("/api/v1/me", { key: before })).status).toBe(200);
    await hub.database.db.$client`delete from apikey where name like 'this machine%'`;
    await hub.restart();
    const text = await readFile(hub.hub.credentials, "utf8");
    const after = z.record(z.string(), z.object({ key: z.string() })).parse(JSON.parse(text))[hub.url]?.key ?? "";
    expect(after).not.toBe(before);
    expect((await hub.fetch("/api/v1/me", { key: after })).status).toBe(200);
    expect((await hub.fetch("/api/v1/me", { key: before })).status).toBe(401);
    expect((await stat(hub.hub.credentials)).mode & 0o777).toBe(0o600);
  });
});

test("health is for everyone; metrics are for this machine and for callers", async () => {
  expect(await (await hub.fetch("/healthz", { key: null })).json()).toEqual({ status: "ok" });
  const metrics = await (await hub.fetch("/metrics", { key: null })).text();
  expect(metrics).toMatch(/tailbone_points_total \d+/);
  const forwarded = await hub.fetch("/metrics", { key: null, headers: { "x-forwarded-for": "203.0.113.7" } });
  expect(forwarded.status).toBe(401);
});

test("without a dashboard pages say so, to people and to programs", async () => {
  const page = await hub.fetch("/", { headers: { accept: "text/html" } });
  expect([page.status, page.headers.get("retry-after")]).toEqual([503, "2"]);
  expect(await page.text()).toContain("Retry");
  expect(await (await hub.fetch("/runs")).json()).toMatchObject({ error: { code: "unavailable" } });
});
