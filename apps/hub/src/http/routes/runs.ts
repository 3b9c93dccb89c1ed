import { z } from "@hono/zod-openapi";
import { runListQuerySchema, runListSchema, runPatchSchema } from "@tailbone/protocol/http";
import { runIdSchema } from "@tailbone/protocol/names";
import { runDetailSchema } from "@tailbone/protocol/run";
import { deleteRun } from "@tailbone/services/runs/delete-run";
import { getRun } from "@tailbone/services/runs/get-run";
import { listRuns } from "@tailbone/services/runs/list-runs";
import { patchRun } from "@tailbone/services/runs/patch-run";
import type { Services } from "../../services";
import { type Api, jsonBody } from "../environment";
import { verbRoute } from "../verb-route";

const params = z.object({ run: runIdSchema });

export function addRunRoutes(api: Api, { perform }: Services): void {
  const list = verbRoute(listRuns, {
    method: "get",
    path: "/runs",
    summary: "Runs, a page at a time",
    request: { query: runListQuerySchema },
    answer: runListSchema,
  });
  api.openapi(list, async (c) => c.json(await perform(c.var.ctx, listRuns, c.req.valid("query")), 200));

  const get = verbRoute(getRun, {
    method: "get",
    path: "/runs/{run}",
    summary: "One run",
    request: { params },
    answer: runDetailSchema,
  });
  api.openapi(get, async (c) => c.json(await perform(c.var.ctx, getRun, c.req.valid("param")), 200));

  const patch = verbRoute(patchRun, {
    method: "patch",
    path: "/runs/{run}",
    summary: "Changes a run's head",
    request: { params, body: jsonBody(runPatchSchema) },
    answer: runDetailSchema,
  });
  api.openapi(patch, async (c) => {
    const input = { ...c.req.valid("param"), patch: c.req.valid("json") };
    return c.json(await perform(c.var.ctx, patchRun, input), 200);
  });

  const remove = verbRoute(deleteRun, {
    method: "delete",
    path: "/runs/{run}",
    summary: "Deletes a run and all its data",
    request: { params },
    answer: z.object({}),
  });
  api.openapi(remove, async (c) => c.json(await perform(c.var.ctx, deleteRun, c.req.valid("param")), 200));
}
