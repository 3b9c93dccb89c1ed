import * as store from "@tailbone/db/pages/page-state";
import { type PageStateSave, parsePageState, type SavedPage } from "@tailbone/protocol/page-state/saved";
import { requireProject } from "../access";
import { type Asked, verb } from "../verb";

interface SavePageState {
  readonly project: string;
  readonly page: SavedPage;
  readonly save: PageStateSave;
}

/**
 * Saves what the team keeps of a page for a project, in place of the revision that it goes on from. Throws `conflict`
 * where another was saved meanwhile, `not_found`, `bad_request` for the state of another page, `too_large` and
 * `rate_limited`.
 */
export const savePageState = verb("savePageState", async ({ ctx, input }: Asked<SavePageState>) => {
  const { project, page, save } = input;
  requireProject(ctx, project, `project ${project}`);
  ctx.hub.quotas.admitPageSave(ctx.team.id);
  const place = { team: ctx.team.id, project, page };
  const state = parsePageState(page, save.state);
  const value = await store.savePageState(ctx.db, place, {
    state,
    revision: save.revision,
    by: ctx.by.name,
    nowMs: ctx.nowMs,
  });
  return { value };
});
