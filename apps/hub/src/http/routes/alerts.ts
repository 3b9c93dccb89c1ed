import { z } from "@hono/zod-openapi";
import {
  alertListSchema,
  alertPatchSchema,
  alertSchema,
  alertsQuerySchema,
  channelCreateSchema,
  channelListSchema,
  channelSchema,
  channelTestedSchema,
  deliveryListSchema,
  replayedSchema,
  replaySchema,
  ruleCreateSchema,
  ruleListSchema,
  rulePatchSchema,
  ruleSchema,
} from "@tailbone/protocol/rules";
import { listAlerts } from "@tailbone/services/alerts/list-alerts";
import { patchAlert } from "@tailbone/services/alerts/patch-alert";
import { createChannel } from "@tailbone/services/channels/create-channel";
import { deleteChannel } from "@tailbone/services/channels/delete-channel";
import { listChannels } from "@tailbone/services/channels/list-channels";
import { testChannel } from "@tailbone/services/channels/test-channel";
import { listDeliveries } from "@tailbone/services/deliveries/list-deliveries";
import { retryDelivery } from "@tailbone/services/deliveries/retry-delivery";
import { createRule } from "@tailbone/services/rules/create-rule";
import { deleteRule } from "@tailbone/services/rules/delete-rule";
import { listRules } from "@tailbone/services/rules/list-rules";
import { patchRule } from "@tailbone/services/rules/patch-rule";
import { replayRule } from "@tailbone/services/rules/replay-rule";
import type { ServeVerb } from "../serve-verb";

const params = z.object({ id: z.uuid() });
const done = z.object({});

/** Alerts, the rules that raise them, the channels they are sent to, and their deliveries. */
export function addAlertRoutes(serve: ServeVerb): void {
  serve(listAlerts, {
    method: "get",
    path: "/alerts",
    summary: "Alerts, newest first",
    query: alertsQuerySchema,
    answer: alertListSchema,
  });
  serve(patchAlert, {
    method: "patch",
    path: "/alerts/{id}",
    summary: "Reads, acknowledges, snoozes or assigns an alert",
    params,
    body: alertPatchSchema,
    answer: alertSchema,
  });

  serve(listRules, { method: "get", path: "/rules", summary: "The team's rules", answer: ruleListSchema });
  serve(createRule, {
    method: "post",
    path: "/rules",
    summary: "Makes a rule",
    body: ruleCreateSchema,
    answer: ruleSchema,
  });
  serve(patchRule, {
    method: "patch",
    path: "/rules/{id}",
    summary: "Changes a rule",
    params,
    body: rulePatchSchema,
    answer: ruleSchema,
  });
  serve(deleteRule, {
    method: "delete",
    path: "/rules/{id}",
    summary: "Deletes a rule; its alerts stay",
    params,
    answer: done,
  });
  serve(replayRule, {
    method: "post",
    path: "/rules/replay",
    summary: "What a rule would have raised in the newest runs; nothing is raised",
    body: replaySchema,
    answer: replayedSchema,
  });

  serve(listChannels, {
    method: "get",
    path: "/channels",
    summary: "Where alerts are sent, without secrets",
    answer: channelListSchema,
  });
  serve(createChannel, {
    method: "post",
    path: "/channels",
    summary: "Adds a channel",
    body: channelCreateSchema,
    answer: channelSchema,
  });
  serve(deleteChannel, {
    method: "delete",
    path: "/channels/{id}",
    summary: "Deletes a channel",
    params,
    answer: done,
  });
  serve(testChannel, {
    method: "post",
    path: "/channels/{id}/test",
    summary: "Sends a test message to a channel at once, and says what came of it",
    params,
    answer: channelTestedSchema,
  });

  serve(listDeliveries, {
    method: "get",
    path: "/deliveries",
    summary: "The newest deliveries and what came of them",
    answer: deliveryListSchema,
  });
  serve(retryDelivery, {
    method: "post",
    path: "/deliveries/{id}/retry",
    summary: "Tries a dead delivery anew",
    params,
    answer: done,
  });
}
