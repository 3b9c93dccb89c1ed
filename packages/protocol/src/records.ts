import { z } from "zod";
import { jsonObjectSchema, wireNumberSchema } from "./json";
import { settingsChangeSchema } from "./lifecycle";
import { LIMITS } from "./limits";
import { boundedText, stepSchema, tagsSchema, timeMsSchema } from "./names";
import { featureNameSchema, readingSchema } from "./reading";
import { text } from "./text";

/** A change of the run's config: keys are set, the others stay. */
export const configRecordSchema = z.object({
  type: z.literal("config"),
  timeMs: timeMsSchema,
  config: jsonObjectSchema,
});

export const tagsRecordSchema = z.object({
  type: z.literal("tags"),
  timeMs: timeMsSchema,
  add: tagsSchema,
  remove: tagsSchema,
});

/** Captured console output: whole lines, in the order in which they were written. */
export const consoleRecordSchema = z.object({
  type: z.literal("console"),
  timeMs: timeMsSchema,
  stream: z.enum(["stdout", "stderr"]),
  text: text().max(LIMITS.consoleTextBytes),
});

/** A step at which the model was measured, and where its weights lie if they were saved. */
export const checkpointRecordSchema = z.object({
  type: z.literal("checkpoint"),
  timeMs: timeMsSchema,
  step: stepSchema,
  metrics: z.record(text(), wireNumberSchema),
  weights: z.object({ path: text(), bytes: z.number().int().nonnegative() }).optional(),
});

export const alertLevelSchema = z.enum(["info", "warning", "error"]);

/** An alert raised by the training script itself. */
export const alertRecordSchema = z.object({
  type: z.literal("alert"),
  timeMs: timeMsSchema,
  step: stepSchema.optional(),
  title: boundedText("an alert's title", 256),
  text: text().max(8192),
  level: alertLevelSchema,
});

/**
 * Points that could not be kept, and why: counted, so that nothing is missing in silence. `refused`: the hub would not
 * take their frame; `damaged`: their frame could not be read from the spool any more, and `points` is the least it can
 * have been; `restored`: they were stored once, but the hub's database was restored to an older state, and their writer
 * has them no more.
 */
export const droppedRecordSchema = z.object({
  type: z.literal("dropped"),
  timeMs: timeMsSchema,
  points: z.number().int().positive().max(LIMITS.droppedPoints),
  reason: z.enum(["ring_full", "disk_full", "too_large", "refused", "damaged", "restored"]),
});

export const runErrorSchema = z.object({ name: text(), message: text(), stack: text().optional() });

/** The writer's last record: how the training ended. */
export const finishRecordSchema = z.object({
  type: z.literal("finish"),
  timeMs: timeMsSchema,
  state: z.enum(["finished", "failed", "crashed"]),
  error: runErrorSchema.optional(),
});

/** A feature that is looked for. Said again, its layer and thresholds change from there on. */
export const featureRecordSchema = z.object({
  type: z.literal("feature"),
  timeMs: timeMsSchema,
  name: featureNameSchema,
  /** Where it is looked for; null: it is measured by other means. */
  layer: text().max(512).nullable(),
  settings: settingsChangeSchema,
});

/** What a checkpoint showed of one feature. */
export const readingRecordSchema = readingSchema.extend({ type: z.literal("reading"), timeMs: timeMsSchema });

/** Everything of a frame that is not a point. */
export const recordSchema = z.discriminatedUnion("type", [
  configRecordSchema,
  tagsRecordSchema,
  consoleRecordSchema,
  checkpointRecordSchema,
  alertRecordSchema,
  droppedRecordSchema,
  featureRecordSchema,
  readingRecordSchema,
  finishRecordSchema,
]);

export type RunRecord = z.infer<typeof recordSchema>;
export type CheckpointRecord = z.infer<typeof checkpointRecordSchema>;
export type FeatureRecord = z.infer<typeof featureRecordSchema>;
export type ReadingRecord = z.infer<typeof readingRecordSchema>;
export type AlertLevel = z.infer<typeof alertLevelSchema>;
export type RunError = z.infer<typeof runErrorSchema>;
