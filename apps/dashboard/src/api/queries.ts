import type { AlertsQuery } from "@tailbone/protocol/rules";
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { listKeys, listMembers, listSessions, readSecurityLog } from "./access-calls";
import { countUnread, listAlerts, listChannels, listDeliveries, listRules } from "./alert-calls";
import {
  listCheckpoints,
  listEvents,
  listProjects,
  listRuns,
  listSeries,
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
  series: (run: string) =>
    queryOptions({ queryKey: ["series", run], queryFn: ({ signal }) => listSeries(run, signal) }),
  checkpoints: (run: string) =>
    queryOptions({ queryKey: ["checkpoints", run], queryFn: ({ signal }) => listCheckpoints(run, signal) }),
  events: (run: string) =>
    queryOptions({ queryKey: ["events", run], queryFn: ({ signal }) => listEvents(run, signal) }),
  alerts: (run: string | null, which: AlertsQuery["which"] = "all") =>
    queryOptions({ queryKey: ["alerts", run, which], queryFn: ({ signal }) => listAlerts(run, which, signal) }),
  unread: queryOptions({ queryKey: ["unread"], queryFn: ({ signal }) => countUnread(signal) }),
  rules: queryOptions({ queryKey: ["rules"], queryFn: ({ signal }) => listRules(signal) }),
  channels: queryOptions({ queryKey: ["channels"], queryFn: ({ signal }) => listChannels(signal) }),
  deliveries: queryOptions({ queryKey: ["deliveries"], queryFn: ({ signal }) => listDeliveries(signal) }),
  keys: queryOptions({ queryKey: ["keys"], queryFn: ({ signal }) => listKeys(signal) }),
  sessions: queryOptions({ queryKey: ["sessions"], queryFn: ({ signal }) => listSessions(signal) }),
  securityLog: infiniteQueryOptions({
    queryKey: ["security-log"],
    queryFn: ({ pageParam, signal }) => readSecurityLog(pageParam, signal),
    initialPageParam: null as number | null,
    getNextPageParam: ({ events, more }) => (more ? (events.at(-1)?.id ?? null) : null),
  }),
  members: queryOptions({ queryKey: ["members"], queryFn: ({ signal }) => listMembers(signal) }),
};
