import { createRoute } from "@hono/zod-openapi";
import { TailboneError } from "@tailbone/protocol/errors";
import { memberInvitedSchema, memberInviteSchema, memberListSchema } from "@tailbone/protocol/http";
import { createSignInLink, SIGN_IN_LINK_SECONDS } from "../../auth/auth";
import { requireAdmin } from "../../auth/caller";
import { listTeamMembers } from "../../auth/teams";
import type { Services } from "../../services";
import { type Api, answers, jsonBody } from "../environment";

export function addMemberRoutes(api: Api, { auth, db, origins }: Services): void {
  api.openapi(
    createRoute({
      method: "get",
      path: "/members",
      summary: "The team's members",
      responses: answers(memberListSchema),
    }),
    async (c) => {
      const members = await listTeamMembers(db, c.var.caller.team.id);
      return c.json(
        {
          members: members.map(({ userId, joinedAt, name, email, role }) => ({
            id: userId,
            name,
            email,
            role,
            joinedAtMs: joinedAt.getTime(),
          })),
        },
        200,
      );
    },
  );

  const body = jsonBody(memberInviteSchema);
  const summary = "Makes someone a member; answers with a link to hand over";
  api.openapi(
    createRoute({
      method: "post",
      path: "/members",
      summary,
      request: { body },
      responses: answers(memberInvitedSchema),
    }),
    async (c) => {
      requireAdmin(c.var.caller);
      const team = c.var.caller.team.id;
      const { email, name } = c.req.valid("json");
      const { internalAdapter } = await auth.$context;
      const found = await internalAdapter.findUserByEmail(email);
      const members = await listTeamMembers(db, team);
      if (found !== null && members.some(({ userId }) => userId === found.user.id)) {
        throw new TailboneError("conflict", `${email} is a member of the team already.`, "Nothing is left to do.");
      }
      const user =
        found?.user ?? (await internalAdapter.createUser({ email, name, emailVerified: true }, { method: "server" }));
      const joined = await auth.api.addMember({ body: { userId: user.id, organizationId: team, role: "member" } });
      // Who has an account already proves it by signing in: a link would let this team's admins in under that name.
      const link = found === null ? await createSignInLink(auth, user.email) : `${origins.public}/sign-in`;
      return c.json(
        {
          member: {
            id: user.id,
            name: user.name,
            email: user.email,
            role: "member" as const,
            joinedAtMs: joined.createdAt.getTime(),
          },
          link,
          expiresAtMs: Date.now() + SIGN_IN_LINK_SECONDS * 1000,
        },
        200,
      );
    },
  );
}
