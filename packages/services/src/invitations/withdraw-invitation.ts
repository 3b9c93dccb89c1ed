import * as store from "@tailbone/db/access/invitations";
import { noted } from "../effects";
import { type Asked, verb } from "../verb";

/** Takes an invitation back. Throws `not_found`. */
export const withdrawInvitation = verb("withdrawInvitation", async ({ ctx, input }: Asked<{ readonly id: string }>) => {
  const email = await store.deleteInvitation(ctx.db, { ...input, team: ctx.team.id });
  return { value: {}, effects: [noted(ctx, "invitation-withdrawn", email)] };
});
