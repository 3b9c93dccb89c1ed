import { z } from "@hono/zod-openapi";
import { runListQuerySchema, runListSchema, runPatchSchema } from "@tailbone/protocol/http";
import { runIdSchema } from "@tailbone/protocol/names";
import { runDetailSchema } from "@tailbone/protocol/run";
import { deleteRun } from "@tailbone/services/runs/delete-run";
import { getRun } from "@tailbone/services/runs/get-run";
import { listRuns } from "@tailbone/services/runs/list-runs";
import { patchRun } from "@tailbone/services/runs/patch-run";
import type { ServeVerb } from "../serve-verb";

const params = z.object({ run: runIdSchema });

export function addRunRoutes(serve: ServeVerb): void {
  serve(listRuns, {
    method: "get",
    path: "/runs",
    summary: "Runs, a page at a time",
    query: runListQuerySchema,
    answer: runListSchema,
  });
  serve(getRun, { method: "get", path: "/runs/{run}", summary: "One run", params, answer: runDetailSchema });
  serve(patchRun, {
    method: "patch",
    path: "/runs/{run}",
    summary: "Changes a run's head",
    params,
    body: runPatchSchema,
    answer: runDetailSchema,
  });
  serve(deleteRun, {
    method: "delete",
    path: "/runs/{run}",
    summary: "Deletes a run and all its data",
    params,
    answer: z.object({}),
  });
}
