import { TailboneError } from "@tailbone/protocol/errors";

export type Role = "owner" | "admin" | "member";

/** Who asks, and for which team: a person by session, or a key of the team. */
export interface Caller {
  readonly team: { readonly id: string; readonly name: string };
  readonly by:
    | { readonly kind: "user"; readonly id: string; readonly name: string; readonly email: string; readonly role: Role }
    | { readonly kind: "key"; readonly id: string; readonly name: string };
}

/** A caller who signed in; a key is told to use a session. Throws `forbidden`. */
export function requireUser(caller: Caller): Extract<Caller["by"], { kind: "user" }> {
  if (caller.by.kind === "user") return caller.by;
  throw new TailboneError(
    "forbidden",
    "This is for people, and the request came with an API key.",
    "Sign in to the dashboard and do it there.",
  );
}

/** A caller who runs the team. Throws `forbidden`. */
export function requireAdmin(caller: Caller): Extract<Caller["by"], { kind: "user" }> {
  const user = requireUser(caller);
  if (user.role !== "member") return user;
  throw new TailboneError(
    "forbidden",
    "Only an owner or an admin of the team may do this.",
    "Ask one of them; Settings, Members lists who they are.",
  );
}
