import { z } from "@hono/zod-openapi";
import { projectListSchema, projectSchema } from "@tailbone/protocol/http";
import { getProject } from "@tailbone/services/projects/get-project";
import { listProjects } from "@tailbone/services/projects/list-projects";
import type { Services } from "../../services";
import type { Api } from "../environment";
import { verbRoute } from "../verb-route";

export function addProjectRoutes(api: Api, { perform }: Services): void {
  const list = verbRoute(listProjects, {
    method: "get",
    path: "/projects",
    summary: "The team's projects",
    request: {},
    answer: projectListSchema,
  });
  api.openapi(list, async (c) => c.json(await perform(c.var.ctx, listProjects, {}), 200));

  const get = verbRoute(getProject, {
    method: "get",
    path: "/projects/{project}",
    summary: "One project",
    request: { params: z.object({ project: z.uuid() }) },
    answer: projectSchema,
  });
  api.openapi(get, async (c) => c.json(await perform(c.var.ctx, getProject, c.req.valid("param")), 200));
}
