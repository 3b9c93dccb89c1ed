import { securityLogQuerySchema, securityLogSchema } from "@tailbone/protocol/access";
import { listSecurityEvents } from "@tailbone/services/security-log/list-security-events";
import type { ServeVerb } from "../serve-verb";

export function addSecurityLogRoutes(serve: ServeVerb): void {
  serve(listSecurityEvents, {
    method: "get",
    path: "/security-log",
    summary: "Who signed in, who was refused, and what changed of keys, members and roles",
    query: securityLogQuerySchema,
    answer: securityLogSchema,
  });
}
