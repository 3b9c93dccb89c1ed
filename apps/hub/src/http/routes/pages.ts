import { z } from "@hono/zod-openapi";
import { pageStateSaveSchema, pageStateSchema, savedPageSchema } from "@tailbone/protocol/page-state/saved";
import { getPageState } from "@tailbone/services/pages/get-page-state";
import { savePageState } from "@tailbone/services/pages/save-page-state";
import type { ServeVerb } from "../serve-verb";

const path = "/projects/{project}/page-states/{page}";
const params = z.object({ project: z.uuid(), page: savedPageSchema });

/** What a team keeps of the pages of a project: the panels of its runs, the columns of their list. */
export function addPageRoutes(serve: ServeVerb): void {
  serve(getPageState, {
    method: "get",
    path,
    summary: "What the team keeps of a page for a project",
    params,
    answer: pageStateSchema,
  });
  serve(savePageState, {
    method: "put",
    path,
    summary: "Saves it in place of the revision that it goes on from",
    params,
    body: pageStateSaveSchema,
    answer: pageStateSchema,
  });
}
