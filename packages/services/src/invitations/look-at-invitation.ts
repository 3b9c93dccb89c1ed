import { readInvitation } from "@tailbone/db/access/invitations";
import { hashToken } from "../invitation-token";
import type { HubVerb } from "../verb";

interface LookAtInvitation {
  readonly token: string;
  /** Whoever is signed in. */
  readonly user: { readonly email: string } | null;
}

/** What an invitation says, to whoever holds its link. Throws `unauthenticated`. */
export const lookAtInvitation: HubVerb<
  LookAtInvitation,
  Awaited<ReturnType<typeof readInvitation>> & { signedInAs: string | null }
> = async ({ ctx, input: { token, user } }) => {
  const seen = await readInvitation(ctx.db, hashToken(token));
  return { value: { ...seen, signedInAs: user?.email ?? null }, effects: [] };
};
