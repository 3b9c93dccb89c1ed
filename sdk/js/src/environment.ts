import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { CREDENTIALS_FILE, parseCredentials } from "@tailbone/protocol/credentials";

/** What the environment says, as the SDK and the command line share it. */
export interface Environment {
  readonly url: string | undefined;
  readonly apiKey: string | undefined;
  readonly mode: string | undefined;
  /** Absolute. */
  readonly dataDir: string;
  readonly configHome: string;
}

export const DEFAULT_URL = "http://127.0.0.1:4400";

const given = (value: string | undefined): string | undefined => (value === "" ? undefined : value);

export function readEnvironment(env: NodeJS.ProcessEnv = process.env): Environment {
  const base = given(env.XDG_CONFIG_HOME) ?? join(homedir(), ".config");
  return {
    url: given(env.TAILBONE_URL),
    apiKey: given(env.TAILBONE_API_KEY),
    mode: given(env.TAILBONE_MODE),
    dataDir: resolve(given(env.TAILBONE_DATA) ?? ".tailbone"),
    configHome: given(env.TAILBONE_CONFIG_HOME) ?? join(base, "tailbone"),
  };
}

/** The key that this machine has for the hub at `url`: the hub writes it there at its first start. */
export function findStoredKey(configHome: string, url: string): string | undefined {
  try {
    const stored = parseCredentials(readFileSync(join(configHome, CREDENTIALS_FILE), "utf8"));
    return stored[new URL(url).origin]?.key;
  } catch {
    // Missing or unreadable: then there is no key, and the hub says what that means.
    return undefined;
  }
}
