import { type Key, type KeyList, type KeyScope, keySchema, type NewKey, type Role } from "@tailbone/protocol/access";
import { readRows } from "@tailbone/protocol/unreadable";
import { and, asc, eq, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { findProject } from "../read/projects";
import { apikey } from "../schema/access";
import { member, organization, user } from "../schema/auth";
import { project } from "../schema/run";
import type { Database } from "../server/database";
import { parseRole } from "./teams";

/** The team's keys, or one of them, the oldest first. */
export async function listKeys(db: Database, { team, id }: { team: string; id?: string }): Promise<KeyList> {
  const rows = await db
    .select({
      key: apikey,
      project: { id: project.id, name: project.name },
      creator: { id: user.id, name: user.name },
    })
    .from(apikey)
    .leftJoin(project, eq(project.id, apikey.projectId))
    .leftJoin(user, eq(user.id, apikey.createdBy))
    .where(and(eq(apikey.teamId, team), id === undefined ? undefined : eq(apikey.id, id)))
    .orderBy(asc(apikey.createdAt), asc(apikey.id));
  const stored = rows.map(({ key, project: only, creator }) => ({
    id: key.id,
    name: key.name,
    start: key.start ?? "tb_",
    scopes: key.scopes,
    project: only,
    createdBy: creator,
    createdAtMs: key.createdAt.getTime(),
    expiresAtMs: key.expiresAt?.getTime() ?? null,
    lastUsedAtMs: key.lastRequest?.getTime() ?? null,
  }));
  const { values, unreadable } = readRows(keySchema, stored, ({ id: key, name }) => ({ what: "key", id: key, name }));
  return { keys: values, unreadable };
}

interface InsertKey extends NewKey {
  readonly team: string;
  readonly createdBy: string;
  /** SHA-256 of the secret, and what it begins with. */
  readonly hash: string;
  readonly start: string;
  readonly nowMs: number;
}

/** Makes a key of a team in the name of one of its members. Throws `not_found` for a project that is not the team's. */
export async function insertKey(
  db: Database,
  { team, createdBy, hash, start, nowMs, ...wanted }: InsertKey,
): Promise<Key> {
  const id = uuidv7();
  if (wanted.project !== null) await findProject(db, { team, project: wanted.project });
  await db.insert(apikey).values({
    id,
    name: wanted.name,
    teamId: team,
    key: hash,
    start,
    scopes: [...new Set(wanted.scopes)],
    projectId: wanted.project,
    createdBy,
    createdAt: new Date(nowMs),
    expiresAt: wanted.expiresAtMs === null ? null : new Date(wanted.expiresAtMs),
  });
  const [key] = (await listKeys(db, { team, id })).keys;
  if (key === undefined) throw new Error("a key that was just made is not there");
  return key;
}

/** Deletes a key of the team, of one person where `createdBy` says so; null: there is none. */
export async function deleteKey(
  db: Database,
  { team, id, createdBy }: { team: string; id: string; createdBy: string | null },
): Promise<{ name: string; start: string | null } | null> {
  const whose = createdBy === null ? undefined : eq(apikey.createdBy, createdBy);
  const [deleted] = await db
    .delete(apikey)
    .where(and(eq(apikey.id, id), eq(apikey.teamId, team), whose))
    .returning({ name: apikey.name, start: apikey.start });
  return deleted ?? null;
}

/** A key as whoever shows its secret is known by it: who it is, for which team it speaks, and what it may do. */
export interface KnownKey {
  readonly id: string;
  readonly name: string;
  readonly team: { readonly id: string; readonly name: string };
  readonly project: { readonly id: string; readonly name: string } | null;
  readonly scopes: readonly KeyScope[];
  readonly createdBy: string | null;
  /** Of who made it, in the team. */
  readonly role: Role | null;
  readonly expiresAt: Date | null;
}

/** The key whose secret has this hash, of whatever team. */
export async function findKey(db: Database, hash: string): Promise<KnownKey | null> {
  const [row] = await db
    .select({
      id: apikey.id,
      name: apikey.name,
      team: { id: organization.id, name: organization.name },
      project: { id: project.id, name: project.name },
      scopes: apikey.scopes,
      createdBy: apikey.createdBy,
      role: member.role,
      expiresAt: apikey.expiresAt,
    })
    .from(apikey)
    .innerJoin(organization, eq(organization.id, apikey.teamId))
    .leftJoin(project, eq(project.id, apikey.projectId))
    .leftJoin(member, and(eq(member.userId, apikey.createdBy), eq(member.organizationId, apikey.teamId)))
    .where(eq(apikey.key, hash));
  // Who is no member any more has no key.
  if (row === undefined || (row.createdBy !== null && row.role === null)) return null;
  return { ...row, role: row.role === null ? null : parseRole(row.role) };
}

/** Notes that a key was used, at most once a minute. */
export async function noteKeyUse(db: Database, id: string): Promise<void> {
  await db
    .update(apikey)
    .set({ lastRequest: sql`now()` })
    .where(and(eq(apikey.id, id), sql`coalesce(${apikey.lastRequest}, '-infinity') < now() - interval '1 minute'`));
}
