import * as store from "@tailbone/db/read/list-runs";
import type { RunListQuery } from "@tailbone/protocol/http";
import { requireProject } from "../access";
import { type Asked, verb } from "../verb";

/** A page of the team's runs, or of those of the project that the key is for. Throws `not_found` and `bad_request`. */
export const listRuns = verb("listRuns", async ({ ctx, input }: Asked<RunListQuery>) => {
  const { team, project: only } = ctx;
  if (input.project !== undefined && input.project !== only?.name) {
    requireProject(ctx, input.project, `project ${input.project}`);
  }
  const project = only === null ? input.project : only.id;
  return { value: await store.listRuns(ctx.db, { ...input, team: team.id, project, nowMs: ctx.nowMs }) };
});
