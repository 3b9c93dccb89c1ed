import { listInvitations } from "@tailbone/db/access/invitations";
import * as store from "@tailbone/db/access/teams";
import { isManager } from "../access";
import { type Asked, verb } from "../verb";

/** Who belongs to the team and, for who manages it, who is asked to. */
export const listMembers = verb("listMembers", async ({ ctx }: Asked<object>) => {
  const team = ctx.team.id;
  const [listed, invitations] = await Promise.all([
    store.listMembers(ctx.db, { team }),
    isManager(ctx) ? listInvitations(ctx.db, { team }) : [],
  ]);
  return { value: { ...listed, invitations } };
});
