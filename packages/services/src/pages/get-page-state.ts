import * as store from "@tailbone/db/pages/page-state";
import type { SavedPage } from "@tailbone/protocol/page-state/saved";
import { requireProject } from "../access";
import { type Asked, verb } from "../verb";

interface GetPageState {
  readonly project: string;
  readonly page: SavedPage;
}

/** What the team keeps of a page for a project. Throws `not_found`. */
export const getPageState = verb("getPageState", async ({ ctx, input }: Asked<GetPageState>) => {
  requireProject(ctx, input.project, `project ${input.project}`);
  return { value: await store.getPageState(ctx.db, { team: ctx.team.id, ...input }) };
});
