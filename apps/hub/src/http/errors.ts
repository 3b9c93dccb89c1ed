import { ERROR_STATUS, type WireError } from "@tailbone/protocol/errors";

/** When to come back if nothing better is known. */
const UNAVAILABLE_MS = 2000;

/** Any expected or unexpected failure as an HTTP answer: `{"error": {code, message, hint}}` with its status. */
export function errorResponse(error: WireError): Response {
  const headers = new Headers({ "content-type": "application/json; charset=utf-8", "cache-control": "no-store" });
  if (error.code === "unauthenticated") headers.set("www-authenticate", "Bearer");
  const retryAfterMs = error.retryAfterMs ?? (error.code === "unavailable" ? UNAVAILABLE_MS : undefined);
  if (retryAfterMs !== undefined) headers.set("retry-after", String(Math.ceil(retryAfterMs / 1000)));
  // What is left of the body is not read, so the connection cannot be used again.
  if (error.code === "too_large") headers.set("connection", "close");
  return new Response(JSON.stringify({ error }), { status: ERROR_STATUS[error.code], headers });
}
