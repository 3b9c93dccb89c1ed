import { errorBodySchema, fromWire, TailboneError } from "@tailbone/protocol/errors";
import { API_PREFIX } from "@tailbone/protocol/http";
import { DEFAULT_URL, findStoredKey, readEnvironment } from "tailbone/spool";
import type { z } from "zod";

/** Options that every command has which asks a hub. */
export interface HubOptions {
  readonly url?: string;
  readonly apiKey?: string;
}

/** A hub and the key to it. */
export interface HubAddress {
  readonly url: string;
  readonly key: string | undefined;
}

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
  return { url, key: options.apiKey ?? env.apiKey ?? findStoredKey(env.configHome, url) };
}

async function request(hub: HubAddress, path: string, init: RequestInit = {}): Promise<unknown> {
  const headers = new Headers(init.headers);
  if (hub.key !== undefined && !headers.has("authorization")) headers.set("authorization", `Bearer ${hub.key}`);
  let response: Response;
  try {
    response = await fetch(`${hub.url}${API_PREFIX}${path}`, { ...init, headers });
  } catch (cause) {
    throw new TailboneError(
      "unavailable",
      `The hub at ${hub.url} cannot be reached.`,
      "Start it with `tailbone start`, or name another one with --url or TAILBONE_URL.",
      { cause },
    );
  }
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body;
  const error = errorBodySchema.safeParse(body);
  if (!error.success) {
    throw new TailboneError(
      "unavailable",
      `${hub.url} answered with status ${response.status}, which no hub of Tailbone does.`,
      "Is it the right address?",
    );
  }
  if (error.data.error.code !== "unauthenticated" || new Headers(init.headers).has("authorization"))
    throw fromWire(error.data.error);
  throw new TailboneError(
    "unauthenticated",
    hub.key === undefined ? `There is no key for ${hub.url} on this machine.` : `${hub.url} does not know this key.`,
    "Set TAILBONE_API_KEY or say --api-key; keys are made in the dashboard's settings.",
  );
}

/** Reads from the hub; the answer is checked. */
export async function readHub<S extends z.ZodType>(
  hub: HubAddress,
  path: string,
  schema: S,
  query: Record<string, string | undefined> = {},
): Promise<z.infer<S>> {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, value);
  return schema.parse(await request(hub, search.size === 0 ? path : `${path}?${search}`));
}

/** Sends JSON to the hub; the answer is checked. `authorize` proves who sends it, instead of the key. */
export async function postToHub<S extends z.ZodType>(
  hub: HubAddress,
  path: string,
  body: unknown,
  schema: S,
  authorize: (path: string, body: string) => string,
): Promise<z.infer<S>> {
  const text = JSON.stringify(body);
  const headers = { "content-type": "application/json", authorization: authorize(path, text) };
  const init = { method: "POST", headers, body: text };
  return schema.parse(await request(hub, path, init));
}
