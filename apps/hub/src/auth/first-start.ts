import { hostname } from "node:os";
import { systemClock } from "@tailbone/base/clock";
import { FIRST_TEAM_SLUG, findOwner, inFirstStart, type Owner } from "@tailbone/db/access/teams";
import { addDefaultRules } from "@tailbone/db/rules/rules";
import type { Database } from "@tailbone/db/server/database";
import { makeKey } from "@tailbone/services/key-secret";
import { readCredentials, writeCredentials } from "../process/credentials-file";
import type { Auth } from "./auth";
import type { Keys } from "./keys";
import type { Origins } from "./origins";

/**
 * The owner of the default team; the first start on a database makes both. It goes by the team and not by the
 * address, so that an owner who changed the address stays the owner.
 */
export async function ensureOwner(db: Database, auth: Auth, email: string): Promise<Owner> {
  return inFirstStart(db, async () => {
    const known = await findOwner(db);
    if (known !== null) return known;
    const { internalAdapter } = await auth.$context;
    const found = await internalAdapter.findUserByEmail(email);
    const owner =
      found?.user ??
      (await internalAdapter.createUser({ email, name: "Owner", emailVerified: true }, { method: "server" }));
    const team = await auth.api.createOrganization({
      body: { name: "Default team", slug: FIRST_TEAM_SLUG, userId: owner.id },
    });
    await addDefaultRules(db, { team: team.id });
    return { id: owner.id, name: owner.name, email: owner.email, team: { id: team.id, name: team.name } };
  });
}

/** Sees to it that the SDK on this machine finds a valid key for this hub in the credentials file. */
export async function ensureLocalKey(
  db: Database,
  keys: Keys,
  owner: Owner,
  origins: Origins,
  configHome: string,
): Promise<void> {
  const names = [...new Set([origins.public, origins.local, origins.local.replace("127.0.0.1", "localhost")])];
  const credentials = await readCredentials(configHome);
  const entries = names.map((name) => credentials[name]?.key);
  const valid = await Promise.all(entries.map(async (key) => key !== undefined && (await keys.verify(key)) !== null));
  if (valid.every(Boolean)) return;
  const kept = entries.find((_, index) => valid[index]);
  const key =
    kept ??
    (
      await makeKey(db, {
        team: owner.team.id,
        createdBy: owner.id,
        name: `this machine (${hostname()})`.slice(0, 64),
        scopes: ["ingest", "read"],
        project: null,
        expiresAtMs: null,
        nowMs: systemClock.wallMs(),
      })
    ).secret;
  const entry = { key, team: owner.team.name };
  await writeCredentials(configHome, Object.fromEntries(names.map((name) => [name, entry])));
}
