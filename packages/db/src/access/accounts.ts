import type { Session } from "@tailbone/protocol/access";
import { TailboneError } from "@tailbone/protocol/errors";
import { and, desc, eq, gt, ne } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { account, session, user } from "../schema/auth";
import type { Database } from "../server/database";

/*
 * What a person signs in with, and where they are signed in. The tables are better-auth's; it keeps nothing of them
 * elsewhere.
 */

const CREDENTIAL = "credential";
const ofCredential = (id: string) => and(eq(account.userId, id), eq(account.providerId, CREDENTIAL));

export interface KnownUser {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

/** Somebody by their id or their address. */
export async function findUser(
  db: Database,
  by: { readonly id: string } | { readonly email: string },
): Promise<KnownUser | null> {
  const where = "id" in by ? eq(user.id, by.id) : eq(user.email, by.email.toLowerCase());
  const [found] = await db.select({ id: user.id, name: user.name, email: user.email }).from(user).where(where);
  return found ?? null;
}

/** How somebody signs in; `passwordHash` null: by links alone. */
export async function readCredentials(
  db: Database,
  id: string,
): Promise<{ passwordHash: string | null; hasSecondFactor: boolean }> {
  const [found] = await db
    .select({ passwordHash: account.password, hasSecondFactor: user.twoFactorEnabled })
    .from(user)
    .leftJoin(account, and(eq(account.userId, user.id), eq(account.providerId, CREDENTIAL)))
    .where(eq(user.id, id));
  return { passwordHash: found?.passwordHash ?? null, hasSecondFactor: found?.hasSecondFactor ?? false };
}

interface AccountChange {
  readonly user: string;
  readonly email?: string | undefined;
  readonly passwordHash?: string | undefined;
  /** The session that stays; all others end. */
  readonly session: string | null;
  readonly nowMs: number;
}

/**
 * Changes what somebody signs in with, and ends their other sessions; which those were. Throws `conflict` for an
 * address that is taken.
 */
export async function changeAccount(db: Database, change: AccountChange): Promise<string[]> {
  const { user: id, email, passwordHash, nowMs } = change;
  const updatedAt = new Date(nowMs);
  return db.transaction(async (sql) => {
    if (email !== undefined) {
      const [other] = await sql
        .select({ id: user.id })
        .from(user)
        .where(and(eq(user.email, email), ne(user.id, id)));
      if (other !== undefined) {
        throw new TailboneError("conflict", `Somebody else signs in as ${email}.`, "Choose another e-mail address.");
      }
      await sql.update(user).set({ email, updatedAt }).where(eq(user.id, id));
    }
    if (passwordHash !== undefined) {
      const changed = await sql
        .update(account)
        .set({ password: passwordHash, updatedAt })
        .where(ofCredential(id))
        .returning({ id: account.id });
      if (changed.length === 0) {
        const made = { id: uuidv7(), userId: id, providerId: CREDENTIAL, accountId: id, password: passwordHash };
        await sql.insert(account).values(made);
      }
    }
    const others = change.session === null ? undefined : ne(session.id, change.session);
    const ended = await sql
      .delete(session)
      .where(and(eq(session.userId, id), others))
      .returning({ id: session.id });
    return ended.map((one) => one.id);
  });
}

/** Where somebody is signed in, the last seen first. */
export async function listSessions(
  db: Database,
  { user: id, nowMs }: { user: string; nowMs: number },
): Promise<Omit<Session, "isCurrent">[]> {
  const rows = await db
    .select()
    .from(session)
    .where(and(eq(session.userId, id), gt(session.expiresAt, new Date(nowMs))))
    .orderBy(desc(session.updatedAt));
  return rows.map((row) => ({
    id: row.id,
    createdAtMs: row.createdAt.getTime(),
    seenAtMs: row.updatedAt.getTime(),
    address: row.ipAddress,
    agent: row.userAgent,
  }));
}

/** Ends sessions of somebody: one, or all; which those were. */
export async function deleteSessions(
  db: Database,
  { user: id, session: one }: { user: string; session?: string },
): Promise<{ id: string; agent: string | null }[]> {
  return db
    .delete(session)
    .where(and(eq(session.userId, id), one === undefined ? undefined : eq(session.id, one)))
    .returning({ id: session.id, agent: session.userAgent });
}
