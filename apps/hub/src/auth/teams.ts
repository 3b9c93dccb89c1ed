import { member, organization, user } from "@tailbone/db/schema/auth";
import type { Database } from "@tailbone/db/server/database";
import type { Role } from "@tailbone/protocol/access";
import { asc, eq } from "drizzle-orm";

export interface Membership {
  readonly team: { readonly id: string; readonly name: string };
  readonly role: Role;
}

/** A member may hold several roles in one column; the strongest counts. */
export function parseRole(roles: string): Role {
  const held = roles.split(",");
  if (held.includes("owner")) return "owner";
  return held.includes("admin") ? "admin" : "member";
}

/** The teams of a user, the one joined first on top. */
export async function findMemberships(db: Database, userId: string): Promise<Membership[]> {
  const rows = await db
    .select({ id: organization.id, name: organization.name, role: member.role })
    .from(member)
    .innerJoin(organization, eq(organization.id, member.organizationId))
    .where(eq(member.userId, userId))
    .orderBy(asc(member.createdAt), asc(member.id));
  return rows.map(({ id, name, role }) => ({ team: { id, name }, role: parseRole(role) }));
}

export interface TeamMember {
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly joinedAt: Date;
}

/** The members of a team, in the order in which they joined. */
export async function listTeamMembers(db: Database, team: string): Promise<TeamMember[]> {
  const rows = await db
    .select({ userId: user.id, name: user.name, email: user.email, role: member.role, joinedAt: member.createdAt })
    .from(member)
    .innerJoin(user, eq(user.id, member.userId))
    .where(eq(member.organizationId, team))
    .orderBy(asc(member.createdAt), asc(member.id));
  return rows.map((row) => ({ ...row, role: parseRole(row.role) }));
}
