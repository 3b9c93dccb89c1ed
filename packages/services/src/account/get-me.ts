import { readCredentials } from "@tailbone/db/access/accounts";
import { findMemberships } from "@tailbone/db/access/teams";
import type { Me } from "@tailbone/protocol/http";
import { type Asked, verb } from "../verb";

/** Who the caller is. */
export const getMe = verb("getMe", async ({ ctx }: Asked<object>): Promise<{ value: Me }> => {
  const { db, team, by } = ctx;
  if (by.kind === "key") return { value: { user: null, team: { ...team, role: null }, teams: [team] } };
  const [{ passwordHash, hasSecondFactor }, memberships] = await Promise.all([
    readCredentials(db, by.id),
    findMemberships(db, by.id),
  ]);
  const { id, name, email, role } = by;
  return {
    value: {
      user: { id, name, email, hasPassword: passwordHash !== null, hasSecondFactor },
      team: { ...team, role },
      teams: memberships.map((membership) => membership.team),
    },
  };
});
