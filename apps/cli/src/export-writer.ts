import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import type { Writable } from "node:stream";
import { RAW_CSV_HEAD, rawCsv } from "@tailbone/client/csv";
import type { RawPage } from "@tailbone/client/raw-points";
import { TailboneError } from "@tailbone/protocol/errors";
import { toWireNumber } from "@tailbone/protocol/json";
import type { RunDetail } from "@tailbone/protocol/run";
import { fileWriter, ParquetWriter } from "hyparquet-writer";

export const EXPORT_FORMATS = ["csv", "json", "parquet"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Takes pages series after series. */
export interface ExportWriter {
  readonly write: (page: RawPage) => Promise<void>;
  readonly close: () => Promise<void>;
  /** Leaves nothing half-written behind. */
  readonly abort: () => Promise<void>;
}

/** Opens an export into a file, or to stdout (not Parquet). The file appears whole, at `close`. */
export async function openExport(format: ExportFormat, out: string | undefined, run: RunDetail): Promise<ExportWriter> {
  if (out === undefined) {
    if (format !== "parquet") return openText(format, process.stdout, run, async () => {});
    throw new TailboneError("bad_request", "Parquet is not written to the terminal.", "Name a file with --out.");
  }
  const draft = `${out}.part`;
  const finish = (): Promise<void> => rename(draft, out);
  try {
    const writer =
      format === "parquet"
        ? openParquet(draft, run, finish)
        : await openText(format, createWriteStream(draft), run, finish);
    return { ...writer, abort: () => rm(draft, { force: true }) };
  } catch (cause) {
    throw new TailboneError(
      "storage_full",
      `The file ${out} cannot be written: ${cause instanceof Error ? cause.message : cause}.`,
      "Name another one with --out.",
      { cause },
    );
  }
}

async function openText(
  format: "csv" | "json",
  stream: Writable,
  run: RunDetail,
  finish: () => Promise<void>,
): Promise<ExportWriter> {
  if (stream !== process.stdout) await once(stream, "open");
  const failed = new Promise<never>((_, reject) => stream.once("error", reject));
  failed.catch(() => {});
  const put = async (text: string): Promise<void> => {
    if (!stream.write(text)) await Promise.race([once(stream, "drain"), failed]);
  };
  const { open, page, end } = format === "csv" ? csvText() : jsonText(run);
  await put(open);
  return {
    write: (points) => put(page(points)),
    close: async () => {
      await put(end());
      if (stream !== process.stdout) {
        stream.end();
        await Promise.race([once(stream, "close"), failed]);
      }
      await finish();
    },
    abort: async () => {},
  };
}

interface TextFormat {
  readonly open: string;
  readonly page: (page: RawPage) => string;
  readonly end: () => string;
}

const csvText = (): TextFormat => ({ open: RAW_CSV_HEAD, page: rawCsv, end: () => "" });

/**
 * `{"run": …, "pages": [{"series", "steps", "timesMs", "values", "legs", "abandoned"}, …]}`: the pages of a series
 * follow each other.
 */
function jsonText(run: RunDetail): TextFormat {
  let separator = "\n";
  return {
    open: `{"run":${JSON.stringify(run)},"pages":[`,
    page: ({ values, ...columns }) => {
      const text = `${separator}${JSON.stringify({ ...columns, values: values.map(toWireNumber) })}`;
      separator = ",\n";
      return text;
    },
    end: () => "\n]}\n",
  };
}

/** Columns series, step, time_ms, value, leg and abandoned; the run's id and name are in the file's metadata. */
function openParquet(path: string, run: RunDetail, finish: () => Promise<void>): ExportWriter {
  const double = (name: string) => ({ name, type: "DOUBLE", repetition_type: "REQUIRED" }) as const;
  const writer = new ParquetWriter({
    writer: fileWriter(path),
    schema: [
      { name: "root", num_children: 6 },
      { name: "series", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "REQUIRED" },
      double("step"),
      double("time_ms"),
      double("value"),
      { name: "leg", type: "INT32", repetition_type: "REQUIRED" },
      { name: "abandoned", type: "BOOLEAN", repetition_type: "REQUIRED" },
    ],
    kvMetadata: [
      { key: "tailbone.run", value: run.id },
      { key: "tailbone.name", value: run.name },
      { key: "tailbone.config", value: JSON.stringify(run.config) },
    ],
    createdBy: "tailbone",
  });
  return {
    write: async ({ series, steps, timesMs, values, legs, abandoned }) => {
      if (steps.length === 0) return;
      await writer.write({
        columnData: [
          { name: "series", data: steps.map(() => series) },
          { name: "step", data: Float64Array.from(steps) },
          { name: "time_ms", data: Float64Array.from(timesMs) },
          { name: "value", data: Float64Array.from(values) },
          { name: "leg", data: Int32Array.from(legs) },
          { name: "abandoned", data: abandoned.map((one) => one === 1) },
        ],
        rowGroupSize: steps.length,
      });
    },
    close: async () => {
      await writer.finish();
      await finish();
    },
    abort: async () => {},
  };
}
