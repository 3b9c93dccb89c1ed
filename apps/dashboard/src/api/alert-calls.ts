import {
  type AlertPatch,
  type alertListSchema,
  alertSchema,
  type ChannelCreate,
  channelSchema,
  channelTestedSchema,
  type RuleCreate,
  type RulePatch,
  replayedSchema,
  ruleSchema,
} from "@tailbone/protocol/rules";
import { z } from "zod";
import { callApi } from "./client";

/** What the dashboard asks the hub of alerts, and of what raises and tells them. All throw TailboneError. */

const done = z.object({});
const REPLAYED_RUNS = 20;

export type AlertList = z.infer<typeof alertListSchema>;

export const patchAlert = (alert: string, body: AlertPatch) =>
  callApi(alertSchema, `/alerts/${alert}`, { method: "PATCH", body });

export const createRule = (body: RuleCreate) => callApi(ruleSchema, "/rules", { method: "POST", body });

export const patchRule = (rule: string, body: RulePatch) =>
  callApi(ruleSchema, `/rules/${rule}`, { method: "PATCH", body });

export const deleteRule = (rule: string) => callApi(done, `/rules/${rule}`, { method: "DELETE" });

/** What the rule would have raised in the newest runs. */
export const replayRule = ({ project, condition, cooldownMs }: RuleCreate) =>
  callApi(replayedSchema, "/rules/replay", {
    method: "POST",
    body: { rule: { project, condition, cooldownMs }, runs: REPLAYED_RUNS },
  });

export const createChannel = (body: ChannelCreate) => callApi(channelSchema, "/channels", { method: "POST", body });

export const testChannel = (channel: string) =>
  callApi(channelTestedSchema, `/channels/${channel}/test`, { method: "POST" });

export const deleteChannel = (channel: string) => callApi(done, `/channels/${channel}`, { method: "DELETE" });

export const retryDelivery = (delivery: string) => callApi(done, `/deliveries/${delivery}/retry`, { method: "POST" });
