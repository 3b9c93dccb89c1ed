import { defaultKeyHasher } from "@better-auth/api-key";
import type { Clock } from "@tailbone/base/clock";
import { apikey, organization } from "@tailbone/db/auth-schema";
import type { Database } from "@tailbone/db/database";
import { and, eq, sql } from "drizzle-orm";
import type { Log } from "../log";

/** A valid key: who it is and for which team it speaks. */
interface KnownKey {
  readonly id: string;
  readonly name: string;
  readonly team: { readonly id: string; readonly name: string };
}

export interface Keys {
  /**
   * The key behind a secret, null when there is none. An answer is remembered for ten seconds. Throws when the
   * database is away, so that a writer is told to wait and not that its key is wrong; better-auth's own verification
   * does not keep the two apart.
   */
  readonly verify: (secret: string) => Promise<KnownKey | null>;
  /** A key was deleted: it is asked for anew. */
  readonly forget: (id: string) => void;
}

const REMEMBER_MS = 10_000;
const REMEMBERED_KEYS = 10_000;
const SECRET_FORM = /^tb_[A-Za-z0-9_-]{16,250}$/;

export function createKeys(db: Database, log: Log, clock: Clock): Keys {
  const remembered = new Map<string, { key: KnownKey; untilMs: number }>();

  async function findKey(hash: string): Promise<KnownKey | null> {
    const [row] = await db
      .select({
        id: apikey.id,
        name: apikey.name,
        enabled: apikey.enabled,
        expiresAt: apikey.expiresAt,
        team: { id: organization.id, name: organization.name },
      })
      .from(apikey)
      .innerJoin(organization, eq(organization.id, apikey.referenceId))
      .where(eq(apikey.key, hash));
    if (row === undefined || row.enabled === false) return null;
    if (row.expiresAt !== null && row.expiresAt.getTime() <= clock.wallMs()) return null;
    return { id: row.id, name: row.name ?? "key", team: row.team };
  }

  /** Notes the use of a key, at most once a minute, beside the request. */
  function touch(id: string): void {
    db.update(apikey)
      .set({ lastRequest: new Date() })
      .where(and(eq(apikey.id, id), sql`coalesce(${apikey.lastRequest}, '-infinity') < now() - interval '1 minute'`))
      .catch((error: unknown) => log.debug({ err: error }, "the use of a key was not noted"));
  }

  return {
    verify: async (secret) => {
      if (!SECRET_FORM.test(secret)) return null;
      const hash = await defaultKeyHasher(secret);
      const known = remembered.get(hash);
      if (known !== undefined && known.untilMs > clock.monotonicMs()) return known.key;
      remembered.delete(hash);
      const key = await findKey(hash);
      if (key === null) return null;
      if (remembered.size >= REMEMBERED_KEYS) remembered.clear();
      remembered.set(hash, { key, untilMs: clock.monotonicMs() + REMEMBER_MS });
      touch(key.id);
      return key;
    },
    forget: (id) => {
      for (const [hash, { key }] of remembered) if (key.id === id) remembered.delete(hash);
    },
  };
}
