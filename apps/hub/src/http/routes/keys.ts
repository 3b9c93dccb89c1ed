import { z } from "@hono/zod-openapi";
import { keyCreatedSchema, keyCreateSchema, keyListSchema } from "@tailbone/protocol/access";
import { text } from "@tailbone/protocol/text";
import { createKey } from "@tailbone/services/keys/create-key";
import { deleteKey } from "@tailbone/services/keys/delete-key";
import { listKeys } from "@tailbone/services/keys/list-keys";
import type { ServeVerb } from "../serve-verb";

/** The team's API keys. People make them, keys do not; one revokes one's own, admins anybody's. */
export function addKeyRoutes(serve: ServeVerb): void {
  serve(listKeys, {
    method: "get",
    path: "/keys",
    summary: "The team's API keys, without their secrets",
    answer: keyListSchema,
  });
  serve(createKey, {
    method: "post",
    path: "/keys",
    summary: "Makes an API key; its secret is shown this once",
    body: keyCreateSchema,
    answer: keyCreatedSchema,
  });
  serve(deleteKey, {
    method: "delete",
    path: "/keys/{key}",
    summary: "Revokes an API key at once, on open connections too",
    params: z.object({ key: text().max(64) }),
    answer: z.object({}),
  });
}
