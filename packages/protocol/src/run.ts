import { z } from "zod";
import { jsonObjectSchema, wireNumberSchema } from "./json";
import {
  projectNameSchema,
  runIdSchema,
  runNameSchema,
  stepSchema,
  tagsSchema,
  timeMsSchema,
  writerIdSchema,
} from "./names";
import { featureNameSchema, featureStateSchema } from "./reading";
import { runErrorSchema } from "./records";
import { text } from "./text";
import { unreadableListSchema } from "./unreadable";

/**
 * running: a writer lives; stalled: its heartbeats stopped (running again when they return);
 * finished, failed, crashed: what its last record said.
 */
export const runStateSchema = z.enum(["running", "stalled", "finished", "failed", "crashed"]);
export type RunState = z.infer<typeof runStateSchema>;

/** True when no more points are to be expected. */
export const isSettled = ({ state }: { readonly state: RunState }): boolean =>
  state !== "running" && state !== "stalled";

/** Where a run was trained: facts about host and process, for the System tab. */
export const hostSchema = z.object({
  hostname: text().max(256),
  platform: text().max(256),
  cpuModel: text().max(256),
  cpuCount: z.number().int().positive(),
  memoryBytes: z.number().nonnegative(),
  gpus: z.array(text().max(256)).max(64),
  nodeVersion: text().max(64),
  sdkVersion: text().max(64),
  pid: z.number().int(),
  command: text().max(4096),
  workingDirectory: text().max(4096),
  gitCommit: text().max(64).optional(),
});
export type Host = z.infer<typeof hostSchema>;

/**
 * Which life of the database an answer comes from: it changes when the database was found to be restored to an older
 * state.
 */
export const epochSchema = z.uuid();

/** What a writer says before its first frame. Repeating it is harmless; a run that does not exist yet is made by it. */
export const openWriterSchema = z.object({
  run: runIdSchema,
  writer: writerIdSchema,
  project: projectNameSchema,
  /** Missing: the hub finds a name that is free in the project. */
  name: runNameSchema.optional(),
  /** `create` makes the run if it is not there; `resume` requires that it is. */
  mode: z.enum(["create", "resume"]),
  config: jsonObjectSchema,
  tags: tagsSchema,
  /** How many steps the training will take, if it is known. */
  totalSteps: z.number().positive().optional(),
  startedAtMs: timeMsSchema,
  host: hostSchema.optional(),
  /**
   * How far this writer was acknowledged, and in which epoch of the database (null: it does not know): a hub that has
   * less was restored.
   */
  known: z.object({ epoch: epochSchema.nullable(), next: z.number().int().nonnegative() }).optional(),
});
export type OpenWriter = z.infer<typeof openWriterSchema>;

/**
 * The same over HTTP, where all but the project may be missing: then it makes a run that began now, and the hub gives
 * it its ids.
 */
export const openRunSchema = openWriterSchema.extend({
  run: runIdSchema.optional(),
  /** Missing: the hub's own writer of the run, which numbers what comes to `/runs/{run}/log`. */
  writer: writerIdSchema.optional(),
  mode: openWriterSchema.shape.mode.default("create"),
  config: jsonObjectSchema.default({}),
  tags: tagsSchema.default([]),
  startedAtMs: timeMsSchema.optional(),
});
export type OpenRun = z.infer<typeof openRunSchema>;

export const openedWriterSchema = z.object({
  epoch: epochSchema,
  run: runIdSchema,
  name: runNameSchema,
  project: projectNameSchema,
  /** The sequence that the hub expects next from this writer. */
  next: z.number().int().nonnegative(),
  /** `pointsThrough` of the last frame that is committed of this writer; null: that frame did not say. */
  pointsThrough: z.number().int().nonnegative().nullable(),
  /** Largest step of the run so far, for a writer that resumes; null when there are no points. */
  lastStep: stepSchema.nullable(),
  /** Path of the run's page below the hub's URL. */
  path: z.string(),
});
export type OpenedWriter = z.infer<typeof openedWriterSchema>;

/** A feature's life in short: its states, each with the step from which it holds. */
export const lifeStripSchema = z.object({
  feature: featureNameSchema,
  spans: z.array(z.object({ state: featureStateSchema, from: stepSchema })),
});
/** The lives of a run's first features, in the order in which they were declared. */
export const lifeStripsSchema = z.array(lifeStripSchema);
export type LifeStrip = z.infer<typeof lifeStripSchema>;

/** A run as lists and heads show it. `offset` counts the run's committed frames: the place in the live stream. */
export const runSchema = z.object({
  id: runIdSchema,
  project: z.object({ id: z.uuid(), name: projectNameSchema }),
  /** 1, 2, 3 … in the order in which the team's runs were made. */
  number: z.number().int().positive(),
  name: runNameSchema,
  state: runStateSchema,
  tags: tagsSchema,
  createdBy: z.string(),
  createdAtMs: timeMsSchema,
  startedAtMs: timeMsSchema,
  /** When the last frame or heartbeat came. */
  seenAtMs: timeMsSchema,
  finishedAtMs: timeMsSchema.nullable(),
  totalSteps: z.number().nullable(),
  lastStep: stepSchema.nullable(),
  offset: z.number().int().nonnegative(),
  points: z.number().int().nonnegative(),
  droppedPoints: z.number().int().nonnegative(),
  error: runErrorSchema.nullable(),
  notes: z.string(),
  lives: lifeStripsSchema,
  /** Last value of each series (the first 100 by name). */
  last: z.record(z.string(), wireNumberSchema),
  unreadable: unreadableListSchema,
});
export type Run = z.infer<typeof runSchema>;

/**
 * What one writer appends to a run is a leg of it; legs are counted in the order in which their writers were opened,
 * from 1.
 */
export const legSchema = z.number().int().positive();

/**
 * A writer of a run. By its own clock it started at `startedAtMs` and sealed its newest frame at `lastAtMs`. `config`
 * is the run's as this writer left it.
 */
export const writerSchema = z.object({
  id: writerIdSchema,
  leg: legSchema,
  openedAtMs: timeMsSchema,
  startedAtMs: timeMsSchema,
  lastAtMs: timeMsSchema,
  frames: z.number().int().nonnegative(),
  config: jsonObjectSchema,
});
export type Writer = z.infer<typeof writerSchema>;

/** One run with what only its own page shows. */
export const runDetailSchema = runSchema.extend({
  config: jsonObjectSchema,
  host: hostSchema.nullable(),
  writers: z.array(writerSchema),
});
export type RunDetail = z.infer<typeof runDetailSchema>;
