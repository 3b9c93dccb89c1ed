import type { SeriesMemory, Swallowed } from "@tailbone/lifecycle/rules/rule-state";
import type { JsonObject, WireNumber } from "@tailbone/protocol/json";
import type { CheckpointRecord, RunError } from "@tailbone/protocol/records";
import type { ChannelTarget, Condition } from "@tailbone/protocol/rules";
import type { Host } from "@tailbone/protocol/run";
import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  customType,
  doublePrecision,
  foreignKey,
  index,
  integer,
  json,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import { organization, user } from "./auth";
import { summaryColumns } from "./summary-columns";

/*
 * Runs and what they hold. Every row names its team, and every query asks for it. Every key of what a run holds begins
 * with the run, and so does every reference from one such row to another: they can be spread over machines by run.
 * Times are milliseconds since 1970 as doubles, as on the wire.
 *
 * Longer than other files: tables that refer to each other are read side by side.
 */

const bytea = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => "bytea" });
const count = (name: string) => bigint(name, { mode: "number" }).notNull().default(0);
const teamId = () =>
  text("team_id")
    .notNull()
    .references(() => organization.id, { onDelete: "cascade" });
/** The number of something that a run holds: see `run.numbersGiven`. */
export const ofRunNumber = () => bigint("number", { mode: "number" }).notNull();
/**
 * The team of what a run holds: the run's own. To check that again for every row would lock the team's row with every
 * frame.
 */
export const runsTeamId = () => text("team_id").notNull();
export const runId = () =>
  uuid("run_id")
    .notNull()
    .references(() => run.id, { onDelete: "cascade" });

/**
 * Which life of the database this is: one row. It is another one once the database was found to be restored to an older
 * state, so that nobody takes a place in the old one for a place in the new one.
 */
export const databaseEpoch = pgTable("database_epoch", {
  isOnly: boolean("is_only").primaryKey().default(true),
  epoch: uuid("epoch").notNull(),
});

export const project = pgTable(
  "project",
  {
    id: uuid("id").primaryKey(),
    teamId: teamId(),
    name: text("name").notNull(),
    createdAtMs: doublePrecision("created_at_ms").notNull(),
  },
  (table) => [unique("project_team_name").on(table.teamId, table.name)],
);

/** How many runs a team has ever made: the number of the newest one. */
export const runCounter = pgTable("run_counter", { teamId: teamId().primaryKey(), made: integer("made").notNull() });

export const run = pgTable(
  "run",
  {
    id: uuid("id").primaryKey(),
    teamId: teamId(),
    projectId: uuid("project_id")
      .notNull()
      .references(() => project.id, { onDelete: "cascade" }),
    /** 1, 2, 3 … in the order in which the team's runs were made; never given twice. */
    number: integer("number").notNull(),
    name: text("name").notNull(),
    state: text("state", { enum: ["running", "stalled", "finished", "failed", "crashed"] }).notNull(),
    tags: text("tags").array().notNull().default([]),
    /** Not jsonb, which would put the keys into an order of its own. */
    config: json("config").$type<JsonObject>().notNull(),
    host: jsonb("host").$type<Host>(),
    notes: text("notes").notNull().default(""),
    createdBy: text("created_by").notNull(),
    createdAtMs: doublePrecision("created_at_ms").notNull(),
    startedAtMs: doublePrecision("started_at_ms").notNull(),
    seenAtMs: doublePrecision("seen_at_ms").notNull(),
    finishedAtMs: doublePrecision("finished_at_ms"),
    totalSteps: doublePrecision("total_steps"),
    lastStep: doublePrecision("last_step"),
    /** How many frames of the run are committed: the place in its live stream. */
    streamOffset: count("stream_offset"),
    points: count("points"),
    droppedPoints: count("dropped_points"),
    /** How many series it has. */
    series: integer("series").notNull().default(0),
    /**
     * The last of the numbers that were given to what the run holds: its series, console lines, checkpoints, readings
     * and lifecycle events are numbered together, in the order in which they were stored.
     */
    numbersGiven: count("numbers_given"),
    error: jsonb("error").$type<RunError>(),
  },
  (table) => [
    index("run_team_project_created").on(table.teamId, table.projectId, table.createdAtMs),
    // Not by when it was seen: what an index holds cannot be updated in place, and that changes with every frame.
    index("run_running").on(table.id).where(sql`state = 'running'`),
  ],
);

