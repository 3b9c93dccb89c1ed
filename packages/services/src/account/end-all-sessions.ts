import { deleteSessions } from "@tailbone/db/access/accounts";
import { requireUser } from "../caller";
import { noted } from "../effects";
import { type Asked, verb } from "../verb";

/** Signs the caller out everywhere. */
export const endAllSessions = verb("endAllSessions", async ({ ctx }: Asked<object>) => {
  const ended = await deleteSessions(ctx.db, { user: requireUser(ctx).id });
  const sessions = ended.map(({ id }) => id);
  return {
    value: {},
    effects: [{ type: "sessions-ended", sessions }, noted(ctx, "signed-out", "everywhere", "account")],
  };
});
