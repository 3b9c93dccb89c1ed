import type { HubAddress } from "@tailbone/client/call-hub";
import { TailboneError } from "@tailbone/protocol/errors";
import { DEFAULT_URL, findStoredKey, readEnvironment } from "tailbone/spool";

/** Options that every command has which asks a hub. */
export interface HubOptions {
  readonly url?: string;
  readonly apiKey?: string;
}

const HINTS: HubAddress["hints"] = {
  away: "Start it with `tailbone start`, or name another one with --url or TAILBONE_URL.",
  foreign: "Is it the right address, and of the same release? --url and TAILBONE_URL name it.",
  stranger: "Set TAILBONE_API_KEY or say --api-key; keys are made in the dashboard's settings.",
};

/** The origin of a hub. Throws `bad_request` for what is no URL. */
export function parseUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text).origin;
  throw new TailboneError(
    "bad_request",
    `"${text}" is not the URL of a hub.`,
    "Write it as http://host:port; --url and TAILBONE_URL name it.",
  );
}

/** Where the hub is and with which key: options, then the environment, then the credentials' file. */
export function findHub(options: HubOptions): HubAddress {
  const env = readEnvironment();
  const url = parseUrl(options.url ?? env.url ?? DEFAULT_URL);
  return { url, key: parseKey(options.apiKey ?? env.apiKey ?? findStoredKey(env.configHome, url)), hints: HINTS };
}

/** What no header can carry was cut out of a text by mistake. */
function parseKey(key: string | undefined): string | undefined {
  if (key === undefined || /^[\x21-\x7e]+$/.test(key)) return key;
  throw new TailboneError(
    "bad_request",
    "The key has characters that no key has.",
    "Keys begin with tb_ and have no spaces; --api-key, TAILBONE_API_KEY or the credentials' file name this one.",
  );
}
