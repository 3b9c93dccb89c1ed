import type { NewKey } from "@tailbone/protocol/access";
import { TailboneError } from "@tailbone/protocol/errors";
import { requireUser } from "../caller";
import { noted } from "../effects";
import { makeKey } from "../key-secret";
import { type Asked, verb } from "../verb";

/**
 * Makes an API key in the name of who asks. Throws `bad_request` for one whose time is over, `not_found` for another
 * team's project.
 */
export const createKey = verb("createKey", async ({ ctx, input: wanted }: Asked<NewKey>) => {
  const { db, team, nowMs } = ctx;
  if (wanted.expiresAtMs !== null && wanted.expiresAtMs <= nowMs) {
    throw new TailboneError("bad_request", "expiresAtMs: the key would have expired already.", "Name a later time.");
  }
  const created = await makeKey(db, { ...wanted, team: team.id, createdBy: requireUser(ctx).id, nowMs });
  const what = `${created.name} (${created.start}…): ${created.scopes.join(", ")}`;
  return { value: created, effects: [noted(ctx, "key-made", what)] };
});
