import { z } from "zod";
import { roleSchema } from "./access";
import { wireErrorSchema } from "./errors";
import { jsonObjectSchema, wireNumberSchema } from "./json";
import { doubtSchema, lifecycleEventSchema, settingsChangeSchema } from "./lifecycle";
import { LIMITS } from "./limits";
import { runNameSchema, seriesNameSchema, stepSchema, tagsSchema, timeMsSchema, writerIdSchema } from "./names";
import { featureNameSchema, featureStateSchema, readingSchema } from "./reading";
import { checkpointRecordSchema, consoleRecordSchema } from "./records";
import { epochSchema, legSchema, runSchema, runStateSchema } from "./run";
import { text } from "./text";
import { unreadableListSchema } from "./unreadable";

/*
 * Bodies and queries of the HTTP API, version 1. Times are milliseconds since 1970, steps are floats. Longer than other
 * files: one list, a schema a kind of answer.
 */

export const API_PREFIX = "/api/v1";

/** The caller: a person by session, or a key. */
export const meSchema = z.object({
  user: z
    .object({
      id: z.string(),
      name: z.string(),
      email: z.string(),
      hasPassword: z.boolean(),
      hasSecondFactor: z.boolean(),
    })
    .nullable(),
  team: z.object({ id: z.string(), name: z.string(), role: roleSchema.nullable() }),
  teams: z.array(z.object({ id: z.string(), name: z.string() })),
});
export type Me = z.infer<typeof meSchema>;

export const projectSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  runs: z.number().int().nonnegative(),
  running: z.number().int().nonnegative(),
  createdAtMs: timeMsSchema,
  lastActiveAtMs: timeMsSchema.nullable(),
});
export type Project = z.infer<typeof projectSchema>;
export const projectListSchema = z.object({ projects: z.array(projectSchema), unreadable: unreadableListSchema });
export type ProjectList = z.infer<typeof projectListSchema>;

export const RUN_SORTS = ["created", "started", "name", "state", "duration"] as const;

/**
 * `project`: id or name. `filter`: in the language of docs/filters.md, which bounds its length too. `sort`: one of
 * RUN_SORTS or `series:<name>` (its last value), with a leading `-` for descending.
 */
