import { createRoute, z } from "@hono/zod-openapi";
import { invitationAcceptSchema, invitationLookSchema, invitationSeenSchema } from "@tailbone/protocol/access";
import { acceptInvitation } from "@tailbone/services/invitations/accept-invitation";
import { lookAtInvitation } from "@tailbone/services/invitations/look-at-invitation";
import type { Services } from "../../services";
import { type Api, answers, jsonBody } from "../environment";
import { requireOwnPage } from "../middleware";

/** For whoever holds an invitation's link, signed in or not: the link itself is what lets in. */
export function addInvitationRoutes(api: Api, { auth, origins, perform, hubContext }: Services): void {
  const readUser = async (headers: Headers) => (await auth.api.getSession({ headers }))?.user ?? null;

  const look = createRoute({
    method: "post",
    path: "/invitations/look",
    summary: "What an invitation says, to whoever holds its link",
    security: [],
    request: { body: jsonBody(invitationLookSchema) },
    responses: answers(invitationSeenSchema),
  });
  api.openapi(look, async (c) => {
    const input = { ...c.req.valid("json"), user: await readUser(c.req.raw.headers) };
    return c.json(await perform(hubContext(c.var.from), lookAtInvitation, input), 200);
  });

  const accept = createRoute({
    method: "post",
    path: "/invitations/accept",
    summary: "Joins the team, with the account one is signed in to or a new one",
    security: [],
    request: { body: jsonBody(invitationAcceptSchema) },
    responses: answers(z.object({})),
  });
  api.openapi(accept, async (c) => {
    requireOwnPage(c.req, origins);
    const input = { ...c.req.valid("json"), user: await readUser(c.req.raw.headers) };
    return c.json(await perform(hubContext(c.var.from), acceptInvitation, input), 200);
  });
}
