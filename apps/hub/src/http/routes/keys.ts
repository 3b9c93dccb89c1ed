import { z } from "@hono/zod-openapi";
import { keyCreatedSchema, keyCreateSchema, keyListSchema } from "@tailbone/protocol/access";
import { text } from "@tailbone/protocol/text";
import { createKey } from "@tailbone/services/keys/create-key";
import { deleteKey } from "@tailbone/services/keys/delete-key";
import { listKeys } from "@tailbone/services/keys/list-keys";
import type { Services } from "../../services";
import { type Api, jsonBody } from "../environment";
import { verbRoute } from "../verb-route";

/** The team's API keys. People make them, keys do not; one revokes one's own, admins anybody's. */
export function addKeyRoutes(api: Api, { perform }: Services): void {
  const list = verbRoute(listKeys, {
    method: "get",
    path: "/keys",
    summary: "The team's API keys, without their secrets",
    request: {},
    answer: keyListSchema,
  });
  api.openapi(list, async (c) => c.json(await perform(c.var.ctx, listKeys, {}), 200));

  const create = verbRoute(createKey, {
    method: "post",
    path: "/keys",
    summary: "Makes an API key; its secret is shown this once",
    request: { body: jsonBody(keyCreateSchema) },
    answer: keyCreatedSchema,
  });
  api.openapi(create, async (c) => c.json(await perform(c.var.ctx, createKey, c.req.valid("json")), 200));

  const revoke = verbRoute(deleteKey, {
    method: "delete",
    path: "/keys/{key}",
    summary: "Revokes an API key at once, on open connections too",
    request: { params: z.object({ key: text().max(64) }) },
    answer: z.object({}),
  });
  api.openapi(revoke, async (c) => c.json(await perform(c.var.ctx, deleteKey, c.req.valid("param")), 200));
}
