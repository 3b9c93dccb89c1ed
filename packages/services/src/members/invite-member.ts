import * as store from "@tailbone/db/access/invitations";
import type { Role } from "@tailbone/protocol/access";
import { TailboneError } from "@tailbone/protocol/errors";
import { requireUser } from "../caller";
import { noted } from "../effects";
import { hashToken, makeToken } from "../invitation-token";
import { type Asked, verb } from "../verb";

const GOOD_FOR_MS = 7 * 24 * 60 * 60 * 1000;

interface InviteMember {
  readonly email: string;
  readonly role: Role;
}

/**
 * Invites someone, in place of an earlier invitation to the same address: by mail where the hub has a mail server, else
 * by the link in the answer. Throws `unavailable` when the mail does not go out; then nobody is invited.
 */
export const inviteMember = verb("inviteMember", async ({ ctx, input }: Asked<InviteMember>) => {
  const { db, nowMs, hub } = ctx;
  const team = ctx.team.id;
  const token = makeToken();
  const invitation = await store.createInvitation(db, {
    ...input,
    team,
    inviter: requireUser(ctx).id,
    tokenHash: hashToken(token),
    expiresAtMs: nowMs + GOOD_FOR_MS,
  });
  // What is behind the # is sent to no server and written into no log.
  const link = `${hub.origin}/invitation#${token}`;
  await hub.mailInvitation?.(input.email, ctx.team.name, link).catch(async (error: unknown) => {
    await store.deleteInvitation(db, { team, id: invitation.id });
    throw mailFailed(input.email, error);
  });
  return {
    value: { invitation, link: hub.mailInvitation === null ? link : null },
    effects: [noted(ctx, "member-invited", `${input.email} as ${input.role}`)],
  };
});

function mailFailed(email: string, cause: unknown): TailboneError {
  const said = cause instanceof Error ? cause.message : String(cause);
  return new TailboneError(
    "unavailable",
    `The invitation to ${email} could not be mailed: ${said}.`,
    "Look at TAILBONE_SMTP_URL and at the mail server, then invite again.",
    { cause },
  );
}
