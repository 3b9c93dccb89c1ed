import { errorBodySchema, fromWire, TailboneError } from "@tailbone/protocol/errors";
import { API_PREFIX } from "@tailbone/protocol/http";
import type { z } from "zod";

export interface ApiRequest {
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
  readonly query?: Readonly<Record<string, string | number | null | undefined>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

const KEPT_ALIVE = 16_384;
const ANSWER_TIMEOUT_MS = 15_000;

/**
 * Asks the hub, and parses what it answers. Throws what the hub says as a TailboneError; `unavailable` when it cannot be reached.
 * `path` begins behind `/api/v1`.
 */
export async function callApi<Schema extends z.ZodType>(
  schema: Schema,
  path: string,
  { method = "GET", query = {}, body, signal }: ApiRequest = {},
): Promise<z.infer<Schema>> {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== null && value !== undefined) search.set(name, String(value));
  const url = `${API_PREFIX}${path}${search.size > 0 ? `?${search}` : ""}`;
  const timeout = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  const init: RequestInit = {
    method,
    credentials: "same-origin",
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
  };
  if (body !== undefined) {
    const text = JSON.stringify(body);
    Object.assign(init, { body: text, headers: { "content-type": "application/json" } });
    // What a person has changed is still sent when the page is left at once; browsers do that with small bodies only.
    init.keepalive = method === "PATCH" && text.length < KEPT_ALIVE;
  }

  let response: Response;
  let json: unknown;
  try {
    response = await fetch(url, init);
    json = await response.json();
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new TailboneError(
      "unavailable",
      timeout.aborted ? `The hub has not answered for ${ANSWER_TIMEOUT_MS / 1000} s.` : "The hub cannot be reached.",
      "Is Tailbone still running? This page goes on by itself when it is back.",
      { cause },
    );
  }
  if (!response.ok) throw readError(json, response.status);
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new TailboneError(
    "version_mismatch",
    `The hub's answer is not understood (${issue?.path.join(".")}: ${issue?.message}).`,
    "Reload the page; if that does not help, hub and dashboard are of different releases.",
    { cause: parsed.error },
  );
}

function readError(json: unknown, status: number): TailboneError {
  const body = errorBodySchema.safeParse(json);
  if (body.success) return fromWire(body.data.error);
  return new TailboneError("internal", `The hub answered with status ${status}.`, "Its log says more.");
}

/** Any failure as people are told of it. */
export function toTailboneError(error: unknown): TailboneError {
  if (error instanceof TailboneError) return error;
  const said = error instanceof Error ? error.message : String(error);
  return new TailboneError("internal", `This page failed: ${said}.`, "Reload it. If it happens again, it is a bug.");
}
