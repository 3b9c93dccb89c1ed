import { createHash, randomBytes } from "node:crypto";
import { insertKey } from "@tailbone/db/access/keys";
import type { Database } from "@tailbone/db/server/database";
import type { Key, NewKey } from "@tailbone/protocol/access";

/** A new secret, what is stored of it, and what is shown of it. Its 256 random bits need no slow hash. */
export function makeSecret(): { secret: string; hash: string; start: string } {
  const secret = `tb_${randomBytes(32).toString("hex")}`;
  return { secret, hash: hashSecret(secret), start: secret.slice(0, 9) };
}

export const hashSecret = (secret: string): string => createHash("sha256").update(secret).digest("base64url");

interface TeamKey extends NewKey {
  readonly team: string;
  readonly createdBy: string;
  readonly nowMs: number;
}

/**
 * Makes a key of a team in the name of one of its members; its secret is to be had this once. Throws `not_found` for a
 * project.
 */
export async function makeKey(db: Database, wanted: TeamKey): Promise<Key & { secret: string }> {
  const { secret, hash, start } = makeSecret();
  return { ...(await insertKey(db, { ...wanted, hash, start })), secret };
}
