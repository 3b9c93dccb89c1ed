import { deleteSessions } from "@tailbone/db/access/accounts";
import { TailboneError } from "@tailbone/protocol/errors";
import { requireUser } from "../caller";
import { noted } from "../effects";
import { type Asked, verb } from "../verb";

/** Ends one of the caller's sessions. Throws `not_found`. */
export const endSession = verb("endSession", async ({ ctx, input: { id } }: Asked<{ readonly id: string }>) => {
  const [ended] = await deleteSessions(ctx.db, { user: requireUser(ctx).id, session: id });
  if (ended === undefined) {
    throw new TailboneError("not_found", "You have no such session.", "It may have ended already.");
  }
  const what = `one session, of ${ended.agent ?? "an unknown browser"}`;
  return {
    value: {},
    effects: [{ type: "sessions-ended", sessions: [id] }, noted(ctx, "signed-out", what, "account")],
  };
});
