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
 * Gives a member another role, at once, on open connections too. Throws `not_found`, `forbidden` for who is no owner
 * and touches one, `conflict` for the last owner.
 */
export const changeRole = verb("changeRole", async ({ ctx, input: { id, role } }: Asked<ChangeRole>) => {
  const check = (member: { role: Role }): void => requireStanding(ctx, [member.role, role]);
  const team = ctx.team.id;
  const before = await store.changeRole(ctx.db, { team, user: id, check }, role);
  const said = noted(ctx, "role-changed", `${before.email}: ${before.role} to ${role}`);
  return { value: {}, effects: [{ type: "standing-changed", team, user: id }, said] };
});
