import { z } from "@hono/zod-openapi";
import {
  memberInvitedSchema,
  memberInviteSchema,
  memberListSchema,
  memberPatchSchema,
} from "@tailbone/protocol/access";
import { text } from "@tailbone/protocol/text";
import { withdrawInvitation } from "@tailbone/services/invitations/withdraw-invitation";
import { changeRole } from "@tailbone/services/members/change-role";
import { inviteMember } from "@tailbone/services/members/invite-member";
import { listMembers } from "@tailbone/services/members/list-members";
import { removeMember } from "@tailbone/services/members/remove-member";
import type { Services } from "../../services";
import { type Api, jsonBody } from "../environment";
import { verbRoute } from "../verb-route";

const done = z.object({});
const params = z.object({ id: text().max(64) });

/** Who belongs to the team, and who is asked to. */
export function addMemberRoutes(api: Api, { perform }: Services): void {
  const list = verbRoute(listMembers, {
    method: "get",
    path: "/members",
    summary: "The team's members",
    request: {},
    answer: memberListSchema,
  });
  api.openapi(list, async (c) => c.json(await perform(c.var.ctx, listMembers, {}), 200));

  const invite = verbRoute(inviteMember, {
    method: "post",
    path: "/members",
    summary: "Invites someone: by mail where the hub has a mail server, else by a link to hand over",
    request: { body: jsonBody(memberInviteSchema) },
    answer: memberInvitedSchema,
  });
  api.openapi(invite, async (c) => c.json(await perform(c.var.ctx, inviteMember, c.req.valid("json")), 200));

  const withdraw = verbRoute(withdrawInvitation, {
    method: "delete",
    path: "/members/invitations/{id}",
    summary: "Takes an invitation back",
    request: { params },
    answer: done,
  });
  api.openapi(withdraw, async (c) => c.json(await perform(c.var.ctx, withdrawInvitation, c.req.valid("param")), 200));

  const change = verbRoute(changeRole, {
    method: "patch",
    path: "/members/{id}",
    summary: "Gives a member another role",
    request: { params, body: jsonBody(memberPatchSchema) },
    answer: done,
  });
  api.openapi(change, async (c) =>
    c.json(await perform(c.var.ctx, changeRole, { ...c.req.valid("param"), ...c.req.valid("json") }), 200),
  );

  const remove = verbRoute(removeMember, {
    method: "delete",
    path: "/members/{id}",
    summary: "Removes a member and their keys at once, on open connections too",
    request: { params },
    answer: done,
  });
  api.openapi(remove, async (c) => c.json(await perform(c.var.ctx, removeMember, c.req.valid("param")), 200));
}
