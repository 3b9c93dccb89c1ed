import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { HubAddress } from "@tailbone/client/call-hub";
import getPort from "get-port";
import { hubAt } from "./hub";
import { type Child, spawnNode } from "./processes";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
export const cliEntry = join(root, "apps/cli/dist/main.js");
export const trainer = (name: string): string => join(root, "tests/trainers", `${name}.mjs`);

/** A folder of one test's own: data, credentials and a port, which survive restarts of what runs on them. */
export interface Place {
  readonly folder: string;
  readonly url: string;
  /** The environment under which every process of this place runs. */
  readonly env: Record<string, string>;
  readonly remove: () => Promise<void>;
}

export async function openPlace(extra: Record<string, string> = {}): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), "tailbone-test-"));
  const port = await getPort();
  const url = `http://127.0.0.1:${port}`;
  return {
    folder,
    url,
    env: {
      TAILBONE_PORT: String(port),
      TAILBONE_URL: url,
      TAILBONE_DATA: join(folder, "data"),
      TAILBONE_CONFIG_HOME: join(folder, "config"),
      TAILBONE_LOG_LEVEL: "warn",
      ...extra,
    },
    remove: () => removePlace(folder),
  };
}

/** With the database's files, where they lie elsewhere because the folder is closed to the database's user. */
async function removePlace(folder: string): Promise<void> {
  const elsewhere = await readFile(join(folder, "data/postgres.location"), "utf8").catch(() => null);
  const folders = elsewhere === null ? [folder] : [folder, elsewhere.trim()];
  await Promise.all(folders.map((each) => rm(each, { recursive: true, force: true, maxRetries: 5 })));
}

/** A running `tailbone start`. */
export interface Stack {
  readonly place: Place;
  readonly child: Child;
  readonly url: string;
  /** The one-time link that signs the owner in. */
  readonly signInLink: string;
  /** The API key that the first start has put where the SDK finds it. */
  readonly key: string;
  /** To be asked with that key by `callHub`. */
  readonly hub: HubAddress;
  readonly get: (path: string) => Promise<Response>;
  readonly stop: () => Promise<number | null>;
}

/**
 * Starts everything on a place and waits until it serves. `dashboard: false` leaves the pages away, to start faster.
 */
export async function startStack(place: Place, options: { dashboard?: boolean } = {}): Promise<Stack> {
  const args = [cliEntry, "start", "--json"];
  if (options.dashboard === false) args.push("--no-dashboard");
  const child = spawnNode(args, { env: place.env, cwd: place.folder });
  const ready: { url: string; signInLink: string } = JSON.parse(
    await child.line((line) => line.startsWith("{") && line.includes('"signInLink"')),
  );
  const credentials: Record<string, { key: string }> = JSON.parse(
    await readFile(join(place.folder, "config/credentials.json"), "utf8"),
  );
  const key = credentials[place.url]?.key;
  if (key === undefined) throw new Error(`no key for ${place.url} in ${JSON.stringify(credentials)}`);
  return {
    place,
    child,
    url: place.url,
    signInLink: ready.signInLink,
    key,
    hub: hubAt(place.url, key),
    get: (path) => fetch(`${place.url}${path}`, { headers: { authorization: `Bearer ${key}` } }),
    stop: async () => {
      await child.kill("SIGTERM");
      return child.exited;
    },
  };
}
