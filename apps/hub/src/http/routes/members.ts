import { createRoute, z } from "@hono/zod-openapi";
import {
  memberInvitedSchema,
  memberInviteSchema,
  memberListSchema,
  memberPatchSchema,
} from "@tailbone/protocol/access";
import { TailboneError } from "@tailbone/protocol/errors";
import { text } from "@tailbone/protocol/text";
import { requireUser } from "@tailbone/services/caller";
import { may, requireAction } from "../../auth/access";
import { createInvitation, listInvitations, withdrawInvitation } from "../../auth/invitations";
import { changeRole, removeMember } from "../../auth/members";
import { listTeamMembers } from "../../auth/teams";
import type { ApiServices } from "../../services";
import { type Api, answers, jsonBody } from "../environment";

const done = z.object({});
const params = z.object({ id: text().max(64) });

function mailFailed(email: string, cause: unknown): TailboneError {
  const said = cause instanceof Error ? cause.message : String(cause);
  return new TailboneError(
    "unavailable",
    `The invitation to ${email} could not be mailed: ${said}.`,
    "Look at TAILBONE_SMTP_URL and at the mail server, then invite again.",
    { cause },
  );
}

/** Who belongs to the team, and who is asked to. */
export function addMemberRoutes(api: Api, services: ApiServices): void {
  const { db, keys, admissions, securityLog, origins, mailInvitation } = services;

  const list = { method: "get", path: "/members", summary: "The team's members" } as const;
  api.openapi(createRoute({ ...list, responses: answers(memberListSchema) }), async (c) => {
    const { caller } = c.var;
    const [members, invitations] = await Promise.all([
      listTeamMembers(db, caller.team.id),
      may(caller, "members") ? listInvitations(db, caller.team.id) : [],
    ]);
    const shown = members.map(({ userId, joinedAt, name, email, role }) => ({
      id: userId,
      name,
      email,
      role,
      joinedAtMs: joinedAt.getTime(),
    }));
    return c.json({ members: shown, invitations }, 200);
  });

  const invite = {
    method: "post",
    path: "/members",
    summary: "Invites someone: by mail where the hub has a mail server, else by a link to hand over",
  } as const;
  const inviteBody = jsonBody(memberInviteSchema);
  api.openapi(
    createRoute({ ...invite, request: { body: inviteBody }, responses: answers(memberInvitedSchema) }),
    async (c) => {
      const { caller, from } = c.var;
      const { email, role } = c.req.valid("json");
      const inviter = requireUser(caller).id;
      const { invitation, token } = await createInvitation(db, { team: caller.team.id, email, role, inviter });
      // What is behind the # is sent to no server and written into no log.
      const link = `${origins.public}/invitation#${token}`;
      if (mailInvitation !== null) {
        await mailInvitation(email, caller.team.name, link).catch(async (error: unknown) => {
          await withdrawInvitation(db, caller.team.id, invitation.id);
          throw mailFailed(email, error);
        });
      }
      await securityLog.done({ caller, from, action: "member-invited", what: `${email} as ${role}` });
      return c.json({ invitation, link: mailInvitation === null ? link : null }, 200);
    },
  );

  const withdraw = {
    method: "delete",
    path: "/members/invitations/{id}",
    summary: "Takes an invitation back",
  } as const;
  api.openapi(createRoute({ ...withdraw, request: { params }, responses: answers(done) }), async (c) => {
    const { caller, from } = c.var;
    const email = await withdrawInvitation(db, caller.team.id, c.req.valid("param").id);
    await securityLog.done({ caller, from, action: "invitation-withdrawn", what: email });
    return c.json({}, 200);
  });

  const patch = { method: "patch", path: "/members/{id}", summary: "Gives a member another role" } as const;
  const patchBody = jsonBody(memberPatchSchema);
  api.openapi(createRoute({ ...patch, request: { params, body: patchBody }, responses: answers(done) }), async (c) => {
    const { caller, from } = c.var;
    const { role } = c.req.valid("json");
    const before = await changeRole(db, caller, c.req.valid("param").id, role);
    const what = `${before.email}: ${before.role} to ${role}`;
    await securityLog.done({ caller, from, action: "role-changed", what });
    return c.json({}, 200);
  });

  const remove = {
    method: "delete",
    path: "/members/{id}",
    summary: "Removes a member and their keys at once, on open connections too",
  } as const;
  api.openapi(createRoute({ ...remove, request: { params }, responses: answers(done) }), async (c) => {
    const { caller, from } = c.var;
    const { id } = c.req.valid("param");
    if (requireUser(caller).id !== id) requireAction(caller, "members");
    const { email } = await removeMember(db, caller, id);
    keys.forget();
    admissions.cut(
      ({ team, by }) => team.id === caller.team.id && (by.kind === "user" ? by.id === id : by.createdBy === id),
    );
    await securityLog.done({ caller, from, action: "member-removed", what: email });
    return c.json({}, 200);
  });
}
