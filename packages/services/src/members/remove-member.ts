import * as store from "@tailbone/db/access/members";
import type { Role } from "@tailbone/protocol/access";
import { requireManager, requireStanding } from "../access";
import { requireUser } from "../caller";
import { noted } from "../effects";
import { type Asked, verb } from "../verb";

/**
 * Takes a member out of the team, with their keys and the invitations that are still open. One may leave; only who
 * manages the team removes others. Throws `not_found`, `forbidden`, or `conflict` for the last owner.
 */
export const removeMember = verb("removeMember", async ({ ctx, input: { id } }: Asked<{ readonly id: string }>) => {
  if (requireUser(ctx).id !== id) requireManager(ctx);
  const team = ctx.team.id;
  const check = (member: { role: Role }): void => requireStanding(ctx, [member.role]);
  const { email } = await store.removeMember(ctx.db, { team, user: id, check });
  return {
    value: {},
    effects: [{ type: "standing-changed", team, user: id }, noted(ctx, "member-removed", email)],
  };
});
