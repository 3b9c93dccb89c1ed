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
import type { ServeVerb } from "../serve-verb";

const done = z.object({});
const params = z.object({ id: text().max(64) });

/** Who belongs to the team, and who is asked to. */
export function addMemberRoutes(serve: ServeVerb): void {
  serve(listMembers, { method: "get", path: "/members", summary: "The team's members", answer: memberListSchema });
  serve(inviteMember, {
    method: "post",
    path: "/members",
    summary: "Invites someone: by mail where the hub has a mail server, else by a link to hand over",
    body: memberInviteSchema,
    answer: memberInvitedSchema,
  });
  serve(withdrawInvitation, {
    method: "delete",
    path: "/members/invitations/{id}",
    summary: "Takes an invitation back",
    params,
    answer: done,
  });
  serve(changeRole, {
    method: "patch",
    path: "/members/{id}",
    summary: "Gives a member another role",
    params,
    body: memberPatchSchema,
    answer: done,
  });
  serve(removeMember, {
    method: "delete",
    path: "/members/{id}",
    summary: "Removes a member and their keys at once, on open connections too",
    params,
    answer: done,
  });
}
