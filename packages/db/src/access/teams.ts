import { type MemberList, memberSchema, ROLES, type Role } from "@tailbone/protocol/access";
import { readRows } from "@tailbone/protocol/unreadable";
import { asc, eq, sql } from "drizzle-orm";
import { member, organization, user } from "../schema/auth";
import type { Database } from "../server/database";

export interface Membership {
  readonly team: { readonly id: string; readonly name: string };
  readonly role: Role;
}

/** A member may hold several roles in one column; the strongest counts, and one that is not known is none. */
export function parseRole(roles: string): Role {
  const held = roles.split(",");
  return ROLES.find((role) => held.includes(role)) ?? "viewer";
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

/** The members of a team, in the order in which they joined. */
export async function listMembers(db: Database, { team }: { team: string }): Promise<Omit<MemberList, "invitations">> {
  const rows = await db
    .select({ id: user.id, name: user.name, email: user.email, role: member.role, joinedAt: member.createdAt })
    .from(member)
    .innerJoin(user, eq(user.id, member.userId))
    .where(eq(member.organizationId, team))
    .orderBy(asc(member.createdAt), asc(member.id));
  const { values, unreadable } = readRows(
    memberSchema,
    rows.map(({ role, joinedAt, ...row }) => ({ ...row, role: parseRole(role), joinedAtMs: joinedAt.getTime() })),
    ({ id, name }) => ({ what: "member", id, name }),
  );
  return { members: values, unreadable };
}

/** Any number: hubs that start at the same time on one database take turns by it. */
const FIRST_START_LOCK = 7_415_001;
/** Of the team that the hub began with. */
export const FIRST_TEAM_SLUG = "default";

export interface Owner {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly team: { readonly id: string; readonly name: string };
}

/** Who runs the team that the hub began with. */
export async function findOwner(db: Database): Promise<Owner | null> {
  const rows = await db
    .select({
      id: user.id,
      name: user.name,
      email: user.email,
      role: member.role,
      team: { id: organization.id, name: organization.name },
    })
    .from(member)
    .innerJoin(organization, eq(organization.id, member.organizationId))
    .innerJoin(user, eq(user.id, member.userId))
    .where(eq(organization.slug, FIRST_TEAM_SLUG))
    .orderBy(asc(member.createdAt), asc(member.id));
  return rows.find(({ role }) => parseRole(role) === "owner") ?? null;
}

/** Does what only one hub at a time may do at its first start on a database. */
export function inFirstStart<T>(db: Database, work: () => Promise<T>): Promise<T> {
  return db.transaction(async (lock) => {
    await lock.execute(sql`select pg_advisory_xact_lock(${FIRST_START_LOCK})`);
    return work();
  });
}
