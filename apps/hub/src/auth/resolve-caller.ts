import { findMemberships } from "@tailbone/db/access/teams";
import type { Database } from "@tailbone/db/server/database";
import { TailboneError } from "@tailbone/protocol/errors";
import type { Caller } from "@tailbone/services/caller";
import { databaseAway } from "../failure";
import type { Auth } from "./auth";
import type { Keys } from "./keys";

/** What a request or a handshake shows of its sender. */
interface Credentials {
  /** The secret of an API key. When there is one, a session is not looked at. */
  readonly key: string | undefined;
  /** Headers with the session cookie. */
  readonly headers: Headers;
  /** Id of the team that the sender wants to act for; missing: the session's active one, else the first. */
  readonly team: string | undefined;
}

interface Resolved {
  readonly caller: Caller;
  /** Headers that renew the session's cookie when it is due. */
  readonly renewal: Headers | null;
}

export type ResolveCaller = (credentials: Credentials) => Promise<Resolved>;

export const TEAM_HEADER = "x-tailbone-team";

/** The secret in an `Authorization` header. Throws `unauthenticated` when the header is of another form. */
export function parseBearer(authorization: string | null | undefined): string | undefined {
  if (authorization === null || authorization === undefined) return undefined;
  const secret = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  if (secret !== undefined) return secret;
  throw new TailboneError(
    "unauthenticated",
    "The Authorization header is not understood.",
    "Send `Authorization: Bearer tb_…` with an API key of the team.",
  );
}

function noSuchTeam(): TailboneError {
  return new TailboneError(
    "forbidden",
    "The sender is not a member of this team.",
    "Ask an owner of the team for an invitation, or switch to one of your own teams.",
  );
}

/** Makes the one function that says who a sender is. It throws `unauthenticated`, `forbidden` or `unavailable`. */
export function createResolveCaller(db: Database, auth: Auth, keys: Keys): ResolveCaller {
  async function resolveKey(secret: string, team: string | undefined): Promise<Resolved> {
    const key = await keys.verify(secret);
    if (key === null) {
      throw new TailboneError(
        "unauthenticated",
        "The API key is not valid.",
        "Create a key in the dashboard under Settings, or use the one in the credentials file of the hub's machine.",
      );
    }
    if (team !== undefined && team !== key.team.id) throw noSuchTeam();
    const { id, name, scopes, createdBy, role } = key;
    const by = { kind: "key", id, name, scopes, createdBy, role } as const;
    return { caller: { team: key.team, project: key.project, by }, renewal: null };
  }

  async function resolveSession(headers: Headers, team: string | undefined): Promise<Resolved> {
    const { response: session, headers: renewal } = await auth.api
      .getSession({ headers, returnHeaders: true })
      .catch((error: unknown) => {
        // better-auth hides what failed while it read the session; nothing but the database can.
        throw databaseAway(error);
      });
    if (session === null) {
      throw new TailboneError(
        "unauthenticated",
        "The request has neither a valid session nor an API key.",
        "Sign in, or send `Authorization: Bearer tb_…` with an API key of the team.",
      );
    }
    const memberships = await findMemberships(db, session.user.id);
    const find = (id: string | null | undefined) => memberships.find((membership) => membership.team.id === id);
    const chosen = team === undefined ? (find(session.session.activeOrganizationId) ?? memberships[0]) : find(team);
    if (chosen === undefined) throw noSuchTeam();
    const { id, name, email } = session.user;
    const by = { kind: "user", id, name, email, role: chosen.role, session: session.session.id } as const;
    return { caller: { team: chosen.team, project: null, by }, renewal };
  }

  return ({ key, headers, team }) => (key === undefined ? resolveSession(headers, team) : resolveKey(key, team));
}
