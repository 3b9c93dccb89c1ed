import { createRoute, z } from "@hono/zod-openapi";
import { listEvents, listFeatures } from "@tailbone/db/read/list-life";
import { listCheckpoints, listConsole } from "@tailbone/db/read/list-records";
import {
  checkpointListSchema,
  consoleListSchema,
  consoleQuerySchema,
  featureListSchema,
  runEventListSchema,
} from "@tailbone/protocol/http";
import { runIdSchema } from "@tailbone/protocol/names";
import type { Services } from "../../services";
import { type Api, answers } from "../environment";

const params = z.object({ run: runIdSchema });

/** What a run has besides points. */
export function addRecordRoutes(api: Api, { db }: Services): void {
  const checkpoints = createRoute({
    method: "get",
    path: "/runs/{run}/checkpoints",
    summary: "A run's checkpoints",
    request: { params },
    responses: answers(checkpointListSchema),
  });
  api.openapi(checkpoints, async (c) => {
    const team = c.var.caller.team.id;
    return c.json(await listCheckpoints(db, { team, run: c.req.valid("param").run }), 200);
  });

  const console = createRoute({
    method: "get",
    path: "/runs/{run}/console",
    summary: "Captured output",
    request: {
      params,
      query: consoleQuerySchema,
    },
    responses: answers(consoleListSchema),
  });
  api.openapi(console, async (c) => {
    const team = c.var.caller.team.id;
    return c.json(await listConsole(db, { team, run: c.req.valid("param").run, ...c.req.valid("query") }), 200);
  });

  const features = createRoute({
    method: "get",
    path: "/runs/{run}/features",
    summary: "A run's features: their states and all their readings",
    request: { params },
    responses: answers(featureListSchema),
  });
  api.openapi(features, async (c) => {
    const team = c.var.caller.team.id;
    return c.json(await listFeatures(db, { team, run: c.req.valid("param").run }), 200);
  });

  const events = createRoute({
    method: "get",
    path: "/runs/{run}/events",
    summary: "What happened to a run's features, with the evidence",
    request: { params },
    responses: answers(runEventListSchema),
  });
  api.openapi(events, async (c) => {
    const team = c.var.caller.team.id;
    return c.json(await listEvents(db, { team, run: c.req.valid("param").run }), 200);
  });
}