export const writer = pgTable(
  "writer",
  {
    teamId: runsTeamId(),
    runId: runId(),
    id: uuid("id").notNull(),
    /**
     * What it appends is the run's leg of this number: writers are counted in the order in which they were opened, from
     * 1.
     */
    leg: integer("leg").notNull(),
    nextSequence: count("next_sequence"),
    /** `pointsThrough` of its last committed frame; null: that frame did not say. */
    pointsThrough: bigint("points_through", { mode: "number" }).default(0),
    openedAtMs: doublePrecision("opened_at_ms").notNull(),
    /** By its own clock, like `lastAtMs`, when it sealed its newest frame: they say which leg goes on from which. */
    startedAtMs: doublePrecision("started_at_ms").notNull(),
    lastAtMs: doublePrecision("last_at_ms").notNull(),
    /** The run's config as this writer knew it: when it was opened, and what it has changed since. */
    config: json("config").$type<JsonObject>().notNull(),
    /** When its last record said that the training ended. */
    endedAtMs: doublePrecision("ended_at_ms"),
  },
  (table) => [primaryKey({ columns: [table.runId, table.id] }), unique("writer_leg").on(table.runId, table.leg)],
);

/** Runs that were deleted, so that a writer that comes late is told so and does not make them again. */
export const deletedRun = pgTable("deleted_run", {
  runId: uuid("run_id").primaryKey(),
  teamId: teamId(),
  deletedAtMs: doublePrecision("deleted_at_ms").notNull(),
});

/** The summary is of what counts: without the points that a later leg has overwritten, which `abandoned` counts. */
export const series = pgTable(
  "series",
  {
    teamId: runsTeamId(),
    runId: runId(),
    number: ofRunNumber(),
    name: text("name").notNull(),
    ...summaryColumns(),
    abandoned: count("abandoned"),
    /** Its legs, two numbers each: leg, smallest step. None: it has points of the first leg alone, or none yet. */
    legs: doublePrecision("legs").array().notNull().default([]),
    nextOrdinal: integer("next_ordinal").notNull().default(0),
    /**
     * Its unsealed chunks, four numbers each: ordinal, level, count, leg. What to merge next is known without reading
     * them.
     */
    tail: integer("tail").array().notNull().default([]),
  },
  (table) => [
    primaryKey({ columns: [table.runId, table.number] }),
    unique("series_run_name").on(table.runId, table.name),
  ],
);

/**
 * Raw points of one series: `points` are the encoded columns, `tiles` a summary of every 64 of them (none for up to
 * 64). The rows of a series, and of one leg, by ordinal, are in the order in which their points arrived; a chunk has
 * points of one leg only.
 */
export const chunk = pgTable(
  "chunk",
  {
    teamId: runsTeamId(),
    runId: uuid("run_id").notNull(),
    /** Its number. */
    series: bigint("series", { mode: "number" }).notNull(),
    ordinal: integer("ordinal").notNull(),
    leg: integer("leg").notNull().default(1),
    level: smallint("level").notNull(),
    ...summaryColumns(),
    timeOrdered: boolean("time_ordered").notNull(),
    points: bytea("points").notNull(),
    tiles: bytea("tiles").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.runId, table.series, table.ordinal] }),
    foreignKey({ columns: [table.runId, table.series], foreignColumns: [series.runId, series.number] }).onDelete(
      "cascade",
    ),
  ],
);

export const checkpoint = pgTable(
  "checkpoint",
  {
    teamId: runsTeamId(),
    runId: runId(),
    number: ofRunNumber(),
    step: doublePrecision("step").notNull(),
    timeMs: doublePrecision("time_ms").notNull(),
    metrics: jsonb("metrics").$type<Record<string, WireNumber>>().notNull(),
    weights: jsonb("weights").$type<NonNullable<CheckpointRecord["weights"]>>(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.step, table.number] })],
);

export const consoleLine = pgTable(
  "console_line",
  {
    teamId: runsTeamId(),
    runId: runId(),
    number: ofRunNumber(),
    timeMs: doublePrecision("time_ms").notNull(),
    stream: text("stream", { enum: ["stdout", "stderr"] }).notNull(),
    text: text("text").notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.number] })],
);

/** Where a team's alerts are sent. */
export const channel = pgTable(
  "channel",
  {
    id: uuid("id").primaryKey(),
    teamId: teamId(),
    name: text("name").notNull(),
    target: jsonb("target").$type<ChannelTarget>().notNull(),
    createdAtMs: doublePrecision("created_at_ms").notNull(),
  },
  (table) => [index("channel_team").on(table.teamId)],
);

