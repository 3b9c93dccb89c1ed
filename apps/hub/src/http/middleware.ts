import { TailboneError } from "@tailbone/protocol/errors";
import { API_PREFIX } from "@tailbone/protocol/http";
import { LIMITS } from "@tailbone/protocol/limits";
import type { Caller } from "@tailbone/services/caller";
import type { HonoRequest, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import { isSameOriginMutation, type Origins } from "../auth/origins";
import { checkOwnerProof, isOwnerProof } from "../auth/owner-proof";
import { parseBearer, TEAM_HEADER } from "../auth/resolve-caller";
import { fromOf } from "../auth/security-log";
import type { Services } from "../services";
import type { ApiEnvironment } from "./environment";

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/** Finds out who asks; cookies alone change nothing unless the request comes from a page of the hub itself. */
export function authenticate({ resolveCaller, origins, contextOf, ...services }: Services) {
  return createMiddleware<ApiEnvironment>(async (c, next) => {
    const authorization = c.req.header("authorization");
    if (isOwnerProof(authorization)) {
      c.set("ctx", contextOf(await resolveOwner({ ...services, origins }, c.req, authorization), c.var.from));
      return next();
    }
    const key = parseBearer(authorization);
    const team = c.req.header(TEAM_HEADER);
    if (key === undefined && !SAFE_METHODS.has(c.req.method)) requireOwnPage(c.req, origins);
    const { caller, renewal } = await resolveCaller({ key, headers: c.req.raw.headers, team });
    c.set("ctx", contextOf(caller, c.var.from));
    await next();
    for (const cookie of renewal?.getSetCookie() ?? []) c.header("set-cookie", cookie, { append: true });
  });
}

/** Throws `forbidden` unless the request surely comes from a page of the hub itself. */
export function requireOwnPage(request: HonoRequest, origins: Origins): void {
  const headers = { origin: request.header("origin"), fetchSite: request.header("sec-fetch-site") };
  if (isSameOriginMutation(headers, origins)) return;
  throw new TailboneError(
    "forbidden",
    "The request would change something and does not come from a page of this hub.",
    "Scripts send an API key: `Authorization: Bearer tb_…`. Behind a proxy, set TAILBONE_URL to the public address.",
  );
}

/** The owner, by the hub's secret: good for making keys, which a key may not. */
async function resolveOwner(
  { findOwner, secret, origins }: Pick<Services, "findOwner" | "secret" | "origins">,
  request: HonoRequest,
  authorization: string,
): Promise<Caller> {
  const path = request.path.slice(API_PREFIX.length);
  checkOwnerProof(secret, origins, { authorization, method: request.method, path, body: await request.text() });
  const owner = await findOwner();
  if (owner === null || request.method !== "POST" || path !== "/keys") {
    throw new TailboneError("forbidden", "The hub's secret makes keys and nothing else.", "Sign in to the dashboard.");
  }
  const { id, name, email, team } = owner;
  return { team, project: null, by: { kind: "user", id, name, email, role: "owner", session: null } };
}

/** Notes in the security log who was refused: a wrong key, or somebody known who asked for more than is theirs. */
export function noteRefusals({ securityLog }: Pick<Services, "securityLog">) {
  return createMiddleware<ApiEnvironment>(async (c, next) => {
    c.set("from", fromOf(c.env.incoming));
    await next();
    const isWrongKey = c.error instanceof TailboneError && c.error.code === "unauthenticated";
    const isForbidden = c.error instanceof TailboneError && c.error.code === "forbidden";
    if (!isForbidden && !(isWrongKey && c.req.header("authorization") !== undefined)) return;
    const what = `${c.req.method} ${c.req.path}: ${c.error?.message}`;
    securityLog.refused({ caller: c.var.ctx ?? null, from: c.var.from, action: "access-refused", what });
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
