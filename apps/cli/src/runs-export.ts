import { callHub } from "@tailbone/client/call-hub";
import { readRawPoints } from "@tailbone/client/raw-points";
import { TailboneError } from "@tailbone/protocol/errors";
import { seriesListSchema } from "@tailbone/protocol/http";
import { runDetailSchema } from "@tailbone/protocol/run";
import type { Unreadable } from "@tailbone/protocol/unreadable";
import { Presets, SingleBar } from "cli-progress";
import { type ExportFormat, openExport } from "./export-writer";
import { findHub, type HubOptions } from "./hub-client";
import { note, noteUnreadable } from "./output";

export interface ExportOptions extends HubOptions {
  readonly format: ExportFormat;
  readonly out?: string;
  /** Default: all. */
  readonly series?: string[];
}

/** Writes every raw point of a run as CSV, JSON or Parquet. Throws `not_found` for a series that it does not have. */
export async function exportRun(
  run: string,
  { format, out, series: wanted, ...options }: ExportOptions,
): Promise<void> {
  const hub = findHub(options);
  const detail = await callHub(hub, runDetailSchema, `/runs/${run}`);
  const { series: all } = await callHub(hub, seriesListSchema, `/runs/${run}/series`);
  const chosen = all.filter(({ name }) => wanted === undefined || wanted.includes(name));
  const unknown = wanted?.find((name) => !chosen.some((one) => one.name === name));
  if (unknown !== undefined) throw noSuchSeries(unknown, all);
  const total = chosen.reduce((sum, { points, abandoned }) => sum + points + abandoned, 0);
  const writer = await openExport(format, out, detail);
  const bar =
    process.stderr.isTTY && out !== undefined
      ? new SingleBar({ stream: process.stderr }, Presets.shades_classic)
      : null;
  bar?.start(total, 0);
  let points = 0;
  const unreadable = new Map<string, Unreadable>();
  try {
    for (const { name } of chosen) {
      for await (const page of readRawPoints(hub, run, name)) {
        await writer.write(page);
        for (const one of page.unreadable) unreadable.set(one.name, one);
        points += page.steps.length;
        bar?.update(points);
      }
    }
    await writer.close();
  } catch (error) {
    await writer.abort();
    throw error;
  } finally {
    bar?.stop();
  }
  noteUnreadable([...unreadable.values()]);
  if (out !== undefined) note(`${points} points of ${chosen.length} series written to ${out}.`);
}

const NAMED = 8;

function noSuchSeries(name: string, all: readonly { readonly name: string }[]): TailboneError {
  const others = all.length > NAMED ? ` and ${all.length - NAMED} more` : "";
  const names = all.slice(0, NAMED).map((one) => one.name);
  return new TailboneError(
    "not_found",
    `The run has no series ${JSON.stringify(name)}; nothing was written.`,
    all.length === 0 ? "It has logged none yet." : `It has ${names.join(", ")}${others}.`,
  );
}