export const rule = pgTable(
  "rule",
  {
    id: uuid("id").primaryKey(),
    teamId: teamId(),
    projectId: uuid("project_id").references(() => project.id, { onDelete: "cascade" }),
    name: text("name").notNull(),
    condition: jsonb("condition").$type<Condition>().notNull(),
    level: text("level", { enum: ["info", "warning", "error"] }).notNull(),
    channels: uuid("channels").array().notNull(),
    cooldownMs: doublePrecision("cooldown_ms").notNull(),
    enabled: boolean("enabled").notNull(),
    createdAtMs: doublePrecision("created_at_ms").notNull(),
  },
  (table) => [index("rule_team").on(table.teamId)],
);

/**
 * What a rule remembers of one subject of a run (a series, a state of a feature): written only when something of it
 * came.
 */
export const ruleState = pgTable(
  "rule_state",
  {
    ruleId: uuid("rule_id")
      .notNull()
      .references(() => rule.id, { onDelete: "cascade" }),
    runId: runId(),
    subject: text("subject").notNull(),
    series: jsonb("series").$type<SeriesMemory>(),
    toldMs: doublePrecision("told_ms"),
    toldKey: text("told_key"),
    swallowed: jsonb("swallowed").$type<Swallowed>(),
  },
  (table) => [
    primaryKey({ columns: [table.runId, table.ruleId, table.subject] }),
    index("rule_state_rule").on(table.ruleId),
  ],
);

/**
 * Its id, and that of a delivery, is told outside: it is looked up with the team as well, where the run is not named.
 */
export const alert = pgTable(
  "alert",
  {
    id: uuid("id").notNull(),
    teamId: runsTeamId(),
    runId: runId(),
    ruleId: uuid("rule_id").references(() => rule.id, { onDelete: "set null" }),
    kind: text("kind").notNull().default("script"),
    /** What the rule fired for: once only. */
    key: text("key"),
    title: text("title").notNull(),
    text: text("text").notNull(),
    level: text("level", { enum: ["info", "warning", "error"] }).notNull(),
    feature: text("feature"),
    after: doublePrecision("after"),
    by: doublePrecision("by"),
    evidence: text("evidence").notNull().default(""),
    step: doublePrecision("step"),
    timeMs: doublePrecision("time_ms").notNull(),
    /**
     * How often the rule has fired of the same subject since, while its cooldown kept it silent, and the last step of
     * those.
     */
    swallowed: integer("swallowed").notNull().default(0),
    swallowedTo: doublePrecision("swallowed_to"),
    readAtMs: doublePrecision("read_at_ms"),
    acknowledgedAtMs: doublePrecision("acknowledged_at_ms"),
    acknowledgedBy: text("acknowledged_by"),
    snoozedUntilMs: doublePrecision("snoozed_until_ms"),
    assignedTo: text("assigned_to").references(() => user.id, { onDelete: "set null" }),
  },
  (table) => [
    primaryKey({ columns: [table.runId, table.id] }),
    index("alert_team_id").on(table.teamId, table.id),
    index("alert_team_time").on(table.teamId, table.timeMs),
    index("alert_rule").on(table.ruleId),
    index("alert_unread").on(table.teamId).where(sql`read_at_ms is null`),
    unique("alert_once").on(table.runId, table.ruleId, table.key),
  ],
);

/** The outbox: written with the alert, emptied by the dispatcher. */
export const delivery = pgTable(
  "delivery",
  {
    id: uuid("id").notNull(),
    teamId: runsTeamId(),
    runId: uuid("run_id").notNull(),
    alertId: uuid("alert_id").notNull(),
    channelId: uuid("channel_id")
      .notNull()
      .references(() => channel.id, { onDelete: "cascade" }),
    state: text("state", { enum: ["pending", "delivered", "dead"] }).notNull(),
    attempts: integer("attempts").notNull().default(0),
    createdAtMs: doublePrecision("created_at_ms").notNull(),
    dueMs: doublePrecision("due_ms").notNull(),
    deliveredAtMs: doublePrecision("delivered_at_ms"),
    error: text("error"),
  },
  (table) => [
    primaryKey({ columns: [table.runId, table.alertId, table.channelId] }),
    foreignKey({ columns: [table.runId, table.alertId], foreignColumns: [alert.runId, alert.id] }).onDelete("cascade"),
    index("delivery_team_id").on(table.teamId, table.id),
    index("delivery_due").on(table.dueMs).where(sql`state = 'pending'`),
    index("delivery_team_time").on(table.teamId, table.createdAtMs),
  ],
);
