import type { From } from "@tailbone/services/context";
import type { Context } from "hono";
import { ADDRESS_HEADER } from "../auth/auth";
import { fromOf } from "../auth/security-log";
import { watchSessions } from "../auth/visits";
import type { Services } from "../services";
import type { ApiEnvironment } from "./environment";

/**
 * All of better-auth that is reached from outside; the rest is done through the hub's own API, with its checks, or by
 * the hub itself.
 */
const OPEN = new Set([
  "POST /sign-in/email",
  "POST /sign-out",
  "GET /magic-link/verify",
  "POST /organization/set-active",
  "POST /two-factor/enable",
  "POST /two-factor/disable",
  "POST /two-factor/generate-backup-codes",
  "POST /two-factor/verify-totp",
  "POST /two-factor/verify-backup-code",
]);
const PREFIX = "/api/auth";

/** The same JSON without the tokens of sessions: those are for the cookie alone, which scripts cannot read. */
function withoutTokens(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTokens);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => name !== "token");
  return Object.fromEntries(kept.map(([name, each]) => [name, withoutTokens(each)]));
}

async function stripTokens(response: Response): Promise<Response> {
  if (!response.headers.get("content-type")?.includes("json")) return response;
  const text = await response.text();
  const headers = new Headers(response.headers);
  headers.delete("content-length");
  // A redirect is called JSON too, and has no body.
  const body = text === "" ? null : JSON.stringify(withoutTokens(JSON.parse(text)));
  return new Response(body, { status: response.status, headers });
}

/** Signing in and out, by better-auth: what came of it is written into the security log. */
export function createAuthDoor({ auth, findUser, securityLog }: Services) {
  async function note(path: string, request: Request, visit: Visit, from: From): Promise<void> {
    const base = { caller: null, from };
    const left = visit.made.find(({ id }) => !visit.ended.some((ended) => ended.id === id));
    const concerned = left ?? visit.ended[0];
    const known = concerned === undefined ? null : await findUser({ id: concerned.userId });
    const by = { user: known?.id ?? null, who: known === null ? null : `${known.name} <${known.email}>` };
    const isOk = visit.result.ok;
    if (/^\/two-factor\/(enable|disable|generate-backup-codes)$/.test(path)) {
      const session = await auth.api.getSession({ headers: request.headers }).catch(() => null);
      const self =
        session === null ? by : { user: session.user.id, who: `${session.user.name} <${session.user.email}>` };
      const what = path.slice("/two-factor/".length).replaceAll("-", " ");
      if (isOk) await securityLog.done({ ...base, ...self, action: "second-factor-changed", what });
      else securityLog.refused({ ...base, ...self, action: "sign-in-refused", what: `${what}: wrong password` });
    } else if (path === "/sign-out") {
      if (known !== null) await securityLog.done({ ...base, ...by, action: "signed-out", what: "one session" });
    } else if (path !== "/organization/set-active") {
      if (left !== undefined) {
        const what = WAYS[path] ?? path;
        const action =
          visit.ended.length > 0 && path === "/two-factor/verify-totp" ? "second-factor-changed" : "signed-in";
        await securityLog.done({ ...base, ...by, action, what: action === "signed-in" ? what : "confirmed" });
      } else if (visit.made.length === 0 && visit.result.status !== 429) {
        if (isOk) return;
        const email = await claimedEmail(request);
        const meant = email === null ? null : await findUser({ email });
        const whose = { user: meant?.id ?? null, who: email };
        securityLog.refused({ ...base, ...whose, action: "sign-in-refused", what: WAYS[path] ?? path });
      }
    }
  }

  return async (c: Context<ApiEnvironment>): Promise<Response> => {
    const path = c.req.path.slice(PREFIX.length);
    if (!OPEN.has(`${c.req.method} ${path}`)) return c.notFound();
    const headers = new Headers(c.req.raw.headers);
    headers.set(ADDRESS_HEADER, c.env.incoming.socket.remoteAddress ?? "unknown");
    const request = new Request(c.req.raw, { headers });
    const copy = request.clone();
    const visit = await watchSessions(() => auth.handler(request));
    await note(path, copy, visit, fromOf(c.env.incoming));
    return stripTokens(visit.result);
  };
}

type Visit = Awaited<ReturnType<typeof watchSessions<Response>>>;

const WAYS: Readonly<Record<string, string>> = {
  "/sign-in/email": "by password",
  "/magic-link/verify": "by a one-time link",
  "/two-factor/verify-totp": "by password and a code",
  "/two-factor/verify-backup-code": "by password and a backup code",
};

/** The address that somebody tried to sign in as. */
async function claimedEmail(request: Request): Promise<string | null> {
  const body: unknown = await request.json().catch(() => null);
  if (typeof body !== "object" || body === null || !("email" in body) || typeof body.email !== "string") return null;
  return body.email.replaceAll(/\p{Cc}/gu, " ").slice(0, 200);
}
