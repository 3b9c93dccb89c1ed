import type { Role } from "@tailbone/protocol/access";
import { TailboneError } from "@tailbone/protocol/errors";
import { and, eq } from "drizzle-orm";
import { apikey } from "../schema/access";
import { invitation, member, user } from "../schema/auth";
import type { Database } from "../server/database";
import { parseRole } from "./teams";

type Change = Parameters<Parameters<Database["transaction"]>[0]>[0];

interface Found {
  readonly email: string;
  readonly role: Role;
}

interface Which {
  readonly team: string;
  readonly user: string;
  /** Looks at the member as they are now, before anything is changed; what it throws is thrown. */
  readonly check: (member: Found) => void;
}

/**
 * The member that is to be changed, with all of the team's members locked, so that the last owner cannot go by two at
 * once.
 */
async function lockMember(change: Change, { team, user: id, check }: Which): Promise<Found & { owners: number }> {
  const rows = await change
    .select({ id: member.userId, email: user.email, role: member.role })
    .from(member)
    .innerJoin(user, eq(user.id, member.userId))
    .where(eq(member.organizationId, team))
    .for("update", { of: member });
  const owners = rows.filter(({ role }) => parseRole(role) === "owner").length;
  const row = rows.find((one) => one.id === id);
  if (row === undefined) {
    throw new TailboneError("not_found", "There is no such member in this team.", "They may have left already.");
  }
  const found = { email: row.email, role: parseRole(row.role) };
  check(found);
  return { ...found, owners };
}

function keepAnOwner(owners: number): void {
  if (owners > 1) return;
  throw new TailboneError("conflict", "A team needs an owner, and this is the last.", "Make someone else owner first.");
}

/**
 * Takes a member out of the team, with their keys and the invitations that are still open. Throws `not_found`, or
 * `conflict` for the last owner.
 */
export async function removeMember(db: Database, which: Which): Promise<Found> {
  return db.transaction(async (change) => {
    const { owners, ...found } = await lockMember(change, which);
    if (found.role === "owner") keepAnOwner(owners);
    const { team, user: id } = which;
    await change.delete(member).where(and(eq(member.organizationId, team), eq(member.userId, id)));
    await change.delete(apikey).where(and(eq(apikey.teamId, team), eq(apikey.createdBy, id)));
    await change.delete(invitation).where(and(eq(invitation.organizationId, team), eq(invitation.inviterId, id)));
    return found;
  });
}

/** Gives a member another role; what they were before. Throws `not_found`, or `conflict` for the last owner. */
export async function changeRole(db: Database, which: Which, role: Role): Promise<Found> {
  return db.transaction(async (change) => {
    const { owners, ...found } = await lockMember(change, which);
    if (found.role === "owner" && role !== "owner") keepAnOwner(owners);
    await change
      .update(member)
      .set({ role })
      .where(and(eq(member.organizationId, which.team), eq(member.userId, which.user)));
    return found;
  });
}
