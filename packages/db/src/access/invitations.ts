import type { Invitation, Role } from "@tailbone/protocol/access";
import { TailboneError } from "@tailbone/protocol/errors";
import { and, asc, eq, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { account, invitation, member, organization, user } from "../schema/auth";
import type { Database } from "../server/database";
import { parseRole } from "./teams";

/*
 * An invitation is its link: whoever holds it joins, with the account they are signed in to or one that they make. It
 * belongs to no account, and the address in it is only whom it was meant for. So nobody joins a team because somebody
 * else made an account with their address.
 */

const isOpen = sql`${invitation.status} = 'pending' and ${invitation.expiresAt} > now()`;

interface NewInvitation {
  readonly team: string;
  readonly email: string;
  readonly role: Role;
  readonly inviter: string;
  /** SHA-256 of what the link carries. */
  readonly tokenHash: string;
  readonly expiresAtMs: number;
}

/** Makes an invitation, in place of an earlier one to the same address. */
export async function createInvitation(
  db: Database,
  { team, email, role, inviter, tokenHash, expiresAtMs }: NewInvitation,
): Promise<Invitation> {
  const to = email.toLowerCase();
  const made = {
    id: uuidv7(),
    tokenHash,
    organizationId: team,
    email: to,
    role,
    inviterId: inviter,
    expiresAt: new Date(expiresAtMs),
  };
  await db.transaction(async (change) => {
    await change.delete(invitation).where(and(eq(invitation.organizationId, team), eq(invitation.email, to)));
    await change.insert(invitation).values(made);
  });
  return { id: made.id, email: to, role, expiresAtMs };
}

/** Those that nobody has accepted yet. */
export async function listInvitations(db: Database, { team }: { team: string }): Promise<Invitation[]> {
  const rows = await db
    .select()
    .from(invitation)
    .where(and(eq(invitation.organizationId, team), isOpen, sql`${invitation.tokenHash} is not null`))
    .orderBy(asc(invitation.createdAt), asc(invitation.id));
  return rows.map(({ id, email, role, expiresAt }) => ({
    id,
    email,
    role: parseRole(role ?? ""),
    expiresAtMs: expiresAt.getTime(),
  }));
}

/** Takes an invitation back; whom it was for. Throws `not_found`. */
export async function deleteInvitation(db: Database, { team, id }: { team: string; id: string }): Promise<string> {
  const [gone] = await db
    .delete(invitation)
    .where(and(eq(invitation.id, id), eq(invitation.organizationId, team)))
    .returning({ email: invitation.email });
  if (gone !== undefined) return gone.email;
  throw new TailboneError("not_found", "There is no such invitation.", "It may have been accepted in the meantime.");
}

const noInvitation = (): TailboneError =>
  new TailboneError(
    "unauthenticated",
    "The invitation is not valid: it was used, withdrawn, or has expired.",
    "Ask whoever invited you for a new link.",
  );

/** What an invitation says to whoever holds its link. Throws `unauthenticated`. */
export async function readInvitation(
  db: Database,
  tokenHash: string,
): Promise<{ team: string; invitedBy: string; email: string }> {
  const [found] = await db
    .select({ team: organization.name, invitedBy: user.name, email: invitation.email })
    .from(invitation)
    .innerJoin(organization, eq(organization.id, invitation.organizationId))
    .innerJoin(user, eq(user.id, invitation.inviterId))
    .where(and(eq(invitation.tokenHash, tokenHash), isOpen));
  if (found === undefined) throw noInvitation();
  return found;
}

/** Who joins: an account that is there, or a new one. */
export type Joining =
  | { readonly user: string }
  | { readonly name: string; readonly email: string; readonly passwordHash: string };

/**
 * Uses an invitation up: its holder is a member now. Throws `unauthenticated`, or `conflict` for a member or an address
 * that is taken.
 */
export async function acceptInvitation(
  db: Database,
  tokenHash: string,
  joining: Joining,
): Promise<{ team: string; user: string; email: string; role: Role }> {
  return db.transaction(async (change) => {
    const [taken] = await change
      .delete(invitation)
      .where(and(eq(invitation.tokenHash, tokenHash), isOpen))
      .returning({ team: invitation.organizationId, role: invitation.role });
    if (taken === undefined) throw noInvitation();
    const id = "user" in joining ? joining.user : uuidv7();
    if (!("user" in joining)) {
      // "Verified" makes better-auth keep the password when the owner opens a sign-in link; nothing else follows from
      // it.
      const made = await change
        .insert(user)
        .values({ id, name: joining.name, email: joining.email.toLowerCase(), emailVerified: true })
        .onConflictDoNothing()
        .returning({ id: user.id });
      if (made.length === 0) {
        throw new TailboneError(
          "conflict",
          `Somebody has an account as ${joining.email} already.`,
          "If it is yours, sign in and open the link again; else choose another address.",
        );
      }
      const credential = { accountId: id, providerId: "credential", userId: id, password: joining.passwordHash };
      await change.insert(account).values({ id: uuidv7(), ...credential });
    }
    const role = parseRole(taken.role ?? "");
    const joined = await change
      .insert(member)
      .values({ id: uuidv7(), organizationId: taken.team, userId: id, role })
      .onConflictDoNothing()
      .returning({ id: member.id });
    if (joined.length === 0) {
      throw new TailboneError(
        "conflict",
        "You are a member of this team already.",
        "The invitation stays good for whoever else it is meant for.",
      );
    }
    const [known] = await change.select({ email: user.email }).from(user).where(eq(user.id, id));
    return { team: taken.team, user: id, email: known?.email ?? "", role };
  });
}
