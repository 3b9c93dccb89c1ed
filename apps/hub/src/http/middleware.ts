import { TailboneError } from "@tailbone/protocol/errors";
import { LIMITS } from "@tailbone/protocol/limits";
import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import { isSameOriginMutation, type Origins } from "../auth/origins";
import { parseBearer, type ResolveCaller, TEAM_HEADER } from "../auth/resolve-caller";
import type { ApiEnvironment } from "./environment";

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/** Finds out who asks; cookies alone change nothing unless the request comes from a page of the hub itself. */
export function authenticate(resolve: ResolveCaller, origins: Origins) {
  return createMiddleware<ApiEnvironment>(async (c, next) => {
    const key = parseBearer(c.req.header("authorization"));
    const team = c.req.header(TEAM_HEADER);
    if (key === undefined && !SAFE_METHODS.has(c.req.method)) {
      const headers = { origin: c.req.header("origin"), fetchSite: c.req.header("sec-fetch-site") };
      if (!isSameOriginMutation(headers, origins)) {
        throw new TailboneError(
          "forbidden",
          "The request would change something and does not come from a page of this hub.",
          "Scripts send an API key: `Authorization: Bearer tb_…`. Behind a proxy, set TAILBONE_URL to the public address.",
        );
      }
    }
    const { caller, renewal } = await resolve({ key, headers: c.req.raw.headers, team });
    c.set("caller", caller);
    await next();
    for (const cookie of renewal?.getSetCookie() ?? []) c.header("set-cookie", cookie, { append: true });
  });
}

/** Refuses a body that is longer than `maxSize` bytes, before it is read where its length is announced. */
export function limitBody(maxSize: number): MiddlewareHandler {
  return bodyLimit({
    maxSize,
    onError: () => {
      throw new TailboneError(
        "too_large",
        `The request's body is longer than ${maxSize} bytes.`,
        maxSize === LIMITS.frameBytes ? "Split the frame into smaller ones." : "Send less at once.",
      );
    },
  });
}

/** Answers of the API are nobody's to keep, frame or sniff. */
export const apiHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  c.header("cache-control", "no-store");
  c.header("x-content-type-options", "nosniff");
  c.header("x-frame-options", "DENY");
  c.header("referrer-policy", "same-origin");
  c.header("content-security-policy", "default-src 'none'; frame-ancestors 'none'");
};
