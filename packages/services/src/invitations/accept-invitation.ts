import * as store from "@tailbone/db/access/invitations";
import { TailboneError } from "@tailbone/protocol/errors";
import type { HubContext } from "../context";
import { hashToken } from "../invitation-token";
import type { HubVerb } from "../verb";

interface AcceptInvitation {
  readonly token: string;
  /** A new one is made of it. */
  readonly account?: { readonly name: string; readonly email: string; readonly password: string } | undefined;
  /** Whoever is signed in. */
  readonly user: { readonly id: string } | null;
}

/**
 * Joins the team, with the account one is signed in to or a new one: the link is what lets in. Throws
 * `unauthenticated`, `bad_request` for a common password, and `conflict` for a member or an address that is taken.
 */
export const acceptInvitation: HubVerb<AcceptInvitation, object> = async ({ ctx, input }) => {
  const tokenHash = hashToken(input.token);
  const joining = await findJoining(ctx, tokenHash, input);
  const { user, email, role, team } = await store.acceptInvitation(ctx.db, tokenHash, joining);
  const entry = { caller: null, from: ctx.from, user, who: email, team };
  return { value: {}, effects: [{ type: "security-noted", ...entry, action: "member-joined", what: `as ${role}` }] };
};

async function findJoining(
  { db, hub: { passwords } }: HubContext,
  tokenHash: string,
  { account, user }: AcceptInvitation,
): Promise<store.Joining> {
  if (account !== undefined) {
    // Only who holds an invitation learns anything of passwords and addresses.
    await store.readInvitation(db, tokenHash);
    passwords.requireUncommon(account.password, account);
    const { name, email } = account;
    return { name, email, passwordHash: await passwords.hash(account.password) };
  }
  if (user !== null) return { user: user.id };
  throw new TailboneError("unauthenticated", "Nobody is signed in.", "Sign in first, or make an account.");
}
