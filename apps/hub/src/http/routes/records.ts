import { z } from "@hono/zod-openapi";
import {
  checkpointListSchema,
  consoleListSchema,
  consoleQuerySchema,
  featureListSchema,
  runEventListSchema,
} from "@tailbone/protocol/http";
import { runIdSchema } from "@tailbone/protocol/names";
import { listCheckpoints } from "@tailbone/services/runs/list-checkpoints";
import { listConsole } from "@tailbone/services/runs/list-console";
import { listEvents } from "@tailbone/services/runs/list-events";
import { listFeatures } from "@tailbone/services/runs/list-features";
import type { Services } from "../../services";
import type { Api } from "../environment";
import { verbRoute } from "../verb-route";

const params = z.object({ run: runIdSchema });

/** What a run has besides points. */
export function addRecordRoutes(api: Api, { perform }: Services): void {
  const checkpoints = verbRoute(listCheckpoints, {
    method: "get",
    path: "/runs/{run}/checkpoints",
    summary: "A run's checkpoints",
    request: { params },
    answer: checkpointListSchema,
  });
  api.openapi(checkpoints, async (c) => c.json(await perform(c.var.ctx, listCheckpoints, c.req.valid("param")), 200));

  const console = verbRoute(listConsole, {
    method: "get",
    path: "/runs/{run}/console",
    summary: "Captured output",
    request: { params, query: consoleQuerySchema },
    answer: consoleListSchema,
  });
  api.openapi(console, async (c) =>
    c.json(await perform(c.var.ctx, listConsole, { ...c.req.valid("query"), ...c.req.valid("param") }), 200),
  );

  const features = verbRoute(listFeatures, {
    method: "get",
    path: "/runs/{run}/features",
    summary: "A run's features: their states and all their readings",
    request: { params },
    answer: featureListSchema,
  });
  api.openapi(features, async (c) => c.json(await perform(c.var.ctx, listFeatures, c.req.valid("param")), 200));

  const events = verbRoute(listEvents, {
    method: "get",
    path: "/runs/{run}/events",
    summary: "What happened to a run's features, with the evidence",
    request: { params },
    answer: runEventListSchema,
  });
  api.openapi(events, async (c) => c.json(await perform(c.var.ctx, listEvents, c.req.valid("param")), 200));
}
