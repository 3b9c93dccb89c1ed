import * as store from "@tailbone/db/rules/rules";
import type { RuleCreate } from "@tailbone/protocol/rules";
import { type Asked, verb } from "../verb";

/**
 * Makes a rule. Throws `not_found` for what is not the team's, `rate_limited`, and `conflict` when the team has all
 * that it may.
 */
export const createRule = verb("createRule", async ({ ctx, input }: Asked<RuleCreate>) => {
  const team = ctx.team.id;
  const { quotas } = ctx.hub;
  quotas.admitRule(team);
  return { value: await store.createRule(ctx.db, { rule: input, team, most: quotas.settings.rulesPerTeam }) };
});
