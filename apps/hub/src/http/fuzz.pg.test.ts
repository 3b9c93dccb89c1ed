import { errorBodySchema } from "@tailbone/protocol/errors";
import fc from "fast-check";
import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { hostileJson, hostileNumber, hostileText, orHostile } from "../hostile.test-util";
import { lossFrame, openRequest, readJson, startTestHub, type TestHub, unwrap } from "../test-hub";

/*
 * Requests that follow the OpenAPI document for the most part and are hostile in the rest: none makes the hub fail, and
 * every refusal is an error of the API. Bounded by the number of requests.
 */
interface JsonSchema {
  readonly $ref?: string | undefined;
  readonly type?: string | string[] | undefined;
  readonly enum?: unknown[] | undefined;
  readonly const?: unknown;
  readonly format?: string | undefined;
  readonly anyOf?: JsonSchema[] | undefined;
  readonly oneOf?: JsonSchema[] | undefined;
  readonly allOf?: JsonSchema[] | undefined;
  readonly properties?: Record<string, JsonSchema> | undefined;
  readonly items?: JsonSchema | undefined;
}
const jsonSchema: z.ZodType<JsonSchema> = z.lazy(() =>
  z.object({
    $ref: z.string().optional(),
    type: z.union([z.string(), z.array(z.string())]).optional(),
    enum: z.array(z.unknown()).optional(),
    const: z.unknown().optional(),
    format: z.string().optional(),
    anyOf: z.array(jsonSchema).optional(),
    oneOf: z.array(jsonSchema).optional(),
    allOf: z.array(jsonSchema).optional(),
    properties: z.record(z.string(), jsonSchema).optional(),
    items: jsonSchema.optional(),
  }),
);
const operationSchema = z.object({
  parameters: z.array(z.object({ name: z.string(), in: z.string(), schema: jsonSchema.optional() })).default([]),
  requestBody: z.object({ content: z.record(z.string(), z.object({ schema: jsonSchema.optional() })) }).optional(),
});
const documentSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.object({ schemas: z.record(z.string(), jsonSchema).default({}) }),
});
type OpenApi = z.infer<typeof documentSchema>;
type Operation = z.infer<typeof operationSchema>;

let hub: TestHub;
let document: OpenApi;
let cookie: string;
const request = openRequest();
beforeAll(async () => {
  hub = await startTestHub();
  cookie = await hub.signIn();
  const socket = hub.writer();
  unwrap(await socket.emitWithAck("writer:open", request));
  unwrap(await socket.emitWithAck("frame:append", { run: request.run, writer: request.writer }, lossFrame(0, 10)));
  document = await readJson(await hub.fetch("/api/v1/openapi.json"), documentSchema);
});
afterAll(() => hub.close());

const known = fc.constantFrom(request.run, request.run, uuidv7());

/** Values that fit a schema, more or less, with something hostile at any depth. */
function valuesOf(schema: JsonSchema, depth = 0): fc.Arbitrary<unknown> {
  const choices = schema.anyOf ?? schema.oneOf;
  const [type] = Array.isArray(schema.type) ? schema.type : [schema.type];
  const shaped = (): fc.Arbitrary<unknown> => {
    if (depth > 6) return hostileJson;
    if (schema.$ref !== undefined) {
      return valuesOf(document.components.schemas[schema.$ref.split("/").at(-1) ?? ""] ?? {}, depth + 1);
    }
    if (schema.const !== undefined) return fc.constant(schema.const);
    if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
    if (choices !== undefined) return fc.oneof(...choices.map((one) => valuesOf(one, depth + 1)));
    if (schema.allOf !== undefined) {
      return fc.tuple(...schema.allOf.map((one) => valuesOf(one, depth + 1))).map((all) => Object.assign({}, ...all));
    }
    switch (type) {
      case "object": {
        const properties = Object.entries(schema.properties ?? {});
        const arbitraries = properties.map(([name, one]) => [
          name,
          fc.option(valuesOf(one, depth + 1), { freq: 8, nil: undefined }),
        ]);
        return fc.record<Record<string, unknown>>(Object.fromEntries(arbitraries));
      }
      case "array":
        return fc.array(valuesOf(schema.items ?? {}, depth + 1), { maxLength: 3 });
      case "string":
        return schema.format === "uuid"
          ? known
          : fc.oneof(fc.constantFrom("loss", "digits", "a@example.org"), hostileText);
      case "number":
      case "integer":
        return fc.oneof(fc.constantFrom(1, 10), hostileNumber);
      case "boolean":
        return fc.boolean();
      default:
        return hostileJson;
    }
  };
  return orHostile(shaped());
}

const asText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value)).slice(0, 4000);
const bodyOf = (operation: Operation): fc.Arbitrary<string | undefined> => {
  const [schema] = Object.values(operation.requestBody?.content ?? {}).map((one) => one.schema ?? {});
  if (schema === undefined) return fc.constant(undefined);
  const torn = fc.constantFrom("", "{", "[".repeat(3000), '{"a":1}}', "\0", "\ufeff{}");
  return fc.oneof(
    { weight: 12, arbitrary: valuesOf(schema).map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: torn },
  );
};

interface HostileRequest {
  method: string;
  path: string;
  body: string | undefined;
  isPerson: boolean;
}

function requestsTo(path: string, method: string, operation: Operation): fc.Arbitrary<HostileRequest> {
  const values = operation.parameters.map(({ schema }) => fc.option(valuesOf(schema ?? {}).map(asText), { freq: 3 }));
  return fc
    .record({ given: fc.tuple(...values), body: bodyOf(operation), isPerson: fc.boolean() })
    .map(({ given, body, isPerson }) => {
      let filled = path;
      const query = new URLSearchParams();
      for (const [index, { name, in: place }] of operation.parameters.entries()) {
        const value = given[index] ?? null;
        if (place === "path")
          filled = filled.replace(`{${name}}`, encodeURIComponent(Buffer.from(value ?? request.run).toString() || "-"));
        else if (place === "query" && value !== null) query.set(name, value);
      }
      return { method: method.toUpperCase(), path: `/api/v1${filled}?${query}`, body, isPerson };
    });
}

test("no request makes the hub fail, and each is answered or refused in the words of the API", async () => {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      // What takes the session or the run that the others are about away, is left to its own tests.
      .filter(([method]) => method !== "delete" && path !== "/me/account")
      .map(([method, operation]) => requestsTo(path, method, operation)),
  );
  const seen = new Set<number>();
  await fc.assert(
    fc.asyncProperty(fc.oneof(...operations), async ({ method, path, body, isPerson }) => {
      const headers: Record<string, string> = { "content-type": "application/json" };
      if (isPerson) Object.assign(headers, { cookie, origin: hub.url });
      const init = { method, headers, ...(body === undefined ? {} : { body }), ...(isPerson ? { key: null } : {}) };
      const response = await hub.fetch(path, init);
      seen.add(response.status);
      const answer: unknown = await response.json();
      expect([response.status, answer]).toSatisfy(() => response.status < 500);
      if (response.status >= 400) errorBodySchema.parse(answer);
    }),
    { numRuns: 500 },
  );
  // It got past the door, and into it.
  expect([...seen]).toEqual(expect.arrayContaining([200, 400, 404]));
}, 120_000);
