import type { HttpBindings } from "@hono/node-server";
import type { OpenAPIHono, z } from "@hono/zod-openapi";
import { errorBodySchema } from "@tailbone/protocol/errors";
import type { Context, From } from "@tailbone/services/context";

/** What every handler of the API finds in its context. */
export interface ApiEnvironment {
  Bindings: HttpBindings;
  Variables: { ctx: Context; from: From };
}
export type Api = OpenAPIHono<ApiEnvironment>;

/** The answers of a route that answers JSON by `schema`; all errors have one form. */
export function answers<Schema extends z.ZodType>(schema: Schema) {
  return {
    200: { description: "Done", content: { "application/json": { schema } } },
    default: { description: "An error", content: { "application/json": { schema: errorBodySchema } } },
  } as const;
}

/** A JSON body by `schema`. */
export function jsonBody<Schema extends z.ZodType>(schema: Schema) {
  return { content: { "application/json": { schema } }, required: true } as const;
}
