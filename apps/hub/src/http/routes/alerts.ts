import { createRoute, z } from "@hono/zod-openapi";
import { countUnread, listAlerts, patchAlert } from "@tailbone/db/rules/alerts";
import { listDeliveries, retryDelivery } from "@tailbone/db/rules/outbox";
import { replayRule } from "@tailbone/db/rules/replay-rule";
import {
  createChannel,
  createRule,
  deleteChannel,
  deleteRule,
  listChannels,
  listRules,
  patchRule,
  readChannelTarget,
} from "@tailbone/db/rules/rules";
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
import { testChannel } from "../../alerts/test-channel";
import type { ApiServices } from "../../services";
import { type Api, answers, jsonBody } from "../environment";

const params = z.object({ id: z.uuid() });
const done = z.object({});

/** Alerts, the rules that raise them, the channels they are sent to, and their deliveries. Channels are for admins to change. */
export function addAlertRoutes(api: Api, { db, live, quotas, send, wakeDispatcher }: ApiServices): void {
  const list = { method: "get", path: "/alerts", summary: "Alerts, newest first" } as const;
  api.openapi(
    createRoute({ ...list, request: { query: alertsQuerySchema }, responses: answers(alertListSchema) }),
    async (c) => {
      const team = c.var.caller.team.id;
      const [{ alerts, unreadable }, unread] = await Promise.all([
        listAlerts(db, { team, ...c.req.valid("query") }),
        countUnread(db, { team }),
      ]);
      return c.json({ alerts, unread, cursor: null, unreadable }, 200);
    },
  );
  const alertBody = jsonBody(alertPatchSchema);
  const patch = {
    method: "patch",
    path: "/alerts/{id}",
    summary: "Reads, acknowledges, snoozes or assigns an alert",
  } as const;
  api.openapi(
    createRoute({ ...patch, request: { params, body: alertBody }, responses: answers(alertSchema) }),
    async (c) => {
      const { team, by } = c.var.caller;
      const alert = await patchAlert(db, {
        team: team.id,
        by: by.name,
        ...c.req.valid("param"),
        patch: c.req.valid("json"),
      });
      live.alertChanged(team.id, alert);
      return c.json(alert, 200);
    },
  );

  const rules = { method: "get", path: "/rules", summary: "The team's rules" } as const;
  api.openapi(createRoute({ ...rules, responses: answers(ruleListSchema) }), async (c) =>
    c.json(await listRules(db, { team: c.var.caller.team.id }), 200),
  );
  const ruleBody = jsonBody(ruleCreateSchema);
  const create = { method: "post", path: "/rules", summary: "Makes a rule" } as const;
  api.openapi(createRoute({ ...create, request: { body: ruleBody }, responses: answers(ruleSchema) }), async (c) => {
    const team = c.var.caller.team.id;
    quotas.admitRule(team);
    return c.json(await createRule(db, { team, rule: c.req.valid("json"), most: quotas.settings.rulesPerTeam }), 200);
  });
  const rulePatchBody = jsonBody(rulePatchSchema);
  const change = { method: "patch", path: "/rules/{id}", summary: "Changes a rule" } as const;
  api.openapi(
    createRoute({ ...change, request: { params, body: rulePatchBody }, responses: answers(ruleSchema) }),
    async (c) =>
      c.json(
        await patchRule(db, { team: c.var.caller.team.id, ...c.req.valid("param"), patch: c.req.valid("json") }),
        200,
      ),
  );
  const remove = { method: "delete", path: "/rules/{id}", summary: "Deletes a rule; its alerts stay" } as const;
  api.openapi(createRoute({ ...remove, request: { params }, responses: answers(done) }), async (c) => {
    await deleteRule(db, { team: c.var.caller.team.id, ...c.req.valid("param") });
    return c.json({}, 200);
  });
  const replay = {
    method: "post",
    path: "/rules/replay",
    summary: "What a rule would have raised in the newest runs; nothing is raised",
  } as const;
  const replayBody = jsonBody(replaySchema);
  api.openapi(
    createRoute({ ...replay, request: { body: replayBody }, responses: answers(replayedSchema) }),
    async (c) => c.json(await replayRule(db, { team: c.var.caller.team.id, replay: c.req.valid("json") }), 200),
  );

  const channels = { method: "get", path: "/channels", summary: "Where alerts are sent, without secrets" } as const;
  api.openapi(createRoute({ ...channels, responses: answers(channelListSchema) }), async (c) =>
    c.json(await listChannels(db, { team: c.var.caller.team.id }), 200),
  );
  const channelBody = jsonBody(channelCreateSchema);
  const add = { method: "post", path: "/channels", summary: "Adds a channel" } as const;
  api.openapi(createRoute({ ...add, request: { body: channelBody }, responses: answers(channelSchema) }), async (c) => {
    const team = c.var.caller.team.id;
    const most = quotas.settings.channelsPerTeam;
    return c.json(await createChannel(db, { team, channel: c.req.valid("json"), most }), 200);
  });
  const drop = { method: "delete", path: "/channels/{id}", summary: "Deletes a channel" } as const;
  api.openapi(createRoute({ ...drop, request: { params }, responses: answers(done) }), async (c) => {
    await deleteChannel(db, { team: c.var.caller.team.id, ...c.req.valid("param") });
    return c.json({}, 200);
  });
  const test = {
    method: "post",
    path: "/channels/{id}/test",
    summary: "Sends a test message to a channel at once, and says what came of it",
  } as const;
  api.openapi(createRoute({ ...test, request: { params }, responses: answers(channelTestedSchema) }), async (c) => {
    const { caller } = c.var;
    const target = await readChannelTarget(db, { team: caller.team.id, ...c.req.valid("param") });
    return c.json({ error: await testChannel(send, target, caller) }, 200);
  });

  const deliveries = {
    method: "get",
    path: "/deliveries",
    summary: "The newest deliveries and what came of them",
  } as const;
  api.openapi(createRoute({ ...deliveries, responses: answers(deliveryListSchema) }), async (c) =>
    c.json(await listDeliveries(db, { team: c.var.caller.team.id }), 200),
  );
  const retry = { method: "post", path: "/deliveries/{id}/retry", summary: "Tries a dead delivery anew" } as const;
  api.openapi(createRoute({ ...retry, request: { params }, responses: answers(done) }), async (c) => {
    await retryDelivery(db, { team: c.var.caller.team.id, ...c.req.valid("param") });
    wakeDispatcher();
    return c.json({}, 200);
  });
}
