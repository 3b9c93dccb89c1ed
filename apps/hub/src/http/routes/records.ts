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
import type { ServeVerb } from "../serve-verb";

const params = z.object({ run: runIdSchema });

/** What a run has besides points. */
export function addRecordRoutes(serve: ServeVerb): void {
  serve(listCheckpoints, {
    method: "get",
    path: "/runs/{run}/checkpoints",
    summary: "A run's checkpoints",
    params,
    answer: checkpointListSchema,
  });
  serve(listConsole, {
    method: "get",
    path: "/runs/{run}/console",
    summary: "Captured output",
    params,
    query: consoleQuerySchema,
    answer: consoleListSchema,
  });
  serve(listFeatures, {
    method: "get",
    path: "/runs/{run}/features",
    summary: "A run's features: their states and all their readings",
    params,
    answer: featureListSchema,
  });
  serve(listEvents, {
    method: "get",
    path: "/runs/{run}/events",
    summary: "What happened to a run's features, with the evidence",
    params,
    answer: runEventListSchema,
  });
}
