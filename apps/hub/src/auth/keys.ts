import { createHash, randomBytes } from "node:crypto";
import type { Clock } from "@tailbone/base/clock";
import { apikey } from "@tailbone/db/schema/access";
import { organization } from "@tailbone/db/schema/auth";
import { project } from "@tailbone/db/schema/run";
import type { Database } from "@tailbone/db/server/database";
import type { KeyScope } from "@tailbone/protocol/access";
import { and, eq, sql } from "drizzle-orm";
import type { Log } from "../log";

/** A valid key: who it is, for which team it speaks, and what it may do. */
interface KnownKey {
  readonly id: string;
  readonly name: string;
  readonly team: { readonly id: string; readonly name: string };
  readonly project: { readonly id: string; readonly name: string } | null;
  readonly scopes: readonly KeyScope[];
  readonly createdBy: string | null;
  readonly expiresAt: Date | null;
}

export interface Keys {
  /**
   * The key behind a secret, null when there is none or its time is over. An answer is remembered for ten seconds. Throws when
   * the database is away, so that a writer is told to wait and not that its key is wrong.
   */
  readonly verify: (secret: string) => Promise<KnownKey | null>;
  /** Keys were deleted: all are asked for anew. */
  readonly forget: () => void;
}

const REMEMBER_MS = 10_000;
const REMEMBERED_KEYS = 10_000;
const SECRET_FORM = /^tb_[A-Za-z0-9_-]{16,250}$/;

/** A new secret, what is stored of it, and what is shown of it. Its 256 random bits need no slow hash. */
export function makeSecret(): { secret: string; hash: string; start: string } {
  const secret = `tb_${randomBytes(32).toString("hex")}`;
  return { secret, hash: hashSecret(secret), start: secret.slice(0, 9) };
}

function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url");
}

export function createKeys(db: Database, log: Log, clock: Clock): Keys {
  const isOver = ({ expiresAt }: KnownKey): boolean => expiresAt !== null && expiresAt.getTime() <= clock.wallMs();
  const remembered = new Map<string, { key: KnownKey; untilMs: number }>();
  let generation = 0;

  async function findKey(hash: string): Promise<KnownKey | null> {
    const [row] = await db
      .select({
        id: apikey.id,
        name: apikey.name,
        team: { id: organization.id, name: organization.name },
        project: { id: project.id, name: project.name },
        scopes: apikey.scopes,
        createdBy: apikey.createdBy,
        expiresAt: apikey.expiresAt,
      })
      .from(apikey)
      .innerJoin(organization, eq(organization.id, apikey.teamId))
      .leftJoin(project, eq(project.id, apikey.projectId))
      .where(eq(apikey.key, hash));
    return row === undefined || isOver(row) ? null : row;
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
      const hash = hashSecret(secret);
      const known = remembered.get(hash);
      if (known !== undefined && known.untilMs > clock.monotonicMs()) return isOver(known.key) ? null : known.key;
      remembered.delete(hash);
      const asked = generation;
      const key = await findKey(hash);
      if (key === null) return null;
      if (remembered.size >= REMEMBERED_KEYS) remembered.clear();
      // What was read before keys were deleted is not kept: it may be one of those.
      if (asked === generation) remembered.set(hash, { key, untilMs: clock.monotonicMs() + REMEMBER_MS });
      touch(key.id);
      return key;
    },
    forget: () => {
      generation++;
      remembered.clear();
    },
  };
}
