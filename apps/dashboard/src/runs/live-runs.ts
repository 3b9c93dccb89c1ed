import type { RunList } from "@tailbone/protocol/http";
import type { Run } from "@tailbone/protocol/run";
import type { InfiniteData } from "@tanstack/react-query";

import type { RunsRequest } from "../api/queries";

export type RunPages = InfiniteData<RunList>;

/**
 * `changed`: a row is another now. `added`: a new run stands on top. `unseen`: it is none of the rows, and has no place
 * there.
 */
export type Merge = "changed" | "added" | "unseen";

/**
 * Takes a run's head into the pages of a list. Rows stay where they are, whatever they are sorted by; a run that is
 * newer than all others comes on top where the newest are on top.
 */
export function mergeRun(known: RunPages, run: Run, { project, filter, sort }: RunsRequest): [RunPages, Merge] {
  if (known.pages.some((page) => page.runs.some(({ id }) => id === run.id))) {
    const pages = known.pages.map((page) => ({
      ...page,
      runs: page.runs.map((one) => (one.id === run.id ? run : one)),
    }));
    return [{ ...known, pages }, "changed"];
  }
  const [first, ...others] = known.pages;
  const newest = first?.runs[0];
  const isNewest = newest === undefined || run.createdAtMs > newest.createdAtMs;
  const belongs = project === null || run.project.id === project;
  if (first === undefined || !belongs || !isNewest || sort !== "-created" || filter !== "") return [known, "unseen"];
  const pages = [{ ...first, total: first.total + 1, runs: [run, ...first.runs] }, ...others];
  return [{ ...known, pages }, "added"];
}

/** Takes a deleted run out of the pages. */
export function removeRun(known: RunPages, run: string): RunPages {
  const pages = known.pages.map((page) => {
    const runs = page.runs.filter(({ id }) => id !== run);
    return { ...page, runs, total: page.total - (page.runs.length - runs.length) };
  });
  return { ...known, pages };
}

/** All rows, each once: while runs are added, a page may begin with what another ended with. */
export function rowsOf(known: RunPages | undefined): Run[] {
  const byId = new Map<string, Run>();
  for (const page of known?.pages ?? []) for (const run of page.runs) if (!byId.has(run.id)) byId.set(run.id, run);
  return [...byId.values()];
}
