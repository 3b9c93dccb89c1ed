import { csvCell } from "@tailbone/client/csv";
import { countFinite } from "@tailbone/series/summary";
import { hubAxis, type XAxisMode } from "./axis";
import type { Line } from "./line";
import type { Plot } from "./plot";
import { type LaidPart, meanOf } from "./plot-part";

const HEADS = { step: "step_from,step_to", time: "time_from_ms,time_to_ms" } as const;
const COLUMNS = "count,nan,pos_inf,neg_inf,first,min,max,mean,last,smoothed,abandoned";

/**
 * What a panel draws, as CSV: one row a mark, with all that it stands for. Times are milliseconds since 1970. Where
 * there is no finite value, or no smoothing, the cell is empty.
 */
export function bucketCsv(plot: Plot, lines: readonly Line[], axis: XAxisMode, logY: boolean): string {
  const on = hubAxis(axis.mode);
  const rowsOf = (name: string, { buckets, rows }: LaidPart, isAbandoned: boolean): string[] =>
    buckets.map((bucket, index) => {
      const smooth = rows[index]?.smooth ?? null;
      const span = on === "step" ? [bucket.stepFrom, bucket.stepTo] : [bucket.timeFrom, bucket.timeTo];
      const { count, nan, posInf, negInf, first, min, max, last } = bucket;
      const finite = countFinite(bucket) > 0 ? [min, max, meanOf(bucket) ?? ""] : ["", "", ""];
      const smoothed = smooth === null ? "" : logY ? 10 ** smooth : smooth;
      const cells = [...span, count, nan, posInf, negInf, first, ...finite, last, smoothed, isAbandoned ? 1 : 0];
      return `${name},${cells.join(",")}\n`;
    });
  const text = plot.lines.flatMap((drawn) => {
    const line = lines.find(({ key }) => key === drawn.key);
    if (line === undefined) return [];
    const name = [line.run.name, line.series].map(csvCell).join(",");
    return [...rowsOf(name, drawn, false), ...drawn.abandoned.flatMap((part) => rowsOf(name, part, true))];
  });
  return `run,series,${HEADS[on]},${COLUMNS}\n${text.join("")}`;
}