export const runListQuerySchema = z.object({
  project: text().min(1).max(256).optional(),
  filter: text().default(""),
  sort: text()
    .max(600)
    .regex(
      new RegExp(`^-?((${RUN_SORTS.join("|")})|series:.+)$`),
      `sort is one of ${RUN_SORTS.join(", ")} or series:<name>`,
    )
    .default("-created"),
  cursor: text().max(2048).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export type RunListQuery = z.infer<typeof runListQuerySchema>;

export const runListSchema = z.object({
  runs: z.array(runSchema),
  total: z.number().int(),
  cursor: z.string().nullable(),
  unreadable: unreadableListSchema,
});
export type RunList = z.infer<typeof runListSchema>;

export const runPatchSchema = z
  .object({
    name: runNameSchema,
    tags: tagsSchema,
    notes: text().max(64 * 1024),
    config: jsonObjectSchema,
    /** Ends a run whose writer is gone for good. */
    state: runStateSchema.extract(["finished", "failed"]),
  })
  .partial()
  .strict();
export type RunPatch = z.infer<typeof runPatchSchema>;

/**
 * Statistics over all points of a series that count; min, max and mean are over its finite values, null when there are
 * none. `abandoned`: points that a later leg of the run has logged anew, in none of the other figures.
 */
export const seriesSchema = z.object({
  name: seriesNameSchema,
  points: z.number().int().nonnegative(),
  abandoned: z.number().int().nonnegative(),
  nan: z.number().int().nonnegative(),
  infinite: z.number().int().nonnegative(),
  min: z.number().nullable(),
  max: z.number().nullable(),
  last: wireNumberSchema,
  fromStep: stepSchema,
  toStep: stepSchema,
  fromTimeMs: timeMsSchema,
  toTimeMs: timeMsSchema,
});
export type Series = z.infer<typeof seriesSchema>;
export const seriesListSchema = z.object({
  offset: z.number().int(),
  series: z.array(seriesSchema),
  unreadable: unreadableListSchema,
});
export type SeriesList = z.infer<typeof seriesListSchema>;

/** What the x axis is. `from` and `to` are in its unit: steps, or milliseconds since 1970. */
export const axisSchema = z.enum(["step", "time"]);
export type Axis = z.infer<typeof axisSchema>;

/**
 * How x is laid out, and with it how wide buckets are: evenly, or in powers of the distance from an origin, mirrored
 * before it.
 */
export const scaleSchema = z.enum(["linear", "log"]);
export type Scale = z.infer<typeof scaleSchema>;

export const pointsQuerySchema = z.object({
  /** Names, as `name-list.ts` writes them: separated by commas, a comma within a name as `%2C`. */
  series: text()
    .min(1)
    .max(LIMITS.querySeries * LIMITS.seriesNameBytes),
  axis: axisSchema.default("step"),
  scale: scaleSchema.default("linear"),
  /** The x from which a logarithmic scale counts. */
  origin: z.coerce.number().default(0),
  from: z.coerce.number().optional(),
  to: z.coerce.number().optional(),
  buckets: z.coerce.number().int().min(1).max(LIMITS.buckets).default(1000),
  raw: z.enum(["0", "1"]).default("0"),
  /** Raw points of this leg alone. */
  leg: z.coerce.number().int().positive().optional(),
  /** Raw points that count (`0`), or those that were logged anew (`1`); missing: both. */
  abandoned: z.enum(["0", "1"]).optional(),
  cursor: text().max(256).optional(),
  limit: z.coerce.number().int().min(1).max(LIMITS.rawPage).default(10_000),
});
export type PointsQuery = z.infer<typeof pointsQuerySchema>;

/**
 * Columns of equal length, one entry a bucket that holds points, ordered by x. `x` and `xEnd` are the smallest and
 * largest x of its points; `first` and `last` go by x, then by step, then by arrival. `min`, `max` and `mean` are over
 * finite values (null: none); `nan`, `posInf` and `negInf` count the others; `count` counts all.
 */
export const bucketColumnsSchema = z.object({
  x: z.array(z.number()),
  xEnd: z.array(z.number()),
  first: z.array(wireNumberSchema),
  min: z.array(z.number().nullable()),
  max: z.array(z.number().nullable()),
  last: z.array(wireNumberSchema),
  mean: z.array(z.number().nullable()),
  count: z.array(z.number().int()),
  nan: z.array(z.number().int()),
  posInf: z.array(z.number().int()),
  negInf: z.array(z.number().int()),
});
export type BucketColumns = z.infer<typeof bucketColumnsSchema>;

/** A point next to the range: the line is drawn towards it. */
const neighbourSchema = z.object({ x: z.number(), value: wireNumberSchema }).nullable();

/** Points in the range, in buckets; `before`, `after`: the nearest points beyond the range. */
const bucketedSchema = z.object({
  points: z.number().int(),
  before: neighbourSchema,
  after: neighbourSchema,
  buckets: bucketColumnsSchema,
});

/**
 * A leg of a series. `fromStep`: its smallest step. `cut`: from this step on a later leg has logged anew what it has.
 * `resumedAtMs`: when it began, if it goes on where another leg of the series had ended. `untilMs`: a frame that its
 * writer seals later shows that the two ran side by side.
 */
export const seriesLegSchema = z.object({
  leg: legSchema,
  fromStep: stepSchema,
  cut: stepSchema.nullable(),
  resumedAtMs: timeMsSchema.nullable(),
  untilMs: timeMsSchema.nullable(),
});
export type SeriesLeg = z.infer<typeof seriesLegSchema>;

/**
 * `offset`: the run's committed frames that this answer includes; `total`: points in the series. Both, and the buckets,
 * are of what counts; what a resume has overwritten is in `abandoned`, for each leg by itself. `unreadable`: chunks of
 * the series that are not among its buckets.
 */
export const bucketsSchema = z.object({
  offset: z.number().int(),
  axis: axisSchema,
  series: z.array(
    bucketedSchema.extend({
      name: seriesNameSchema,
      total: z.number().int(),
      legs: z.array(seriesLegSchema),
      abandoned: z.array(bucketedSchema.extend({ leg: legSchema })),
      unreadable: unreadableListSchema,
    }),
  ),
});
export type Buckets = z.infer<typeof bucketsSchema>;

/**
 * Every point, a page at a time, in the order of its axis, then of the steps, then of legs and arrival. One series per
 * request. `legs` has the leg of each point, and `abandoned` 1 where a later leg has logged its step anew, else 0; both
 * are missing where all is of the first leg. `unreadable`: chunks that should be on this page.
 */
export const rawPointsSchema = z.object({
  offset: z.number().int(),
  series: seriesNameSchema,
  steps: z.array(z.number()),
  timesMs: z.array(timeMsSchema),
  values: z.array(wireNumberSchema),
  legs: z.array(legSchema).optional(),
  abandoned: z.array(z.union([z.literal(0), z.literal(1)])).optional(),
  cursor: z.string().nullable(),
  unreadable: unreadableListSchema,
});
export type RawPoints = z.infer<typeof rawPointsSchema>;

export const checkpointSchema = checkpointRecordSchema.omit({ type: true });
export const checkpointListSchema = z.object({
  checkpoints: z.array(checkpointSchema),
  unreadable: unreadableListSchema,
});
export type CheckpointList = z.infer<typeof checkpointListSchema>;

/** What a checkpoint showed of the feature under which it stands. */
export const featureReadingSchema = readingSchema.omit({ feature: true }).extend({ timeMs: timeMsSchema });
export type FeatureReading = z.infer<typeof featureReadingSchema>;

/** A feature of a run with all its readings, by step; `readings` and `settings` are what its state follows from. */
export const featureSchema = z.object({
  name: featureNameSchema,
  layer: z.string().nullable(),
  settings: settingsChangeSchema,
  state: featureStateSchema,
  /** Null: the state is settled. */
  doubt: doubtSchema.nullable(),
  readings: z.array(featureReadingSchema),
});
export type Feature = z.infer<typeof featureSchema>;
/** `offset`: the run's committed frames that this answer includes. */
export const featureListSchema = z.object({
  offset: z.number().int(),
  features: z.array(featureSchema),
  unreadable: unreadableListSchema,
});
export type FeatureList = z.infer<typeof featureListSchema>;

/** A change of a feature's state, with its evidence. */
export const runEventSchema = lifecycleEventSchema.extend({ id: z.uuid(), timeMs: timeMsSchema });
export type RunEvent = z.infer<typeof runEventSchema>;
export const runEventListSchema = z.object({ events: z.array(runEventSchema), unreadable: unreadableListSchema });
export type RunEventList = z.infer<typeof runEventListSchema>;

export const consoleQuerySchema = z.object({
  /** Lines before this id (exclusive), newest last; missing: the newest lines. */
  before: z.coerce.number().int().optional(),
  limit: z.coerce.number().int().min(1).max(5000).default(1000),
});
export const consoleLineSchema = consoleRecordSchema.omit({ type: true }).extend({ id: z.number().int() });
export type ConsoleLine = z.infer<typeof consoleLineSchema>;
export const consoleListSchema = z.object({
  offset: z.number().int(),
  lines: z.array(consoleLineSchema),
  more: z.boolean(),
  unreadable: unreadableListSchema,
});
export type ConsoleList = z.infer<typeof consoleListSchema>;

/** Answer to frames over plain HTTP: like the socket's. */
export const appendedSchema = z.object({ epoch: epochSchema, next: z.number().int().nonnegative() });

/** Several frames in one request: what became of each, in their order. */
export const appendedFramesSchema = z.object({
  answers: z.array(
    z.discriminatedUnion("ok", [
      z.object({ ok: z.literal(true), value: appendedSchema }),
      z.object({ ok: z.literal(false), error: wireErrorSchema }),
    ]),
  ),
});

/** Of whom a heartbeat is; missing: of whichever writer the run has. */
export const beatQuerySchema = z.object({ writer: writerIdSchema.optional() });
/** What the hub takes the run for: somebody may have ended it. */
export const beatSchema = z.object({ state: runStateSchema });

/** Both or neither: with them a request that is sent again is stored once. */
export const logQuerySchema = z
  .object({ writer: writerIdSchema.optional(), sequence: z.coerce.number().int().nonnegative().optional() })
  .refine(({ writer, sequence }) => (writer === undefined) === (sequence === undefined), {
    path: ["sequence"],
    message: "writer and sequence go together",
  });
export type LogQuery = z.infer<typeof logQuerySchema>;
