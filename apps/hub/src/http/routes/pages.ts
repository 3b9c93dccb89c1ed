import { z } from "@hono/zod-openapi";
import { pageStateSaveSchema, pageStateSchema, savedPageSchema } from "@tailbone/protocol/page-state/saved";
import { getPageState } from "@tailbone/services/pages/get-page-state";
import { savePageState } from "@tailbone/services/pages/save-page-state";
import type { Services } from "../../services";
import { type Api, jsonBody } from "../environment";
import { verbRoute } from "../verb-route";

const params = z.object({ project: z.uuid(), page: savedPageSchema });

/** What a team keeps of the pages of a project: the panels of its runs, the columns of their list. */
export function addPageRoutes(api: Api, { perform }: Services): void {
  const path = "/projects/{project}/page-states/{page}";
  const get = verbRoute(getPageState, {
    method: "get",
    path,
    summary: "What the team keeps of a page for a project",
    request: { params },
    answer: pageStateSchema,
  });
  api.openapi(get, async (c) => c.json(await perform(c.var.ctx, getPageState, c.req.valid("param")), 200));

  const save = verbRoute(savePageState, {
    method: "put",
    path,
    summary: "Saves it in place of the revision that it goes on from",
    request: { params, body: jsonBody(pageStateSaveSchema) },
    answer: pageStateSchema,
  });
  api.openapi(save, async (c) => {
    const input = { ...c.req.valid("param"), save: c.req.valid("json") };
    return c.json(await perform(c.var.ctx, savePageState, input), 200);
  });
}
