import { createRoute, z } from "@hono/zod-openapi";
import { listCheckpoints, listConsole } from "@tailbone/db/list-records";
import { checkpointListSchema, consoleListSchema, consoleQuerySchema } from "@tailbone/protocol/http";
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
    return c.json({ checkpoints: await listCheckpoints(db, { team, run: c.req.valid("param").run }) }, 200);
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
}
