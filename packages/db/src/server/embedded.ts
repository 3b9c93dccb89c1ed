import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chownSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { childEnvironment } from "@tailbone/base/child-environment";
import { TailboneError } from "@tailbone/protocol/errors";
import { findPostgresPlace, type PostgresPlace } from "./postgres-place";
import { findPostgresUser, type PostgresUser } from "./postgres-user";

export interface EmbeddedOptions {
  /**
   * The folder that holds the cluster (or says where it is, see postgres-place.ts). One server at a time may use it.
   */
  dataDir: string;
  /** Gets each line that the server logs. */
  log?: (line: string) => void;
}

/** A running PostgreSQL of our own. */
export interface Embedded {
  /** With user and password; reachable from this machine only. */
  readonly url: string;
  readonly pid: number;
  /** Resolves when the server has ended, asked to or not. */
  readonly exited: Promise<void>;
  /** Ends it in an orderly way: transactions under way are rolled back, everything committed is on disk. */
  readonly close: () => Promise<void>;
}

const SUPERUSER = "tailbone";
const STOP_TIMEOUT_MS = 20_000;
/**
 * After a postmaster was killed, its last children may hold the shared memory for a moment; another process may take
 * the port first.
 */
const START_TRIES = 40;
const RETRY_AFTER_MS = 250;

/**
 * Starts the native PostgreSQL 18 from npm on a folder, and makes the cluster at the first time. A server that a killed
 * hub has left behind on the folder is stopped first. Throws `unavailable` or `storage_full` with the server's own
 * words.
 */
export async function openEmbedded({ dataDir, log = () => {} }: EmbeddedOptions): Promise<Embedded> {
  const user = findPostgresUser();
  const place = findPostgresPlace(dataDir, user);
  const password = readPassword(place, user);
  stopLeftover(place, user);
  for (let attempt = 1; ; attempt++) {
    const started = await start(place, user, password, log);
    if (!("failure" in started)) return started;
    if (!/still in use|Address already in use/.test(started.failure) || attempt === START_TRIES)
      throw startFailure(started.failure);
    await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS));
  }
}

function readPassword(place: PostgresPlace, user: PostgresUser | undefined): string {
  const file = join(place.clusterDir, "password");
  const cluster = join(place.clusterDir, "cluster");
  if (existsSync(join(cluster, "PG_VERSION")) && existsSync(file)) return readFileSync(file, "utf8");
  // A cluster that was not finished has never served anyone.
  rmSync(cluster, { recursive: true, force: true });
  const password = randomBytes(24).toString("base64url");
  writeFileSync(file, password, { mode: 0o600 });
  if (user !== undefined) chownSync(file, user.uid, user.gid);
  const made = spawnSync(
    join(place.binDir, "initdb"),
    [
      ...["--pgdata", cluster, "--username", SUPERUSER, "--pwfile", file],
      ...["--auth", "scram-sha-256", "--encoding", "UTF8", "--no-locale"],
    ],
    { ...user, cwd: place.clusterDir, encoding: "utf8", env: childEnvironment({ LC_ALL: "C" }, process.env) },
  );
  if (made.status !== 0) {
    rmSync(cluster, { recursive: true, force: true });
    throw startFailure(`${made.error?.message ?? ""}${made.stderr ?? ""}`);
  }
  return password;
}

/** Stops the server that a killed hub has left behind on the folder, if there is one. */
function stopLeftover(place: PostgresPlace, user: PostgresUser | undefined): void {
  const cluster = join(place.clusterDir, "cluster");
  const file = join(cluster, "postmaster.pid");
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, "utf8").split("\n")[0]);
  if (!isServerOf(pid, cluster)) {
    // The server would take any process that has this id now for its forerunner.
    rmSync(file, { force: true });
    return;
  }
  spawnSync(join(place.binDir, "pg_ctl"), ["stop", "--pgdata", cluster, "--mode", "fast", "--wait"], {
    ...user,
    cwd: place.clusterDir,
    env: childEnvironment({ LC_ALL: "C" }, process.env),
    stdio: "ignore",
    timeout: STOP_TIMEOUT_MS,
  });
}

/** Whether a process is a PostgreSQL on this cluster, and not one that got the id of one that was killed. */
function isServerOf(pid: number, cluster: string): boolean {
  if (!Number.isInteger(pid) || pid <= 1) return false;
  const inProc = `/proc/${pid}/cmdline`;
  const command = existsSync("/proc/self/cmdline")
    ? existsSync(inProc)
      ? readFileSync(inProc, "utf8").replaceAll("\0", " ")
      : ""
    : spawnSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" }).stdout;
  return command.includes(`-D ${cluster} `);
}

async function start(
  place: PostgresPlace,
  user: PostgresUser | undefined,
  password: string,
  log: (line: string) => void,
): Promise<Embedded | { failure: string }> {
  const port = await freePort();
  const settings = {
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: "",
    max_connections: "60",
    shared_buffers: "128MB",
    max_wal_size: "2GB",
    logging_collector: "off",
  };
  const server = spawn(
    join(place.binDir, "postgres"),
    [
      ...["-D", join(place.clusterDir, "cluster")],
      ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ],
    // A group of its own: Ctrl-C in the terminal must reach the hub alone, which ends the database last.
    {
      ...user,
      cwd: place.clusterDir,
      detached: true,
      stdio: ["ignore", "ignore", "pipe"],
      env: childEnvironment({ LC_ALL: "C" }, process.env),
    },
  );
  const exited = once(server, "close").then(() => undefined);
  const failure = await untilReady(server, exited, log);
  if (failure !== null || server.pid === undefined) return { failure: failure ?? "the process was not started" };
  return {
    url: `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`,
    pid: server.pid,
    exited,
    close: async () => {
      server.kill("SIGINT");
      const impatient = setTimeout(() => server.kill("SIGQUIT"), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(impatient);
    },
  };
}

/** Null once the server accepts connections; what it said when it ends before that. */
function untilReady(server: ChildProcess, exited: Promise<void>, log: (line: string) => void): Promise<string | null> {
  const said: string[] = [];
  return new Promise((resolve) => {
    server.once("error", (error) => resolve(error.message));
    if (server.stderr === null) return;
    createInterface({ input: server.stderr }).on("line", (line) => {
      log(line);
      if (said.length < 100) said.push(line);
      if (line.includes("database system is ready to accept connections")) resolve(null);
    });
    exited.then(() => resolve(said.join("\n")));
  });
}

function startFailure(said: string): TailboneError {
  if (said.includes("No space left on device")) {
    return new TailboneError(
      "storage_full",
      "The embedded PostgreSQL has no room left on its disk.",
      "Free some space and start again; nothing is lost.",
    );
  }
  return new TailboneError(
    "unavailable",
    `The embedded PostgreSQL did not start. It said:\n${said.trim()}`,
    "Mend what it says, or set DATABASE_URL to a PostgreSQL of your own. The data is untouched.",
  );
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
