import { z } from "zod";
import type { Frame, Group } from "./frame";
import { fromWireNumber, wireNumberSchema } from "./json";
import { LIMITS } from "./limits";
import { seriesNameSchema, stepSchema, timeMsSchema } from "./names";
import {
  alertRecordSchema,
  checkpointRecordSchema,
  configRecordSchema,
  consoleRecordSchema,
  droppedRecordSchema,
  featureRecordSchema,
  finishRecordSchema,
  type RunRecord,
  readingRecordSchema,
  tagsRecordSchema,
} from "./records";

/* Points and records as plain JSON, for scripts without an SDK. */

/** Whoever leaves the time away means now. */
const timed = { timeMs: timeMsSchema.optional() };

/** Values of some series at one step. */
const pointEntrySchema = z.object({
  ...timed,
  type: z.literal("points").optional(),
  step: stepSchema,
  values: z.record(seriesNameSchema, wireNumberSchema),
});

/** One thing that happened in a run: the values of some series at a step, or a record, told apart by `type`. */
export const logEntrySchema = z.discriminatedUnion("type", [
  pointEntrySchema,
  configRecordSchema.extend(timed),
  tagsRecordSchema.extend(timed),
  consoleRecordSchema.extend(timed),
  checkpointRecordSchema.extend(timed),
  alertRecordSchema.extend(timed),
  droppedRecordSchema.extend(timed),
  featureRecordSchema.extend(timed),
  readingRecordSchema.extend(timed),
  finishRecordSchema.extend(timed),
]);
export type LogEntry = z.infer<typeof logEntrySchema>;

/** Entries in their order; one alone needs no array around it. */
export const logBodySchema = z.preprocess(
  (given) => (Array.isArray(given) ? given : [given]),
  z.array(logEntrySchema).max(LIMITS.logEntries),
);

interface Column {
  readonly names: readonly string[];
  readonly steps: number[];
  readonly timesMs: number[];
  readonly values: number[][];
}

/**
 * What a frame is made of, of entries in their order. Points of the same series share a group, as long as each series
 * stays in its order.
 */
export function gatherEntries(entries: readonly LogEntry[], nowMs: number): Pick<Frame, "groups" | "records"> {
  const columns: Column[] = [];
  const records: RunRecord[] = [];
  /** Where the newest point of each series went. */
  const places = new Map<string, Column>();
  for (const entry of entries) {
    const timeMs = entry.timeMs ?? nowMs;
    if (!("values" in entry)) {
      records.push({ ...entry, timeMs });
      continue;
    }
    const names = Object.keys(entry.values);
    const [first] = names;
    if (first === undefined) continue;
    let column = places.get(first);
    if (column?.names.length !== names.length || names.some((name) => places.get(name) !== column)) {
      column = { names, steps: [], timesMs: [], values: names.map(() => []) };
      columns.push(column);
      for (const name of names) places.set(name, column);
    }
    column.steps.push(entry.step);
    column.timesMs.push(timeMs);
    for (const [index, name] of column.names.entries()) {
      column.values[index]?.push(fromWireNumber(entry.values[name] ?? Number.NaN));
    }
  }
  return { groups: columns.map(toGroup), records };
}

const toGroup = ({ names, steps, timesMs, values }: Column): Group => ({
  names,
  steps: Float64Array.from(steps),
  timesMs: Float64Array.from(timesMs),
  values: values.map((column) => Float64Array.from(column)),
});
