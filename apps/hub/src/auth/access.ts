import type { KeyScope, Role } from "@tailbone/protocol/access";
import { TailboneError } from "@tailbone/protocol/errors";
import type { Caller } from "@tailbone/services/caller";

/** What there is to do. Each route and each socket asks for one of these. */
export type Action = "ingest" | "read" | "edit" | "account" | "keys" | "channels" | "members" | "log";
type Row = Readonly<Record<Action, boolean>>;

const y = true;
const n = false;

/**
 * Who may do what, the one table: a key by its scopes, a person by the role in the team.
 * `ingest`: open writers and append. `read`: see the team's runs, alerts and rules. `edit`: change and delete them. `account`: what
 * concerns the person alone. `keys`: see and make keys, and revoke one's own. `channels`: say where alerts are sent. `members`:
 * invite, remove, give roles, and revoke anybody's keys. `log`: read the security log.
 */
export const MAY: {
  readonly key: Readonly<Record<KeyScope, Row>>;
  readonly person: Readonly<Record<Role, Row>>;
} = {
  key: {
    ingest: { ingest: y, read: n, edit: n, account: n, keys: n, channels: n, members: n, log: n },
    read: { ingest: n, read: y, edit: n, account: n, keys: n, channels: n, members: n, log: n },
    admin: { ingest: y, read: y, edit: y, account: n, keys: n, channels: n, members: n, log: n },
  },
  person: {
    member: { ingest: y, read: y, edit: y, account: y, keys: y, channels: n, members: n, log: n },
    admin: { ingest: y, read: y, edit: y, account: y, keys: y, channels: y, members: y, log: y },
    owner: { ingest: y, read: y, edit: y, account: y, keys: y, channels: y, members: y, log: y },
  },
};

/** What the routes ask for that is not the rule: reading with GET, editing with every other method. `null`: any caller. */
const EXCEPTIONS: Readonly<Record<string, Action | null>> = {
  "GET /openapi.json": null,
  "GET /me": null,
  "POST /me/account": "account",
  "GET /me/sessions": "account",
  "DELETE /me/sessions": "account",
  "DELETE /me/sessions/{id}": "account",
  "POST /runs": "ingest",
  "POST /runs/{run}/frames": "ingest",
  "POST /runs/{run}/log": "ingest",
  "POST /runs/{run}/beat": "ingest",
  "POST /channels": "channels",
  "DELETE /channels/{id}": "channels",
  "POST /channels/{id}/test": "channels",
  "GET /keys": "keys",
  "POST /keys": "keys",
  "DELETE /keys/{key}": "keys",
  "POST /members": "members",
  "PATCH /members/{id}": "members",
  // One may leave; whoever removes another is looked at by the route.
  "DELETE /members/{id}": "account",
  "DELETE /members/invitations/{id}": "members",
  "GET /security-log": "log",
};

const patterns = Object.entries(EXCEPTIONS).map(([route, action]) => ({
  pattern: new RegExp(`^${route.replaceAll(/\{\w+\}/g, "[^/]+")}$`),
  action,
}));

/** What a request asks for; `path` begins behind the API's prefix. Null: nothing but to be somebody. */
export function actionOf(method: string, path: string): Action | null {
  const found = patterns.find(({ pattern }) => pattern.test(`${method} ${path}`));
  if (found !== undefined) return found.action;
  return method === "GET" || method === "HEAD" ? "read" : "edit";
}

export function may({ by }: Caller, action: Action): boolean {
  return by.kind === "user" ? MAY.person[by.role][action] : by.scopes.some((scope) => MAY.key[scope][action]);
}

/** Throws `forbidden` and says who may. */
export function requireAction(caller: Caller, action: Action): void {
  if (may(caller, action)) return;
  const scopes = (["ingest", "read", "admin"] as const).filter((scope) => MAY.key[scope][action]);
  if (caller.by.kind === "user") {
    throw new TailboneError(
      "forbidden",
      "Only an owner or an admin of the team may do this.",
      "Ask one of them; Settings, Members lists who they are.",
    );
  }
  if (scopes.length === 0) {
    throw new TailboneError(
      "forbidden",
      "This is for people, and the request came with an API key.",
      "Sign in to the dashboard and do it there.",
    );
  }
  throw new TailboneError(
    "forbidden",
    `The key "${caller.by.name}" may not do this: its scope is ${caller.by.scopes.join(" and ")}.`,
    `Use a key whose scope is ${scopes.join(" or ")}; keys are made in the dashboard under Settings.`,
  );
}
