import * as store from "@tailbone/db/pages/page-state";
import { type PageStateSave, parsePageState, type SavedPage } from "@tailbone/protocol/page-state/saved";
import { requireProject } from "../access";
import { type Asked, verb } from "../verb";

interface SavePageState extends PageStateSave {
  readonly project: string;
  readonly page: SavedPage;
}

/**
 * Saves what the team keeps of a page for a project, in place of the revision that it goes on from. Throws `conflict`
 * where another was saved meanwhile, `not_found`, `bad_request` for the state of another page, `too_large` and
 * `rate_limited`.
 */
export const savePageState = verb("savePageState", async ({ ctx, input }: Asked<SavePageState>) => {
  const { project, page, revision } = input;
  requireProject(ctx, project, `project ${project}`);
  ctx.hub.quotas.admitPageSave(ctx.team.id);
  const place = { team: ctx.team.id, project, page };
  const state = parsePageState(page, input.state);
  const saved = { state, revision, by: ctx.by.name, nowMs: ctx.nowMs };
  const value = await store.savePageState(ctx.db, place, saved);
  return {
    value,
    effects: [{ type: "page-saved", team: ctx.team.id, project, page, revision: value.revision }],
  };
});
