import {
  type PageState,
  type PageStateSave,
  pageStateSchema,
  type SavedPage,
} from "@tailbone/protocol/page-state/saved";
import { queryOptions } from "@tanstack/react-query";
import { callApi } from "../api/client";

const pathOf = (project: string, page: SavedPage): string => `/projects/${project}/page-states/${page}`;

/** Throws TailboneError; `conflict` where somebody else has saved meanwhile. */
export const savePage = (project: string, page: SavedPage, body: PageStateSave) =>
  callApi(pageStateSchema, pathOf(project, page), { method: "PUT", body });

/** What the team keeps of a page for a project. */
export const savedPageQuery = (project: string, page: SavedPage) =>
  queryOptions({
    queryKey: ["page-state", project, page],
    // While nobody shows it, nobody hears that it was saved.
    refetchOnMount: "always",
    queryFn: async ({ client, queryKey, signal }) => {
      const read = await callApi(pageStateSchema, pathOf(project, page), { signal });
      // What was asked for before one's own change was saved may come after it.
      const known = client.getQueryData<PageState>(queryKey);
      return known !== undefined && known.revision > read.revision ? known : read;
    },
  });
