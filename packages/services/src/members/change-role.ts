import * as store from "@tailbone/db/access/members";
import type { Role } from "@tailbone/protocol/access";
import { requireStanding } from "../access";
import { noted } from "../effects";
import { type Asked, verb } from "../verb";

interface ChangeRole {
  readonly id: string;
  readonly role: Role;
}

/**
 * Gives a member another role. Throws `not_found`, `forbidden` for who is no owner and touches one, `conflict` for the
 * last owner.
 */
export const changeRole = verb("changeRole", async ({ ctx, input: { id, role } }: Asked<ChangeRole>) => {
  const check = (member: { role: Role }): void => requireStanding(ctx, [member.role, role]);
  const before = await store.changeRole(ctx.db, { team: ctx.team.id, user: id, check }, role);
  return { value: {}, effects: [noted(ctx, "role-changed", `${before.email}: ${before.role} to ${role}`)] };
});
