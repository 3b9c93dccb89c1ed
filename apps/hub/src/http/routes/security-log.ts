import { createRoute } from "@hono/zod-openapi";
import { listSecurityEvents } from "@tailbone/db/access/security-log";
import { securityLogQuerySchema, securityLogSchema } from "@tailbone/protocol/access";
import type { Services } from "../../services";
import { type Api, answers } from "../environment";

export function addSecurityLogRoutes(api: Api, { db }: Services): void {
  const list = {
    method: "get",
    path: "/security-log",
    summary: "Who signed in, who was refused, and what changed of keys, members and roles",
  } as const;
  const query = securityLogQuerySchema;
  api.openapi(createRoute({ ...list, request: { query }, responses: answers(securityLogSchema) }), async (c) => {
    const { before, limit } = c.req.valid("query");
    return c.json(await listSecurityEvents(db, { team: c.var.caller.team.id, before, limit }), 200);
  });
}
