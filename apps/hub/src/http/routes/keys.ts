import { createRoute, z } from "@hono/zod-openapi";
import { apikey } from "@tailbone/db/schema/access";
import { keyCreatedSchema, keyCreateSchema, keyListSchema } from "@tailbone/protocol/access";
import { TailboneError } from "@tailbone/protocol/errors";
import { text } from "@tailbone/protocol/text";
import { requireUser } from "@tailbone/services/caller";
import { and, eq } from "drizzle-orm";
import { may } from "../../auth/access";
import { createTeamKey, listTeamKeys } from "../../auth/team-keys";
import type { Services } from "../../services";
import { type Api, answers, jsonBody } from "../environment";

/** The team's API keys. People make them, keys do not; one revokes one's own, admins anybody's. */
export function addKeyRoutes(api: Api, { db, keys, admissions, securityLog }: Services): void {
  api.openapi(
    createRoute({
      method: "get",
      path: "/keys",
      summary: "The team's API keys, without their secrets",
      responses: answers(keyListSchema),
    }),
    async (c) => c.json({ keys: await listTeamKeys(db, c.var.caller.team.id) }, 200),
  );

  const body = jsonBody(keyCreateSchema);
  const summary = "Makes an API key; its secret is shown this once";
  api.openapi(
    createRoute({ method: "post", path: "/keys", summary, request: { body }, responses: answers(keyCreatedSchema) }),
    async (c) => {
      const { caller, from } = c.var;
      const wanted = c.req.valid("json");
      if (wanted.expiresAtMs !== null && wanted.expiresAtMs <= Date.now()) {
        throw new TailboneError(
          "bad_request",
          "expiresAtMs: the key would have expired already.",
          "Name a later time.",
        );
      }
      const createdBy = requireUser(caller).id;
      const created = await createTeamKey(db, { ...wanted, team: caller.team.id, createdBy });
      const what = `${created.name} (${created.start}…): ${created.scopes.join(", ")}`;
      await securityLog.done({ caller, from, action: "key-made", what });
      return c.json(created, 200);
    },
  );

  const params = z.object({ key: text().max(64) });
  const deleteRoute = createRoute({
    method: "delete",
    path: "/keys/{key}",
    summary: "Revokes an API key at once, on open connections too",
    request: { params },
    responses: answers(z.object({})),
  });
  api.openapi(deleteRoute, async (c) => {
    const { caller, from } = c.var;
    const { key: id } = c.req.valid("param");
    const own = may(caller, "members") ? undefined : eq(apikey.createdBy, requireUser(caller).id);
    const [deleted] = await db
      .delete(apikey)
      .where(and(eq(apikey.id, id), eq(apikey.teamId, caller.team.id), own))
      .returning({ name: apikey.name, start: apikey.start });
    if (deleted === undefined) {
      throw new TailboneError(
        "not_found",
        own === undefined ? "There is no such key in this team." : "You have no such key in this team.",
        "It may have been revoked already, or be another's: an owner or an admin revokes those.",
      );
    }
    keys.forget();
    admissions.cut(({ by }) => by.kind === "key" && by.id === id);
    await securityLog.done({ caller, from, action: "key-revoked", what: `${deleted.name} (${deleted.start}…)` });
    return c.json({}, 200);
  });
}
