import type { Clock } from "@tailbone/base/clock";
import { findKey, type KnownKey, noteKeyUse } from "@tailbone/db/access/keys";
import type { Database } from "@tailbone/db/server/database";
import { hashSecret } from "@tailbone/services/key-secret";
import type { Log } from "../log";

export interface Keys {
  /**
   * The key behind a secret, null when there is none or its time is over. An answer is remembered for ten seconds.
   * Throws when the database is away, so that a writer is told to wait and not that its key is wrong.
   */
  readonly verify: (secret: string) => Promise<KnownKey | null>;
  /** Keys were deleted: all are asked for anew. */
  readonly forget: () => void;
}

const REMEMBER_MS = 10_000;
const REMEMBERED_KEYS = 10_000;
const SECRET_FORM = /^tb_[A-Za-z0-9_-]{16,250}$/;

export function createKeys(db: Database, log: Log, clock: Clock): Keys {
  const isOver = ({ expiresAt }: KnownKey): boolean => expiresAt !== null && expiresAt.getTime() <= clock.wallMs();
  const remembered = new Map<string, { key: KnownKey; untilMs: number }>();
  let generation = 0;

  return {
    verify: async (secret) => {
      if (!SECRET_FORM.test(secret)) return null;
      const hash = hashSecret(secret);
      const known = remembered.get(hash);
      if (known !== undefined && known.untilMs > clock.monotonicMs()) return isOver(known.key) ? null : known.key;
      remembered.delete(hash);
      const asked = generation;
      const key = await findKey(db, hash);
      if (key === null || isOver(key)) return null;
      if (remembered.size >= REMEMBERED_KEYS) remembered.clear();
      // What was read before keys were deleted is not kept: it may be one of those.
      if (asked === generation) remembered.set(hash, { key, untilMs: clock.monotonicMs() + REMEMBER_MS });
      // Beside the request, which does not wait for it.
      noteKeyUse(db, key.id).catch((error: unknown) => log.debug({ err: error }, "the use of a key was not noted"));
      return key;
    },
    forget: () => {
      generation++;
      remembered.clear();
    },
  };
}
