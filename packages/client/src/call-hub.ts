import { errorBodySchema, fromWire, TailboneError, type WireError } from "@tailbone/protocol/errors";
import { API_PREFIX } from "@tailbone/protocol/http";
import type { z } from "zod";

/** A hub, as somebody asks it. */
export interface HubAddress {
  /** Its origin; empty: the one that the page came from. */
  readonly url: string;
  /** An API key; missing: the session's cookie, where there is one. */
  readonly key?: string | undefined;
  /** What a person can do about a failure: another thing at a page than at a terminal. */
  readonly hints: {
    /** It cannot be reached. */
    readonly away: string;
    /** What answers is no hub, or one of another release. */
    readonly foreign: string;
    /** It does not know the key, or there is none. Missing: what the hub says of it stands. */
    readonly stranger?: string;
  };
}

export interface HubRequest {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Null and undefined are left out. */
  readonly query?: Readonly<Record<string, string | number | null | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** The whole `Authorization`, in the key's place. */
  readonly authorization?: string;
}

/** Of what a page sends as it is left at once, browsers take small bodies only. */
const KEPT_ALIVE = 16_384;
const ANSWER_TIMEOUT_MS = 15_000;

/**
 * Asks the hub, and parses what it answers; `path` begins behind `/api/v1`. Throws what the hub says as a
 * TailboneError; `unavailable` when it cannot be reached or something else answers in its place, `version_mismatch`
 * when its answer is not understood. An abort by `signal` is thrown as it is.
 */
export async function callHub<Schema extends z.ZodType>(
  hub: HubAddress,
  schema: Schema,
  path: string,
  request: HubRequest = {},
): Promise<z.infer<Schema>> {
  const { ok, status, json } = await send(hub, path, request);
  if (!ok) {
    const refusal = errorBodySchema.safeParse(json);
    if (refusal.success) throw explainRefusal(hub, refusal.data.error, request.authorization);
  }
  if (!ok || json === undefined) {
    throw new TailboneError(
      "unavailable",
      `${nameOf(hub)} answered with status ${status}, but not as a hub of Tailbone does.`,
      hub.hints.foreign,
    );
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new TailboneError(
    "version_mismatch",
    `${nameOf(hub)} gave an answer that is not understood (${issue?.path.join(".")}: ${issue?.message}).`,
    hub.hints.foreign,
    { cause: parsed.error },
  );
}

const nameOf = ({ url }: HubAddress): string => (url === "" ? "The hub" : `The hub at ${url}`);

/** What a system calls the failure of a connection (browsers do not tell), in words. */
const WHY: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "the line was cut",
  ENOTFOUND: "there is no host of that name",
  EAI_AGAIN: "the host's name could not be looked up",
  EHOSTUNREACH: "there is no way to that host",
  ENETUNREACH: "there is no way to that host",
  ETIMEDOUT: "the host does not answer",
  UND_ERR_CONNECT_TIMEOUT: "the host does not answer",
  EPROTO: "it does not speak HTTPS",
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak HTTPS",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "it does not speak HTTPS",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is not trusted here",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is not trusted here",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is not trusted here",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is another host's",
  CERT_HAS_EXPIRED: "its certificate has expired",
};

function whyOf(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return typeof code === "string" ? WHY[code] : undefined;
}

/** The hub cannot be reached, over HTTP or by a socket. */
export function hubAway(hub: HubAddress, cause: unknown): TailboneError {
  const why = whyOf(cause);
  const message = `${nameOf(hub)} cannot be reached${why === undefined ? "" : `: ${why}`}.`;
  return new TailboneError("unavailable", message, hub.hints.away, { cause });
}

/** What the hub has against a request or a socket, in words that fit whoever came with a key, or should have. */
export function explainRefusal(hub: HubAddress, error: WireError, authorization?: string): TailboneError {
  const { stranger } = hub.hints;
  if (error.code !== "unauthenticated" || stranger === undefined || authorization !== undefined) return fromWire(error);
  const message =
    hub.key === undefined ? `There is no key for the hub at ${hub.url}.` : `${nameOf(hub)} does not know this key.`;
  return new TailboneError("unauthenticated", message, stranger);
}

/** `json` is undefined where the answer is none. */
async function send(
  hub: HubAddress,
  path: string,
  { method = "GET", query = {}, body, signal, authorization }: HubRequest,
): Promise<{ ok: boolean; status: number; json: unknown }> {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined) search.set(name, String(value));
  }
  const url = `${hub.url}${API_PREFIX}${path}${search.size > 0 ? `?${search}` : ""}`;
  const timeout = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  const headers = new Headers();
  const init: RequestInit = {
    method,
    headers,
    credentials: "same-origin",
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
  };
  const proof = authorization ?? (hub.key === undefined ? undefined : `Bearer ${hub.key}`);
  if (proof !== undefined) headers.set("authorization", proof);
  if (body !== undefined) {
    headers.set("content-type", "application/json");
    init.body = JSON.stringify(body);
    // What a person has changed is still sent when the page is left at once.
    init.keepalive = (method === "PATCH" || method === "PUT") && init.body.length < KEPT_ALIVE;
  }
  try {
    const response = await fetch(url, init);
    const text = await response.text();
    return { ok: response.ok, status: response.status, json: parseJson(text) };
  } catch (cause) {
    if (signal?.aborted) throw cause;
    if (!timeout.aborted) throw hubAway(hub, cause);
    const seconds = ANSWER_TIMEOUT_MS / 1000;
    throw new TailboneError("unavailable", `${nameOf(hub)} has not answered for ${seconds} s.`, hub.hints.away, {
      cause,
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
