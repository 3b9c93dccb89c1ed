import { securityLogQuerySchema, securityLogSchema } from "@tailbone/protocol/access";
import { listSecurityEvents } from "@tailbone/services/security-log/list-security-events";
import type { Services } from "../../services";
import type { Api } from "../environment";
import { verbRoute } from "../verb-route";

export function addSecurityLogRoutes(api: Api, { perform }: Services): void {
  const list = verbRoute(listSecurityEvents, {
    method: "get",
    path: "/security-log",
    summary: "Who signed in, who was refused, and what changed of keys, members and roles",
    request: { query: securityLogQuerySchema },
    answer: securityLogSchema,
  });
  api.openapi(list, async (c) => c.json(await perform(c.var.ctx, listSecurityEvents, c.req.valid("query")), 200));
}
