import { createRoute, z } from "@hono/zod-openapi";
import { TailboneError } from "@tailbone/protocol/errors";
import { meSchema, passwordSetSchema } from "@tailbone/protocol/http";
import { requireUser } from "../../auth/caller";
import { findMemberships } from "../../auth/teams";
import type { Services } from "../../services";
import { type Api, answers, jsonBody } from "../environment";

/** Who the caller is, and the password with which a person signs in. */
export function addMeRoutes(api: Api, { auth, db }: Services): void {
  api.openapi(
    createRoute({ method: "get", path: "/me", summary: "Who the caller is", responses: answers(meSchema) }),
    async (c) => {
      const { team, by } = c.var.caller;
      if (by.kind === "key") {
        return c.json({ user: null, team: { ...team, role: null }, teams: [team] }, 200);
      }
      const { internalAdapter } = await auth.$context;
      const [accounts, memberships] = await Promise.all([
        internalAdapter.findAccounts(by.id),
        findMemberships(db, by.id),
      ]);
      const hasPassword = accounts.some(({ providerId }) => providerId === "credential");
      return c.json(
        {
          user: { id: by.id, name: by.name, email: by.email, hasPassword },
          team: { ...team, role: by.role },
          teams: memberships.map((membership) => membership.team),
        },
        200,
      );
    },
  );

  const body = jsonBody(passwordSetSchema);
  const summary = "Sets the caller's password, and the e-mail to sign in with; other sessions end";
  api.openapi(
    createRoute({
      method: "post",
      path: "/me/password",
      summary,
      request: { body },
      responses: answers(z.object({ email: z.string() })),
    }),
    async (c) => {
      const user = requireUser(c.var.caller);
      const { email = user.email, password } = c.req.valid("json");
      const { internalAdapter, password: passwords } = await auth.$context;
      if (email.toLowerCase() !== user.email) {
        const other = await internalAdapter.findUserByEmail(email);
        if (other !== null && other.user.id !== user.id) {
          throw new TailboneError("conflict", `Somebody else signs in as ${email}.`, "Choose another e-mail address.");
        }
        await internalAdapter.updateUser(user.id, { email: email.toLowerCase() });
      }
      const hash = await passwords.hash(password);
      const accounts = await internalAdapter.findAccounts(user.id);
      if (accounts.some(({ providerId }) => providerId === "credential")) {
        await internalAdapter.updatePassword(user.id, hash);
      } else {
        await internalAdapter.linkAccount({
          userId: user.id,
          providerId: "credential",
          accountId: user.id,
          password: hash,
        });
      }
      await auth.api.revokeOtherSessions({ headers: c.req.raw.headers });
      return c.json({ email: email.toLowerCase() }, 200);
    },
  );
}
