import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { systemClock } from "@tailbone/base/clock";
import { OWNER_SCHEME, ownerProofText } from "@tailbone/protocol/access";
import { TailboneError } from "@tailbone/protocol/errors";

/**
 * The secret of the hub on this machine: TAILBONE_SECRET, else the file in its data folder. Throws `unauthenticated`.
 */
export async function readHubSecret(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  if (env.TAILBONE_SECRET) return env.TAILBONE_SECRET;
  const path = join(resolve(env.TAILBONE_DATA || ".tailbone"), "secret");
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (cause) {
    throw new TailboneError(
      "unauthenticated",
      `Keys are made by people, and the hub's secret is not at ${path}.`,
      "Run this on the hub's machine with TAILBONE_DATA naming its data folder, or make the key in the dashboard under Settings.",
      { cause },
    );
  }
}

/** The `Authorization` of a request that is signed with the hub's secret. */
export function proveOwner(
  secret: string,
  request: { origin: string; method: string; path: string; body: string },
): string {
  const atMs = Math.round(systemClock.wallMs());
  const proof = createHmac("sha256", secret)
    .update(ownerProofText({ ...request, atMs }))
    .digest("hex");
  return `${OWNER_SCHEME} ${atMs}.${proof}`;
}
