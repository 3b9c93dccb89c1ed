import { createRoute, z } from "@hono/zod-openapi";
import { apikey } from "@tailbone/db/auth-schema";
import { TailboneError } from "@tailbone/protocol/errors";
import { type Key, keyCreatedSchema, keyCreateSchema, keyListSchema } from "@tailbone/protocol/http";
import { text } from "@tailbone/protocol/text";
import { and, asc, eq } from "drizzle-orm";
import { type Caller, requireAdmin } from "../../auth/caller";
import { createTeamKey } from "../../auth/first-start";
import { listTeamMembers } from "../../auth/teams";
import type { ApiServices } from "../../services";
import { type Api, answers, jsonBody } from "../environment";

interface StoredKey {
  readonly id: string;
  readonly name: string | null;
  readonly start: string | null;
  readonly createdAt: Date;
  readonly lastRequest: Date | null;
}

const describeKey = (key: StoredKey): Key => ({
  id: key.id,
  name: key.name ?? "",
  start: key.start ?? "tb_",
  createdAtMs: key.createdAt.getTime(),
  lastUsedAtMs: key.lastRequest?.getTime() ?? null,
});

/** The team's API keys. Every member may make one, and so may a key (`tailbone keys create`); admins delete them. */
export function addKeyRoutes(api: Api, { auth, db, keys, disconnectKey }: ApiServices): void {
  async function findCreator({ team, by }: Caller): Promise<string> {
    if (by.kind === "user") return by.id;
    const owner = (await listTeamMembers(db, team.id)).find(({ role }) => role === "owner");
    if (owner !== undefined) return owner.userId;
    throw new TailboneError("forbidden", "The team has no owner.", "Sign in and create the key in the dashboard.");
  }

  api.openapi(
    createRoute({
      method: "get",
      path: "/keys",
      summary: "The team's API keys, without their secrets",
      responses: answers(keyListSchema),
    }),
    async (c) => {
      const rows = await db
        .select()
        .from(apikey)
        .where(eq(apikey.referenceId, c.var.caller.team.id))
        .orderBy(asc(apikey.createdAt));
      return c.json({ keys: rows.map(describeKey) }, 200);
    },
  );

  const body = jsonBody(keyCreateSchema);
  const summary = "Makes an API key; its secret is shown this once";
  api.openapi(
    createRoute({ method: "post", path: "/keys", summary, request: { body }, responses: answers(keyCreatedSchema) }),
    async (c) => {
      const { caller } = c.var;
      const { name } = c.req.valid("json");
      const created = await createTeamKey(auth, await findCreator(caller), caller.team.id, name);
      return c.json({ ...describeKey(created), secret: created.key }, 200);
    },
  );

  const params = z.object({ key: text().max(64) });
  const deleteRoute = createRoute({
    method: "delete",
    path: "/keys/{key}",
    summary: "Revokes an API key at once",
    request: { params },
    responses: answers(z.object({})),
  });
  api.openapi(deleteRoute, async (c) => {
    requireAdmin(c.var.caller);
    const { key: id } = c.req.valid("param");
    const deleted = await db
      .delete(apikey)
      .where(and(eq(apikey.id, id), eq(apikey.referenceId, c.var.caller.team.id)))
      .returning({ id: apikey.id });
    if (deleted.length === 0) {
      throw new TailboneError("not_found", "There is no such key in this team.", "It may have been deleted already.");
    }
    keys.forget(id);
    disconnectKey(id);
    return c.json({}, 200);
  });
}
