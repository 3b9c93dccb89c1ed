import * as store from "@tailbone/db/rules/rules";
import type { ChannelCreate } from "@tailbone/protocol/rules";
import { type Asked, verb } from "../verb";

/** Adds a channel. Throws `conflict` when the team has all that it may. */
export const createChannel = verb("createChannel", async ({ ctx, input }: Asked<ChannelCreate>) => {
  const most = ctx.hub.quotas.settings.channelsPerTeam;
  return { value: await store.createChannel(ctx.db, { channel: input, team: ctx.team.id, most }) };
});
