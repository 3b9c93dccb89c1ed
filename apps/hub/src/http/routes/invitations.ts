import { createRoute, z } from "@hono/zod-openapi";
import { invitationAcceptSchema, invitationLookSchema, invitationSeenSchema } from "@tailbone/protocol/access";
import { TailboneError } from "@tailbone/protocol/errors";
import { acceptInvitation, readInvitation } from "../../auth/invitations";
import { requireUncommonPassword } from "../../auth/passwords";
import { fromOf } from "../../auth/security-log";
import type { Services } from "../../services";
import { type Api, answers, jsonBody } from "../environment";
import { requireOwnPage } from "../middleware";

/** For whoever holds an invitation's link, signed in or not: the link itself is what lets in. */
export function addInvitationRoutes(api: Api, { auth, db, origins, securityLog }: Services): void {
  const readUser = async (headers: Headers) => (await auth.api.getSession({ headers }))?.user ?? null;
  const open = { security: [] };

  const look = {
    method: "post",
    path: "/invitations/look",
    summary: "What an invitation says, to whoever holds its link",
  } as const;
  const lookBody = jsonBody(invitationLookSchema);
  api.openapi(
    createRoute({ ...look, ...open, request: { body: lookBody }, responses: answers(invitationSeenSchema) }),
    async (c) => {
      const seen = await readInvitation(db, c.req.valid("json").token);
      const user = await readUser(c.req.raw.headers);
      return c.json({ ...seen, signedInAs: user?.email ?? null }, 200);
    },
  );

  const accept = {
    method: "post",
    path: "/invitations/accept",
    summary: "Joins the team, with the account one is signed in to or a new one",
  } as const;
  const acceptBody = jsonBody(invitationAcceptSchema);
  api.openapi(
    createRoute({ ...accept, ...open, request: { body: acceptBody }, responses: answers(z.object({})) }),
    async (c) => {
      requireOwnPage(c.req, origins);
      const { token, account } = c.req.valid("json");
      let joined: Awaited<ReturnType<typeof acceptInvitation>>;
      if (account === undefined) {
        const user = await readUser(c.req.raw.headers);
        if (user === null) {
          throw new TailboneError("unauthenticated", "Nobody is signed in.", "Sign in first, or make an account.");
        }
        joined = await acceptInvitation(db, token, { user: user.id });
      } else {
        // Only who holds an invitation learns anything of passwords and addresses.
        await readInvitation(db, token);
        requireUncommonPassword(account.password, account);
        const { name, email, password } = account;
        const { password: passwords } = await auth.$context;
        joined = await acceptInvitation(db, token, { name, email, passwordHash: await passwords.hash(password) });
      }
      const { user, email, role, team } = joined;
      const entry = { caller: null, user, who: email, team, from: fromOf(c.env.incoming) };
      await securityLog.done({ ...entry, action: "member-joined", what: `as ${role}` });
      return c.json({}, 200);
    },
  );
}
