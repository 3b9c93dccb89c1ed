import { z } from "@hono/zod-openapi";
import { projectListSchema, projectSchema } from "@tailbone/protocol/http";
import { getProject } from "@tailbone/services/projects/get-project";
import { listProjects } from "@tailbone/services/projects/list-projects";
import type { ServeVerb } from "../serve-verb";

export function addProjectRoutes(serve: ServeVerb): void {
  serve(listProjects, { method: "get", path: "/projects", summary: "The team's projects", answer: projectListSchema });
  serve(getProject, {
    method: "get",
    path: "/projects/{project}",
    summary: "One project",
    params: z.object({ project: z.uuid() }),
    answer: projectSchema,
  });
}
