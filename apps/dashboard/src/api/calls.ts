import {
  bucketsSchema,
  type checkpointListSchema,
  consoleListSchema,
  featureListSchema,
  type RunPatch,
  seriesListSchema,
} from "@tailbone/protocol/http";
import { formatNameList } from "@tailbone/protocol/name-list";
import { runDetailSchema } from "@tailbone/protocol/run";
import type { XScale } from "@tailbone/series/scale";
import { z } from "zod";
import { callApi } from "./client";

/**
 * What the dashboard asks the hub of runs, besides what is kept (queries.ts); of alerts in alert-calls.ts, of access in
 * access-calls.ts. All throw TailboneError.
 */

type Abort = AbortSignal | undefined;

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

export type CheckpointList = z.infer<typeof checkpointListSchema>["checkpoints"];

export const listFeatures = (run: string, signal?: Abort) =>
  callApi(featureListSchema, `/runs/${run}/features`, { signal });

export type ConsoleList = z.infer<typeof consoleListSchema>;

const CONSOLE_PAGE = 1000;

export const readConsole = (run: string, before: number | null, signal?: Abort) =>
  callApi(consoleListSchema, `/runs/${run}/console`, { query: { before, limit: CONSOLE_PAGE }, signal });
