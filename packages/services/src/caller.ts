import type { KeyScope, Role } from "@tailbone/protocol/access";
import { TailboneError } from "@tailbone/protocol/errors";

interface Person {
  readonly kind: "user";
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  /** Null: by the hub's secret, on its own machine. */
  readonly session: string | null;
}

interface KeyHolder {
  readonly kind: "key";
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly KeyScope[];
  /** Id of the person whose key it is, and what they are in the team; null: from before that was recorded. */
  readonly createdBy: string | null;
  readonly role: Role | null;
}

/** Who asks, and for which team: a person by session, or a key of the team. */
export interface Caller {
  readonly team: { readonly id: string; readonly name: string };
  /** The one project that the caller is let into; null: all of the team. */
  readonly project: { readonly id: string; readonly name: string } | null;
  readonly by: Person | KeyHolder;
}

/** A caller who signed in; a key is told to use a session. Throws `forbidden`. */
export function requireUser(caller: Caller): Person {
  if (caller.by.kind === "user") return caller.by;
  throw forPeople();
}

export function forPeople(): TailboneError {
  return new TailboneError(
    "forbidden",
    "This is for people, and the request came with an API key.",
    "Sign in to the dashboard and do it there.",
  );
}
