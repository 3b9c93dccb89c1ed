import { callHub } from "@tailbone/client/call-hub";
import { runListSchema } from "@tailbone/protocol/http";
import type { Run } from "@tailbone/protocol/run";
import { findHub, type HubOptions } from "./hub-client";
import { formatNumber, formatTable, note, noteUnreadable, print, printJson } from "./output";

export interface ListOptions extends HubOptions {
  readonly project?: string;
  readonly filter?: string;
  readonly sort?: string;
  readonly limit: string;
  readonly json?: boolean;
}

const COLUMNS = ["id", "project", "name", "state", "step", "points", "started"];

function row({ id, project, name, state, lastStep, points, startedAtMs }: Run): string[] {
  const started = new Date(startedAtMs).toISOString().slice(0, 16).replace("T", " ");
  return [id, project.name, name, state, lastStep === null ? "" : formatNumber(lastStep), String(points), started];
}

/** Lists runs, newest first unless sorted otherwise; with `json` one run a line. Times are UTC. */
export async function listRuns({ project, filter, sort, limit, json, ...options }: ListOptions): Promise<void> {
  const hub = findHub(options);
  const { runs, total, unreadable } = await callHub(hub, runListSchema, "/runs", {
    query: { project, filter, sort, limit },
  });
  if (json === true) {
    for (const run of runs) printJson(run);
    return;
  }
  if (runs.length === 0) note("There are no such runs.");
  else print(formatTable(COLUMNS, runs.map(row)));
  noteUnreadable([...unreadable, ...runs.flatMap((run) => run.unreadable)]);
  if (total > runs.length)
    note(`${runs.length} of ${total} runs; --limit shows more, --filter and --project narrow it.`);
}
