import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Under whom PostgreSQL runs: it refuses to run as root. Undefined: as whoever runs this process. */
export interface PostgresUser {
  readonly uid: number;
  readonly gid: number;
}

/** Names that are tried, in this order; the first is made when none but `nobody` is there. */
const OWN_USER = "tailbone";

/**
 * The user for PostgreSQL: none is needed unless this process is root; then `tailbone`, made if it can be, else
 * `nobody`.
 */
export function findPostgresUser(): PostgresUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const own = lookUp(OWN_USER) ?? (createUser() ? lookUp(OWN_USER) : undefined) ?? lookUp("nobody");
  if (own === undefined) {
    throw new Error(
      "PostgreSQL does not run as root, and no other user was found. Make one with `useradd --system tailbone`, or set DATABASE_URL.",
    );
  }
  return own;
}

function createUser(): boolean {
  return spawnSync("useradd", ["--system", "--no-create-home", "--user-group", OWN_USER]).status === 0;
}

function lookUp(name: string): PostgresUser | undefined {
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(":") ?? [];
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}
