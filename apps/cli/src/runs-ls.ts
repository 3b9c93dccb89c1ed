import { callHub } from "@tailbone/client/call-hub";
import { TailboneError } from "@tailbone/protocol/errors";
import { runListSchema } from "@tailbone/protocol/http";
import type { Run } from "@tailbone/protocol/run";
import { findHub, type HubOptions } from "./hub-client";
import { formatNumber, formatTable, note, noteUnreadable, oneLine, print, printJson } from "./output";

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

/**
 * Lists runs, newest first unless sorted otherwise; with `json` one run a line. Times are UTC. Both `words` and the
 * option are the filter, and must hold together; where it cannot be read, the place is marked.
 */
export async function listRuns(
  words: readonly string[],
  { project, filter: option, sort, limit, json, ...options }: ListOptions,
): Promise<void> {
  const hub = findHub(options);
  const parts = [words.join(" "), option ?? ""].filter((part) => part.trim() !== "");
  const filter = parts.length > 1 ? parts.map((part) => `(${part})`).join(" ") : parts[0];
  const { runs, total, unreadable } = await callHub(hub, runListSchema, "/runs", {
    query: { project, filter, sort, limit },
  }).catch((error: unknown) => {
    if (error instanceof TailboneError && error.place !== undefined && filter !== undefined) mark(filter, error.place);
    throw error;
  });
  if (json === true) {
    for (const run of runs) printJson(run);
    return;
  }
  if (runs.length === 0) note("There are no such runs.");
  else print(formatTable(COLUMNS, runs.map(row)));
  noteUnreadable([...unreadable, ...runs.flatMap((run) => run.unreadable)]);
  if (total > runs.length)
    note(`${runs.length} of ${total} runs; --limit shows more, a filter and --project narrow it.`);
}

/** The filter, and below it what of it is meant. */
function mark(filter: string, { from, to }: NonNullable<TailboneError["place"]>): void {
  note(oneLine(filter));
  note(`${" ".repeat(from)}${"^".repeat(Math.max(1, to - from))}`);
}
