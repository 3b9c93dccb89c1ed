import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { KEY_SCOPES, keyCreatedSchema, ROLES } from "@tailbone/protocol/access";
import { ACCESS, type VerbName } from "@tailbone/services/access";
import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { join, personOf } from "../auth/people.test-util";
import { readJson, startTestHub, type TestHub } from "../test-hub";
import { drawAccess, type Operation } from "./draw-access.test-util";

/** Asks for something; the status of the answer. */
type Ask = (method: string, path: string) => Promise<number>;

const documentSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.object({ operationId: z.string().optional() }))),
});
type Row = (typeof ACCESS)[VerbName];
const PAGE = fileURLToPath(new URL("../../../../docs/access.md", import.meta.url));
/** In the order of the table. */
const byVerb = (one: Operation, other: Operation): number => VERBS.indexOf(one.verb) - VERBS.indexOf(other.verb);
const VERBS = Object.keys(ACCESS);

let hub: TestHub;
let operations: { verb: string; method: string; path: string; template: string }[];
const askers = new Map<string, Ask>();
beforeAll(async () => {
  hub = await startTestHub();
  const owner = personOf(hub, await hub.signIn());
  for (const scope of KEY_SCOPES) {
    const { secret } = await readJson(
      await owner("POST", "/v1/keys", { name: scope, scopes: [scope] }),
      keyCreatedSchema,
    );
    askers.set(
      `key: ${scope}`,
      async (method, path) => (await hub.fetch(`/api/v1${path}`, { method, key: secret })).status,
    );
  }
  for (const role of ["viewer", "member", "admin"] as const) {
    const person = personOf(hub, await join(hub, owner, `${role}@example.org`, role));
    askers.set(`person: ${role}`, async (method, path) => (await person(method, `/v1${path}`)).status);
  }
  askers.set("person: owner", async (method, path) => (await owner(method, `/v1${path}`)).status);
  const { paths } = await readJson(await hub.fetch("/api/v1/openapi.json"), documentSchema);
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => ({
      verb: operationId ?? path,
      method: method.toUpperCase(),
      path: path.replaceAll(/\{\w+\}/g, uuidv7()),
      template: path,
    })),
  );
  // Whoever holds the link of an invitation enters by that.
  operations = operations.filter(({ path }) => !path.startsWith("/invitations/"));
  // What ends the asker's own sessions comes last.
  operations.sort((one, other) => Number(one.path.includes("session")) - Number(other.path.includes("session")));
});
afterAll(() => hub.close());

test("docs/access.md shows who may what, of every route and event", () => {
  const drawn = drawAccess(
    operations
      .map(({ verb, method, template }) => ({ verb: verb as VerbName, asked: `${method} ${template}` }))
      .sort(byVerb),
  );
  if (process.env.WRITE_ACCESS === "1") writeFileSync(PAGE, drawn);
  expect(readFileSync(PAGE, "utf8")).toBe(drawn);
});

describe("over HTTP", () => {
  test("each operation is a verb of the table", () => {
    expect(operations.length).toBeGreaterThan(0);
    expect(operations.filter(({ verb }) => !(verb in ACCESS))).toEqual([]);
  });

  test("nobody is let do anything", async () => {
    for (const { method, path } of operations) {
      for (const key of [null, `tb_${"x".repeat(40)}`]) {
        expect([
          method,
          path,
          (await hub.fetch(`/api/v1${path}`, { method, key, headers: { origin: hub.url } })).status,
        ]).toEqual([method, path, 401]);
      }
    }
  });

  const everybody = [
    ...ROLES.map((role) => ({
      asker: `person: ${role}`,
      mayDo: ({ who }: Row) => who.roles.some((one) => one === role),
    })),
    ...KEY_SCOPES.map((scope) => ({
      asker: `key: ${scope}`,
      mayDo: ({ who }: Row) => who.scopes.some((one) => one === scope),
    })),
  ];
  test.each(everybody)("$asker is refused what the table refuses, and nothing else", async ({ asker, mayDo }) => {
    const ask = askers.get(asker) ?? expect.fail();
    for (const { verb, method, path } of operations) {
      const status = await ask(method, path);
      // Its row lets one leave; whoever else is meant is removed by who manages the team.
      const row = ACCESS[verb === "removeMember" ? "changeRole" : (verb as VerbName)];
      expect([verb, method, path, status !== 403]).toEqual([verb, method, path, mayDo(row)]);
    }
  });
});
