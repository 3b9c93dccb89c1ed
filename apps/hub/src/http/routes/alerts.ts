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
import type { Services } from "../../services";
import { type Api, jsonBody } from "../environment";
import { verbRoute } from "../verb-route";

const params = z.object({ id: z.uuid() });
const done = z.object({});

/** Alerts, the rules that raise them, the channels they are sent to, and their deliveries. */
export function addAlertRoutes(api: Api, { perform }: Services): void {
  const alerts = verbRoute(listAlerts, {
    method: "get",
    path: "/alerts",
    summary: "Alerts, newest first",
    request: { query: alertsQuerySchema },
    answer: alertListSchema,
  });
  api.openapi(alerts, async (c) => c.json(await perform(c.var.ctx, listAlerts, c.req.valid("query")), 200));

  const changeAlert = verbRoute(patchAlert, {
    method: "patch",
    path: "/alerts/{id}",
    summary: "Reads, acknowledges, snoozes or assigns an alert",
    request: { params, body: jsonBody(alertPatchSchema) },
    answer: alertSchema,
  });
  api.openapi(changeAlert, async (c) =>
    c.json(await perform(c.var.ctx, patchAlert, { ...c.req.valid("param"), patch: c.req.valid("json") }), 200),
  );

  const rules = verbRoute(listRules, {
    method: "get",
    path: "/rules",
    summary: "The team's rules",
    request: {},
    answer: ruleListSchema,
  });
  api.openapi(rules, async (c) => c.json(await perform(c.var.ctx, listRules, {}), 200));

  const addRule = verbRoute(createRule, {
    method: "post",
    path: "/rules",
    summary: "Makes a rule",
    request: { body: jsonBody(ruleCreateSchema) },
    answer: ruleSchema,
  });
  api.openapi(addRule, async (c) => c.json(await perform(c.var.ctx, createRule, { rule: c.req.valid("json") }), 200));

  const changeRule = verbRoute(patchRule, {
    method: "patch",
    path: "/rules/{id}",
    summary: "Changes a rule",
    request: { params, body: jsonBody(rulePatchSchema) },
    answer: ruleSchema,
  });
  api.openapi(changeRule, async (c) =>
    c.json(await perform(c.var.ctx, patchRule, { ...c.req.valid("param"), patch: c.req.valid("json") }), 200),
  );

  const dropRule = verbRoute(deleteRule, {
    method: "delete",
    path: "/rules/{id}",
    summary: "Deletes a rule; its alerts stay",
    request: { params },
    answer: done,
  });
  api.openapi(dropRule, async (c) => c.json(await perform(c.var.ctx, deleteRule, c.req.valid("param")), 200));

  const replay = verbRoute(replayRule, {
    method: "post",
    path: "/rules/replay",
    summary: "What a rule would have raised in the newest runs; nothing is raised",
    request: { body: jsonBody(replaySchema) },
    answer: replayedSchema,
  });
  api.openapi(replay, async (c) => c.json(await perform(c.var.ctx, replayRule, { replay: c.req.valid("json") }), 200));

  const channels = verbRoute(listChannels, {
    method: "get",
    path: "/channels",
    summary: "Where alerts are sent, without secrets",
    request: {},
    answer: channelListSchema,
  });
  api.openapi(channels, async (c) => c.json(await perform(c.var.ctx, listChannels, {}), 200));

  const addChannel = verbRoute(createChannel, {
    method: "post",
    path: "/channels",
    summary: "Adds a channel",
    request: { body: jsonBody(channelCreateSchema) },
    answer: channelSchema,
  });
  api.openapi(addChannel, async (c) =>
    c.json(await perform(c.var.ctx, createChannel, { channel: c.req.valid("json") }), 200),
  );

  const dropChannel = verbRoute(deleteChannel, {
    method: "delete",
    path: "/channels/{id}",
    summary: "Deletes a channel",
    request: { params },
    answer: done,
  });
  api.openapi(dropChannel, async (c) => c.json(await perform(c.var.ctx, deleteChannel, c.req.valid("param")), 200));

  const test = verbRoute(testChannel, {
    method: "post",
    path: "/channels/{id}/test",
    summary: "Sends a test message to a channel at once, and says what came of it",
    request: { params },
    answer: channelTestedSchema,
  });
  api.openapi(test, async (c) => c.json(await perform(c.var.ctx, testChannel, c.req.valid("param")), 200));

  const deliveries = verbRoute(listDeliveries, {
    method: "get",
    path: "/deliveries",
    summary: "The newest deliveries and what came of them",
    request: {},
    answer: deliveryListSchema,
  });
  api.openapi(deliveries, async (c) => c.json(await perform(c.var.ctx, listDeliveries, {}), 200));

  const retry = verbRoute(retryDelivery, {
    method: "post",
    path: "/deliveries/{id}/retry",
    summary: "Tries a dead delivery anew",
    request: { params },
    answer: done,
  });
  api.openapi(retry, async (c) => c.json(await perform(c.var.ctx, retryDelivery, c.req.valid("param")), 200));
}
