import * as store from "@tailbone/db/rules/rules";
import type { RulePatch } from "@tailbone/protocol/rules";
import { type Asked, verb } from "../verb";

/** Changes a rule. Throws `not_found`. */
export const patchRule = verb("patchRule", async ({ ctx, input }: Asked<{ readonly id: string } & RulePatch>) => {
  const { id, ...patch } = input;
  return { value: await store.patchRule(ctx.db, { id, patch, team: ctx.team.id }) };
});
