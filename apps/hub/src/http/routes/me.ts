import { createRoute, z } from "@hono/zod-openapi";
import { session } from "@tailbone/db/schema/auth";
import { accountChangeSchema, sessionListSchema } from "@tailbone/protocol/access";
import { TailboneError } from "@tailbone/protocol/errors";
import { meSchema } from "@tailbone/protocol/http";
import { text } from "@tailbone/protocol/text";
import { requireUser } from "@tailbone/services/caller";
import { and, desc, eq, gt } from "drizzle-orm";
import { createAttempts } from "../../auth/attempts";
import { requireUncommonPassword } from "../../auth/passwords";
import { findMemberships } from "../../auth/teams";
import type { Services } from "../../services";
import { type Api, answers, jsonBody } from "../environment";

const done = z.object({});

/** Who the caller is, what a person signs in with, and where they are signed in. */
export function addMeRoutes(api: Api, { auth, db, securityLog }: Services): void {
  const attempts = createAttempts();

  api.openapi(
    createRoute({ method: "get", path: "/me", summary: "Who the caller is", responses: answers(meSchema) }),
    async (c) => {
      const { team, by } = c.var.caller;
      if (by.kind === "key") {
        return c.json({ user: null, team: { ...team, role: null }, teams: [team] }, 200);
      }
      const { internalAdapter } = await auth.$context;
      const [accounts, user, memberships] = await Promise.all([
        internalAdapter.findAccounts(by.id),
        internalAdapter.findUserById(by.id),
        findMemberships(db, by.id),
      ]);
      const hasPassword = accounts.some(({ providerId }) => providerId === "credential");
      const hasSecondFactor = user !== null && "twoFactorEnabled" in user && user.twoFactorEnabled === true;
      return c.json(
        {
          user: { id: by.id, name: by.name, email: by.email, hasPassword, hasSecondFactor },
          team: { ...team, role: by.role },
          teams: memberships.map((membership) => membership.team),
        },
        200,
      );
    },
  );

  const change = {
    method: "post",
    path: "/me/account",
    summary: "Changes the caller's password or e-mail, by the current password if there is one; other sessions end",
  } as const;
  const changeBody = jsonBody(accountChangeSchema);
  const changed = answers(z.object({ email: z.string() }));
  api.openapi(createRoute({ ...change, request: { body: changeBody }, responses: changed }), async (c) => {
    const { caller, from } = c.var;
    const user = requireUser(caller);
    const { email = user.email, password, current } = c.req.valid("json");
    const { internalAdapter, password: passwords } = await auth.$context;
    const accounts = await internalAdapter.findAccounts(user.id);
    const credential = accounts.find(({ providerId }) => providerId === "credential");
    if (credential?.password) {
      attempts.require(user.id);
      if (!(await passwords.verify({ hash: credential.password, password: current ?? "" }))) {
        attempts.failed(user.id);
        securityLog.refused({ caller, team: null, from, action: "sign-in-refused", what: "wrong current password" });
        throw new TailboneError("forbidden", "The current password is another.", "Type the one that you sign in with.");
      }
    }
    if (password !== undefined) requireUncommonPassword(password, { email, name: user.name });
    if (email.toLowerCase() !== user.email) {
      const other = await internalAdapter.findUserByEmail(email);
      if (other !== null && other.user.id !== user.id) {
        throw new TailboneError("conflict", `Somebody else signs in as ${email}.`, "Choose another e-mail address.");
      }
      await internalAdapter.updateUser(user.id, { email: email.toLowerCase() });
    }
    if (password !== undefined) {
      const hash = await passwords.hash(password);
      if (credential !== undefined) await internalAdapter.updatePassword(user.id, hash);
      else {
        const made = { userId: user.id, providerId: "credential", accountId: user.id, password: hash };
        await internalAdapter.linkAccount(made);
      }
    }
    await auth.api.revokeOtherSessions({ headers: c.req.raw.headers });
    const what = [email === user.email ? null : `e-mail to ${email}`, password === undefined ? null : "password"];
    const changes = what.filter((one) => one !== null).join(" and ");
    await securityLog.done({ caller, team: null, from, action: "account-changed", what: changes });
    return c.json({ email: email.toLowerCase() }, 200);
  });

  const list = { method: "get", path: "/me/sessions", summary: "Where the caller is signed in" } as const;
  api.openapi(createRoute({ ...list, responses: answers(sessionListSchema) }), async (c) => {
    const { id, session: current } = requireUser(c.var.caller);
    const rows = await db
      .select()
      .from(session)
      .where(and(eq(session.userId, id), gt(session.expiresAt, new Date())))
      .orderBy(desc(session.updatedAt));
    const sessions = rows.map((row) => ({
      id: row.id,
      createdAtMs: row.createdAt.getTime(),
      seenAtMs: row.updatedAt.getTime(),
      address: row.ipAddress,
      agent: row.userAgent,
      isCurrent: row.id === current,
    }));
    return c.json({ sessions }, 200);
  });

  const endAll = { method: "delete", path: "/me/sessions", summary: "Signs the caller out everywhere" } as const;
  api.openapi(createRoute({ ...endAll, responses: answers(done) }), async (c) => {
    const { caller, from } = c.var;
    const { internalAdapter } = await auth.$context;
    await internalAdapter.deleteUserSessions(requireUser(caller).id);
    await securityLog.done({ caller, team: null, from, action: "signed-out", what: "everywhere" });
    return c.json({}, 200);
  });

  const params = z.object({ id: text().max(64) });
  const endOne = { method: "delete", path: "/me/sessions/{id}", summary: "Ends one of the caller's sessions" } as const;
  api.openapi(createRoute({ ...endOne, request: { params }, responses: answers(done) }), async (c) => {
    const { caller, from } = c.var;
    const mine = and(eq(session.id, c.req.valid("param").id), eq(session.userId, requireUser(caller).id));
    const [found] = await db.select().from(session).where(mine);
    if (found === undefined) {
      throw new TailboneError("not_found", "You have no such session.", "It may have ended already.");
    }
    const { internalAdapter } = await auth.$context;
    await internalAdapter.deleteSession(found.token);
    const what = `one session, of ${found.userAgent ?? "an unknown browser"}`;
    await securityLog.done({ caller, team: null, from, action: "signed-out", what });
    return c.json({}, 200);
  });
}
