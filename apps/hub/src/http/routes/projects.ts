import { createRoute, z } from "@hono/zod-openapi";
import { getProject, listProjects } from "@tailbone/db/read/projects";
import { projectListSchema, projectSchema } from "@tailbone/protocol/http";
import { requireProject } from "../../auth/access";
import type { Services } from "../../services";
import { type Api, answers } from "../environment";

export function addProjectRoutes(api: Api, { db }: Services): void {
  api.openapi(
    createRoute({
      method: "get",
      path: "/projects",
      summary: "The team's projects",
      responses: answers(projectListSchema),
    }),
    async (c) => {
      const { team, project: only } = c.var.caller;
      const { projects, unreadable } = await listProjects(db, { team: team.id });
      const isTheirs = ({ id }: { id: string }): boolean => only === null || id === only.id;
      return c.json({ projects: projects.filter(isTheirs), unreadable: unreadable.filter(isTheirs) }, 200);
    },
  );

  const params = z.object({ project: z.uuid() });
  api.openapi(
    createRoute({
      method: "get",
      path: "/projects/{project}",
      summary: "One project",
      request: { params },
      responses: answers(projectSchema),
    }),
    async (c) => {
      const { project } = c.req.valid("param");
      requireProject(c.var.caller, project, `project ${project}`);
      return c.json(await getProject(db, { team: c.var.caller.team.id, project }), 200);
    },
  );
}
