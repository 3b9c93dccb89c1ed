import * as store from "@tailbone/db/read/projects";
import { type Asked, verb } from "../verb";

/** The team's projects, or the one that the key is for. */
export const listProjects = verb("listProjects", async ({ ctx }: Asked<object>) => {
  const { team, project: only } = ctx;
  const { projects, unreadable } = await store.listProjects(ctx.db, { team: team.id });
  const isTheirs = ({ id }: { id: string }): boolean => only === null || id === only.id;
  return { value: { projects: projects.filter(isTheirs), unreadable: unreadable.filter(isTheirs) } };
});
