import { apikey } from "@tailbone/db/schema/access";
import { user } from "@tailbone/db/schema/auth";
import { project } from "@tailbone/db/schema/run";
import type { Database } from "@tailbone/db/server/database";
import type { Key, keyCreateSchema } from "@tailbone/protocol/access";
import { TailboneError } from "@tailbone/protocol/errors";
import { and, asc, eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { z } from "zod";
import { makeSecret } from "./keys";

/** The team's keys, or one of them, the oldest first. */
export async function listTeamKeys(db: Database, team: string, id?: string): Promise<Key[]> {
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
  return rows.map(({ key, project: only, creator }) => ({
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
}

/** Makes a key of a team in the name of one of its members; its secret is to be had this once. */
export async function createTeamKey(
  db: Database,
  { team, createdBy, ...wanted }: z.infer<typeof keyCreateSchema> & { team: string; createdBy: string },
): Promise<Key & { secret: string }> {
  const id = uuidv7();
  const { secret, hash, start } = makeSecret();
  const scopes = [...new Set(wanted.scopes)];
  await db.transaction(async (change) => {
    if (wanted.project !== null) {
      const found = await change
        .select({ id: project.id })
        .from(project)
        .where(and(eq(project.id, wanted.project), eq(project.teamId, team)));
      if (found.length === 0) {
        throw new TailboneError(
          "not_found",
          `There is no project ${wanted.project}.`,
          "A project is made by the first run that names it.",
        );
      }
    }
    await change.insert(apikey).values({
      id,
      name: wanted.name,
      teamId: team,
      key: hash,
      start,
      scopes,
      projectId: wanted.project,
      createdBy,
      createdAt: new Date(),
      expiresAt: wanted.expiresAtMs === null ? null : new Date(wanted.expiresAtMs),
    });
  });
  const [key] = await listTeamKeys(db, team, id);
  if (key === undefined) throw new Error("a key that was just made is not there");
  return { ...key, secret };
}
