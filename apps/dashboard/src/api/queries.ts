import type { HubRequest } from "@tailbone/client/call-hub";
import { keyListSchema, memberListSchema, securityLogSchema, sessionListSchema } from "@tailbone/protocol/access";
import {
  checkpointListSchema,
  meSchema,
  projectListSchema,
  runEventListSchema,
  runListSchema,
  seriesListSchema,
} from "@tailbone/protocol/http";
import {
  type AlertsQuery,
  alertListSchema,
  channelListSchema,
  deliveryListSchema,
  ruleListSchema,
} from "@tailbone/protocol/rules";
import { runDetailSchema } from "@tailbone/protocol/run";
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import { callApi } from "./client";

const RUNS_PER_PAGE = 100;
const MOST_ALERTS = 500;
const EVENTS_PER_PAGE = 50;

/** Something that is read as it is, kept under a key. */
const read = <Schema extends z.ZodType>(
  queryKey: readonly unknown[],
  schema: Schema,
  path: string,
  query: HubRequest["query"] = {},
) => queryOptions({ queryKey, queryFn: ({ signal }) => callApi(schema, path, { query, signal }) });

export interface RunsRequest {
  readonly project: string | null;
  readonly filter: string;
  readonly sort: string;
}

/** What is asked for, and under which key it is kept: the first word of a key is the list, the second the run. */
export const queries = {
  me: { ...read(["me"], meSchema, "/me"), staleTime: 60_000 },
  projects: read(["projects"], projectListSchema, "/projects"),
  runs: (request: RunsRequest) =>
    infiniteQueryOptions({
      queryKey: ["runs", request],
      queryFn: ({ pageParam: cursor, signal }) => {
        const filter = request.filter === "" ? null : request.filter;
        return callApi(runListSchema, "/runs", { query: { ...request, filter, cursor, limit: RUNS_PER_PAGE }, signal });
      },
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.cursor,
    }),
  run: (run: string) => read(["run", run], runDetailSchema, `/runs/${run}`),
  series: (run: string) => read(["series", run], seriesListSchema, `/runs/${run}/series`),
  checkpoints: (run: string) => read(["checkpoints", run], checkpointListSchema, `/runs/${run}/checkpoints`),
  events: (run: string) => read(["events", run], runEventListSchema, `/runs/${run}/events`),
  /** `run`: null asks for those of all runs. */
  alerts: (run: string | null, which: AlertsQuery["which"] = "all") =>
    read(["alerts", run, which], alertListSchema, "/alerts", { run, which, limit: MOST_ALERTS }),
  /** The count alone: of the list there is nothing to show. */
  unread: read(["unread"], alertListSchema, "/alerts", { limit: 1 }),
  rules: read(["rules"], ruleListSchema, "/rules"),
  channels: read(["channels"], channelListSchema, "/channels"),
  deliveries: read(["deliveries"], deliveryListSchema, "/deliveries"),
  keys: read(["keys"], keyListSchema, "/keys"),
  sessions: read(["sessions"], sessionListSchema, "/me/sessions"),
  securityLog: infiniteQueryOptions({
    queryKey: ["security-log"],
    queryFn: ({ pageParam: before, signal }) =>
      callApi(securityLogSchema, "/security-log", { query: { before, limit: EVENTS_PER_PAGE }, signal }),
    initialPageParam: null as number | null,
    getNextPageParam: ({ events, more }) => (more ? (events.at(-1)?.id ?? null) : null),
  }),
  members: read(["members"], memberListSchema, "/members"),
};
