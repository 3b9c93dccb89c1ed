import * as store from "@tailbone/db/rules/outbox";
import { type Asked, verb } from "../verb";

/** The newest deliveries and what came of them. */
export const listDeliveries = verb("listDeliveries", async ({ ctx }: Asked<object>) => ({
  value: await store.listDeliveries(ctx.db, { team: ctx.team.id }),
}));
