import { apikey } from "@tailbone/db/schema/access";
import { invitation, member, user } from "@tailbone/db/schema/auth";
import type { Database } from "@tailbone/db/server/database";
import type { Role } from "@tailbone/protocol/access";
import { TailboneError } from "@tailbone/protocol/errors";
import type { Caller } from "@tailbone/services/caller";
import { requireUser } from "@tailbone/services/caller";
import { and, eq } from "drizzle-orm";
import { parseRole } from "./teams";

type Change = Parameters<Parameters<Database["transaction"]>[0]>[0];

interface Found {
  readonly email: string;
  readonly role: Role;
}

/** The member that is to be changed, with all of the team's members locked, so that the last owner cannot go by two at once. */
async function lockMember(change: Change, caller: Caller, id: string): Promise<Found & { owners: number }> {
  const rows = await change
    .select({ id: member.userId, email: user.email, role: member.role })
    .from(member)
    .innerJoin(user, eq(user.id, member.userId))
    .where(eq(member.organizationId, caller.team.id))
    .for("update", { of: member });
  const owners = rows.filter(({ role }) => parseRole(role) === "owner").length;
  const found = rows.find((row) => row.id === id);
  if (found === undefined) {
    throw new TailboneError("not_found", "There is no such member in this team.", "They may have left already.");
  }
  return { email: found.email, role: parseRole(found.role), owners };
}

function keepAnOwner(owners: number): void {
  if (owners > 1) return;
  throw new TailboneError("conflict", "A team needs an owner, and this is the last.", "Make someone else owner first.");
}

/** Whoever is no owner changes no owner. */
function requireStanding(caller: Caller, touched: readonly Role[]): void {
  const { role } = requireUser(caller);
  if (role === "owner" || !touched.includes("owner")) return;
  throw new TailboneError("forbidden", "Only an owner of the team may do this to an owner.", "Ask one of them.");
}

/**
 * Takes a member out of the team, with their keys and the invitations that are still open. One may leave oneself; only who may manage
 * members removes others. Throws `not_found`, `forbidden`, or `conflict` for the last owner.
 */
export async function removeMember(db: Database, caller: Caller, id: string): Promise<Found> {
  return db.transaction(async (change) => {
    const { owners, ...found } = await lockMember(change, caller, id);
    requireStanding(caller, [found.role]);
    if (found.role === "owner") keepAnOwner(owners);
    const team = caller.team.id;
    await change.delete(member).where(and(eq(member.organizationId, team), eq(member.userId, id)));
    await change.delete(apikey).where(and(eq(apikey.teamId, team), eq(apikey.createdBy, id)));
    await change.delete(invitation).where(and(eq(invitation.organizationId, team), eq(invitation.inviterId, id)));
    return found;
  });
}

/** Gives a member another role. Throws `not_found`, `forbidden`, or `conflict` for the last owner. */
export async function changeRole(db: Database, caller: Caller, id: string, role: Role): Promise<Found> {
  return db.transaction(async (change) => {
    const { owners, ...found } = await lockMember(change, caller, id);
    requireStanding(caller, [found.role, role]);
    if (found.role === "owner" && role !== "owner") keepAnOwner(owners);
    await change
      .update(member)
      .set({ role })
      .where(and(eq(member.organizationId, caller.team.id), eq(member.userId, id)));
    return found;
  });
}
