import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import {
  listAlerts,
  listCheckpoints,
  listEvents,
  listKeys,
  listMembers,
  listProjects,
  listRuns,
  type RunsRequest,
  readMe,
  readRun,
} from "./calls";

/** What is asked for, and under which key it is kept: the first word of a key is the list, the second the run. */
export const queries = {
  me: queryOptions({ queryKey: ["me"], queryFn: ({ signal }) => readMe(signal), staleTime: 60_000 }),
  projects: queryOptions({ queryKey: ["projects"], queryFn: ({ signal }) => listProjects(signal) }),
  runs: (request: RunsRequest) =>
    infiniteQueryOptions({
      queryKey: ["runs", request],
      queryFn: ({ pageParam, signal }) => listRuns(request, pageParam, signal),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.cursor,
    }),
  run: (run: string) => queryOptions({ queryKey: ["run", run], queryFn: ({ signal }) => readRun(run, signal) }),
  checkpoints: (run: string) =>
    queryOptions({ queryKey: ["checkpoints", run], queryFn: ({ signal }) => listCheckpoints(run, signal) }),
  events: (run: string) =>
    queryOptions({ queryKey: ["events", run], queryFn: ({ signal }) => listEvents(run, signal) }),
  alerts: (run: string | null) =>
    queryOptions({ queryKey: ["alerts", run], queryFn: ({ signal }) => listAlerts(run, signal) }),
  keys: queryOptions({ queryKey: ["keys"], queryFn: ({ signal }) => listKeys(signal) }),
  members: queryOptions({ queryKey: ["members"], queryFn: ({ signal }) => listMembers(signal) }),
};
