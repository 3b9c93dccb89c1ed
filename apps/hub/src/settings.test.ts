import { expect, test } from "vitest";
import { parseSettings } from "./settings";

test("without any variable a hub serves port 4400 on loopback with a database of its own", () => {
  expect(parseSettings({ HOME: "/home/x" })).toMatchObject({
    port: 4400,
    host: "127.0.0.1",
    databaseUrl: undefined,
    publicOrigin: undefined,
    ownerEmail: "owner@tailbone.local",
    stallAfterMs: 30_000,
  });
});

test("an empty variable counts as missing", () => {
  expect(parseSettings({ TAILBONE_PORT: "", DATABASE_URL: "" })).toMatchObject({ port: 4400, databaseUrl: undefined });
});

test("a variable that is not usable is named", () => {
  expect(() => parseSettings({ TAILBONE_PORT: "many" })).toThrow(/TAILBONE_PORT/);
  expect(() => parseSettings({ DATABASE_URL: "mysql://x" })).toThrow(/DATABASE_URL/);
});
