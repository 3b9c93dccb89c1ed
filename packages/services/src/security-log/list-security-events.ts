import * as store from "@tailbone/db/access/security-log";
import { type Asked, verb } from "../verb";

interface ListSecurityEvents {
  readonly before?: number | undefined;
  readonly limit: number;
}

/** What the team's managers may know of who came to the door and what they changed there, the newest first. */
export const listSecurityEvents = verb("listSecurityEvents", async ({ ctx, input }: Asked<ListSecurityEvents>) => {
  const { before, limit } = input;
  return { value: await store.listSecurityEvents(ctx.db, { team: ctx.team.id, before, limit }) };
});
