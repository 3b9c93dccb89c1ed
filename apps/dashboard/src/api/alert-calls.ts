import {
  type AlertPatch,
  type AlertsQuery,
  alertListSchema,
  alertSchema,
  type ChannelCreate,
  channelListSchema,
  channelSchema,
  channelTestedSchema,
  deliveryListSchema,
  type RuleCreate,
  type RulePatch,
  replayedSchema,
  ruleListSchema,
  ruleSchema,
} from "@tailbone/protocol/rules";
import { z } from "zod";
import { callApi } from "./client";

/** What the dashboard asks the hub of alerts, and of what raises and tells them. All throw TailboneError. */

type Abort = AbortSignal | undefined;
const done = z.object({});
const MOST_ALERTS = 500;
const REPLAYED_RUNS = 20;

export type AlertList = z.infer<typeof alertListSchema>;

/** `run`: null asks for those of all runs. */
export const listAlerts = (run: string | null, which: AlertsQuery["which"], signal?: Abort) =>
  callApi(alertListSchema, "/alerts", { query: { run, which, limit: MOST_ALERTS }, signal });

/** The count alone: of the list there is nothing to show. */
export const countUnread = (signal?: Abort) => callApi(alertListSchema, "/alerts", { query: { limit: 1 }, signal });

export const patchAlert = (alert: string, body: AlertPatch) =>
  callApi(alertSchema, `/alerts/${alert}`, { method: "PATCH", body });

export const listRules = (signal?: Abort) => callApi(ruleListSchema, "/rules", { signal });

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

export const listChannels = (signal?: Abort) => callApi(channelListSchema, "/channels", { signal });

export const createChannel = (body: ChannelCreate) => callApi(channelSchema, "/channels", { method: "POST", body });

export const testChannel = (channel: string) =>
  callApi(channelTestedSchema, `/channels/${channel}/test`, { method: "POST" });

export const deleteChannel = (channel: string) => callApi(done, `/channels/${channel}`, { method: "DELETE" });

export const listDeliveries = (signal?: Abort) => callApi(deliveryListSchema, "/deliveries", { signal });

export const retryDelivery = (delivery: string) => callApi(done, `/deliveries/${delivery}/retry`, { method: "POST" });
