import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openTestDatabase, type TestDatabase } from "@tailbone/db/server/testing";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startHub } from "./start-hub";

let folder: string;
let database: TestDatabase;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tailbone-first-"));
  database = await openTestDatabase();
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const start = (name: string, databaseUrl = database.url) =>
  startHub({
    env: {
      TAILBONE_PORT: "0",
      TAILBONE_DATA: join(folder, name),
      TAILBONE_CONFIG_HOME: join(folder, "config", name),
      TAILBONE_OWNER_EMAIL: "grace@example.org",
      DATABASE_URL: databaseUrl,
    },
    dashboard: "off",
    log: pino({ level: "silent" }),
  });

test("of hubs that start at the same time on one new database one serves, with one owner and one team", async () => {
  const started = await Promise.allSettled(["a", "b", "c"].map((name) => start(name)));
  const hubs = started.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  const refused = started.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
  expect(hubs.length).toBe(1);
  expect(refused).toMatchObject([{ code: "conflict" }, { code: "conflict" }]);
  const sql = database.db.$client;
  const [count] = await sql`
    select (select count(*) from "user") as users, (select count(*) from organization) as teams,
      (select count(*) from member) as members, (select count(*) from apikey) as keys`;
  expect(count).toEqual({ users: 1, teams: 1, members: 1, keys: 1 });
  for (const { signInLink } of hubs) {
    const response = await fetch(signInLink, { redirect: "manual" });
    expect(response.headers.getSetCookie().join()).toContain("tailbone.session_token");
  }
  await Promise.all(hubs.map((hub) => hub.close()));
});

test("an owner who changed the address stays the owner", async () => {
  await database.db.$client`update "user" set email = 'hopper@example.org'`;
  const hub = await start("a");
  const [count] = await database.db.$client`select count(*) as users from "user"`;
  expect(count).toEqual({ users: 1 });
  await hub.close();
});

test("a database that cannot be used is said at the start, with where to look", async () => {
  const wrong = new URL(database.url);
  wrong.password = "wrong";
  await expect(start("d", wrong.href)).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("password"),
    hint: expect.stringContaining("DATABASE_URL"),
  });
  await expect(start("d", "postgres://nobody@127.0.0.1:1/none")).rejects.toMatchObject({ code: "unavailable" });
});
