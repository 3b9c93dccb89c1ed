import { createRoute, z } from "@hono/zod-openapi";
import { deleteRun, patchRun } from "@tailbone/db/append/change-run";
import { getRun, getRunDetail } from "@tailbone/db/read/get-run";
import { listRuns } from "@tailbone/db/read/list-runs";
import { appendedSchema, runListQuerySchema, runListSchema, runPatchSchema } from "@tailbone/protocol/http";
import { LIMITS } from "@tailbone/protocol/limits";
import { runIdSchema, writerIdSchema } from "@tailbone/protocol/names";
import { openedWriterSchema, openWriterSchema, runDetailSchema } from "@tailbone/protocol/run";
import { requireProject } from "../../auth/access";
import type { Services } from "../../services";
import { type Api, answers, jsonBody } from "../environment";
import { limitBody } from "../middleware";

const params = z.object({ run: runIdSchema });

export function addRunRoutes(api: Api, { db, live, openWriter, appendFrame, alertsRaised }: Services): void {
  const query = runListQuerySchema;
  api.openapi(
    createRoute({
      method: "get",
      path: "/runs",
      summary: "Runs, a page at a time",
      request: { query },
      responses: answers(runListSchema),
    }),
    async (c) => {
      const { team, project: only } = c.var.caller;
      const query = c.req.valid("query");
      if (query.project !== undefined && query.project !== only?.name) {
        requireProject(c.var.caller, query.project, `project ${query.project}`);
      }
      const project = only === null ? query.project : only.id;
      return c.json(await listRuns(db, { team: team.id, ...query, project }), 200);
    },
  );

  const openBody = jsonBody(openWriterSchema);
  const openRoute = createRoute({
    method: "post",
    path: "/runs",
    summary: "Opens a writer, making its run if needed",
    request: {
      body: openBody,
    },
    responses: answers(openedWriterSchema),
  });
  api.openapi(openRoute, async (c) => c.json(await openWriter(c.var.caller, c.req.valid("json")), 200));

  api.openapi(
    createRoute({
      method: "get",
      path: "/runs/{run}",
      summary: "One run",
      request: { params },
      responses: answers(runDetailSchema),
    }),
    async (c) => {
      const team = c.var.caller.team.id;
      return c.json(await getRunDetail(db, { team, run: c.req.valid("param").run }), 200);
    },
  );

  const patchBody = jsonBody(runPatchSchema);
  const patchRoute = createRoute({
    method: "patch",
    path: "/runs/{run}",
    summary: "Changes a run's head",
    request: {
      params,
      body: patchBody,
    },
    responses: answers(runDetailSchema),
  });
  api.openapi(patchRoute, async (c) => {
    const address = { team: c.var.caller.team.id, run: c.req.valid("param").run };
    const { run, alerts } = await patchRun(db, { ...address, patch: c.req.valid("json") });
    live.changed(run);
    alertsRaised(address.team, alerts);
    return c.json(await getRunDetail(db, address), 200);
  });

  const deleteRoute = createRoute({
    method: "delete",
    path: "/runs/{run}",
    summary: "Deletes a run and all its data",
    request: { params },
    responses: answers(z.object({})),
  });
  api.openapi(deleteRoute, async (c) => {
    const address = { team: c.var.caller.team.id, run: c.req.valid("param").run };
    const run = await getRun(db, address);
    await deleteRun(db, address);
    live.deleted(run);
    return c.json({}, 200);
  });

  const framesRoute = createRoute({
    method: "post",
    path: "/runs/{run}/frames",
    summary: "Appends one frame",
    request: {
      params,
      query: z.object({ writer: writerIdSchema }),
      body: {
        content: { "application/octet-stream": { schema: z.string().openapi({ format: "binary" }) } },
        required: true,
      },
    },
    responses: answers(appendedSchema),
  });
  api.use("/runs/:run/frames", limitBody(LIMITS.frameBytes));
  api.openapi(framesRoute, async (c) => {
    const address = {
      team: c.var.caller.team.id,
      run: c.req.valid("param").run,
      writer: c.req.valid("query").writer,
    };
    const bytes = new Uint8Array(await c.req.arrayBuffer());
    return c.json(await appendFrame(address, bytes), 200);
  });
}
