import {
  bucketsSchema,
  checkpointListSchema,
  consoleListSchema,
  featureListSchema,
  meSchema,
  projectListSchema,
  type RunPatch,
  runEventListSchema,
  runListSchema,
  seriesListSchema,
} from "@tailbone/protocol/http";
import { formatNameList } from "@tailbone/protocol/name-list";
import { runDetailSchema } from "@tailbone/protocol/run";
import type { XScale } from "@tailbone/series/scale";
import { z } from "zod";
import { callApi } from "./client";

/**
 * Every request that the dashboard makes of the hub, one function each; those of alerts are in alert-calls.ts, those of
 * access in access-calls.ts. All throw TailboneError.
 */

type Abort = AbortSignal | undefined;

export const readMe = (signal?: Abort) => callApi(meSchema, "/me", { signal });

export const listProjects = (signal?: Abort) => callApi(projectListSchema, "/projects", { signal });

export interface RunsRequest {
  readonly project: string | null;
  readonly filter: string;
  readonly sort: string;
}

const RUNS_PER_PAGE = 100;

export const listRuns = ({ project, filter, sort }: RunsRequest, cursor: string | null, signal?: Abort) =>
  callApi(runListSchema, "/runs", {
    query: { project, filter: filter === "" ? null : filter, sort, cursor, limit: RUNS_PER_PAGE },
    signal,
  });

export const readRun = (run: string, signal?: Abort) => callApi(runDetailSchema, `/runs/${run}`, { signal });

export const patchRun = (run: string, body: RunPatch) =>
  callApi(runDetailSchema, `/runs/${run}`, { method: "PATCH", body });

export const deleteRun = (run: string) => callApi(z.object({}), `/runs/${run}`, { method: "DELETE" });

export const listSeries = (run: string, signal?: Abort) => callApi(seriesListSchema, `/runs/${run}/series`, { signal });

export type SeriesList = z.infer<typeof seriesListSchema>;

/** Some series of a run on a range of x, in so many buckets at most. */
export interface BucketsRequest extends XScale {
  readonly series: readonly string[];
  /** Both inclusive; null: open. */
  readonly from: number | null;
  readonly to: number | null;
  readonly buckets: number;
}

export const readBuckets = (run: string, { series, ...range }: BucketsRequest, signal?: Abort) =>
  callApi(bucketsSchema, `/runs/${run}/points`, {
    query: { series: formatNameList(series), ...range },
    signal,
  });

export const listCheckpoints = (run: string, signal?: Abort) =>
  callApi(checkpointListSchema, `/runs/${run}/checkpoints`, { signal });

export type CheckpointList = z.infer<typeof checkpointListSchema>["checkpoints"];

export const listFeatures = (run: string, signal?: Abort) =>
  callApi(featureListSchema, `/runs/${run}/features`, { signal });

export const listEvents = (run: string, signal?: Abort) =>
  callApi(runEventListSchema, `/runs/${run}/events`, { signal });

export type ConsoleList = z.infer<typeof consoleListSchema>;

const CONSOLE_PAGE = 1000;

export const readConsole = (run: string, before: number | null, signal?: Abort) =>
  callApi(consoleListSchema, `/runs/${run}/console`, { query: { before, limit: CONSOLE_PAGE }, signal });
