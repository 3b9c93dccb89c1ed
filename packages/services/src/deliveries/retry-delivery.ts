import * as store from "@tailbone/db/rules/outbox";
import { type Asked, verb } from "../verb";

/** Has a dead delivery tried anew. Throws `not_found`. */
export const retryDelivery = verb("retryDelivery", async ({ ctx, input }: Asked<{ readonly id: string }>) => {
  await store.retryDelivery(ctx.db, { ...input, team: ctx.team.id });
  return { value: {}, effects: [{ type: "delivery-due" }] };
});
