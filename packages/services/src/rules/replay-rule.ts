import * as store from "@tailbone/db/rules/replay-rule";
import type { Replay } from "@tailbone/protocol/rules";
import { type Asked, verb } from "../verb";

/** What a rule would have raised in the newest runs; nothing is raised. Throws `not_found`. */
export const replayRule = verb("replayRule", async ({ ctx, input }: Asked<Replay>) => ({
  value: await store.replayRule(ctx.db, { replay: input, team: ctx.team.id }),
}));
