import { join } from "node:path";
import type { HubAddress } from "@tailbone/client/call-hub";
import { TailboneError } from "@tailbone/protocol/errors";
import { DEFAULT_URL, findStoredKey, readEnvironment } from "tailbone/spool";

/** Options that every command has which asks a hub. */
export interface HubOptions {
  readonly url?: string;
  readonly apiKey?: string;
}

const AWAY = "Start it with `tailbone start`, or name another one with --url or TAILBONE_URL.";
const FOREIGN = "Is it the right address, and of the same release? --url and TAILBONE_URL name it.";
const STRANGER = "Set TAILBONE_API_KEY or say --api-key; keys are made in the dashboard's settings.";

/** The origin of a hub. Throws `bad_request` for what is no URL. */
export function parseUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text).origin;
  const meant = URL.canParse(`http://${text}`) ? `http://${text}` : "http://host:port";
  throw new TailboneError(
    "bad_request",
    `"${text}" is not the URL of a hub.`,
    `Write it as ${meant}; --url and TAILBONE_URL name it.`,
  );
}

/** Where the hub is and with which key: options, then the environment, then the credentials' file. */
export function findHub(options: HubOptions): HubAddress {
  const env = readEnvironment();
  const url = parseUrl(options.url ?? env.url ?? DEFAULT_URL);
  const [key, source] =
    options.apiKey !== undefined
      ? [options.apiKey, "--api-key"]
      : env.apiKey !== undefined
        ? [env.apiKey, "TAILBONE_API_KEY"]
        : [findStoredKey(env.configHome, url), join(env.configHome, "credentials.json")];
  const stranger = key === undefined ? STRANGER : `It is the one of ${source}. ${STRANGER}`;
  if (key === undefined || isSendable(key)) return { url, key, hints: { away: AWAY, foreign: FOREIGN, stranger } };
  throw new TailboneError(
    "bad_request",
    `The key of ${source} has characters that no key has.`,
    "Keys begin with tb_ and have no spaces.",
  );
}

/** What no header can carry was cut out of some text by mistake. */
const isSendable = (key: string): boolean => /^[\x21-\x7e]+$/.test(key);
