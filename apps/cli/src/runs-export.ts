import { rawPointsSchema, seriesListSchema } from "@tailbone/protocol/http";
import { fromWireNumber } from "@tailbone/protocol/json";
import { LIMITS } from "@tailbone/protocol/limits";
import { runDetailSchema } from "@tailbone/protocol/run";
import { Presets, SingleBar } from "cli-progress";
import { type ExportFormat, openExport, type PointPage } from "./export-writer";
import { findHub, type HubAddress, type HubOptions, readHub } from "./hub-client";
import { note } from "./output";

export interface ExportOptions extends HubOptions {
  readonly format: ExportFormat;
  readonly out?: string;
  /** Default: all. */
  readonly series?: string[];
}

/** Every stored point of one series, in the order of its steps, page by page. */
async function* readPages(hub: HubAddress, run: string, series: string): AsyncGenerator<PointPage> {
  let cursor: string | null = null;
  do {
    const query: Record<string, string | undefined> = {
      series: series.replaceAll("%", "%25").replaceAll(",", "%2C"),
      raw: "1",
      limit: String(LIMITS.rawPage),
      cursor: cursor ?? undefined,
    };
    const page = await readHub(hub, `/runs/${run}/points`, rawPointsSchema, query);
    const { steps, timesMs } = page;
    yield {
      series,
      steps,
      timesMs,
      values: page.values.map(fromWireNumber),
      legs: page.legs ?? steps.map(() => 1),
      abandoned: page.abandoned ?? steps.map(() => 0),
    };
    cursor = page.cursor;
  } while (cursor !== null);
}

/** Writes every raw point of a run as CSV, JSON or Parquet. */
export async function exportRun(
  run: string,
  { format, out, series: wanted, ...options }: ExportOptions,
): Promise<void> {
  const hub = findHub(options);
  const id = encodeURIComponent(run);
  const detail = await readHub(hub, `/runs/${id}`, runDetailSchema);
  const { series: all } = await readHub(hub, `/runs/${id}/series`, seriesListSchema);
  const chosen = all.filter(({ name }) => wanted === undefined || wanted.includes(name));
  for (const name of wanted ?? []) {
    if (!chosen.some((one) => one.name === name)) note(`The run has no series ${JSON.stringify(name)}.`);
  }
  const total = chosen.reduce((sum, { points, abandoned }) => sum + points + abandoned, 0);
  const writer = await openExport(format, out, detail);
  const bar =
    process.stderr.isTTY && out !== undefined
      ? new SingleBar({ stream: process.stderr }, Presets.shades_classic)
      : null;
  bar?.start(total, 0);
  let points = 0;
  try {
    for (const { name } of chosen) {
      for await (const page of readPages(hub, id, name)) {
        await writer.write(page);
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
  if (out !== undefined) note(`${points} points of ${chosen.length} series written to ${out}.`);
}
