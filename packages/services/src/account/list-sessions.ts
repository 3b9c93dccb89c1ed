import * as store from "@tailbone/db/access/accounts";
import { requireUser } from "../caller";
import { type Asked, verb } from "../verb";

/** Where the caller is signed in, the last seen first. */
export const listSessions = verb("listSessions", async ({ ctx }: Asked<object>) => {
  const { id, session } = requireUser(ctx);
  const sessions = await store.listSessions(ctx.db, { user: id, nowMs: ctx.nowMs });
  return { value: { sessions: sessions.map((one) => ({ ...one, isCurrent: one.id === session })) } };
});
