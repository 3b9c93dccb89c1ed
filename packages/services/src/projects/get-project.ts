import * as store from "@tailbone/db/read/projects";
import { requireProject } from "../access";
import { type Asked, verb } from "../verb";

/** A project by its id. Throws `not_found`. */
export const getProject = verb("getProject", async ({ ctx, input }: Asked<{ readonly project: string }>) => {
  requireProject(ctx, input.project, `project ${input.project}`);
  return { value: await store.getProject(ctx.db, { ...input, team: ctx.team.id }) };
});
