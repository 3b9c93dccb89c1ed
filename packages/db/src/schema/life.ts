import type { FeatureLife } from "@tailbone/lifecycle/feature-life";
import type { LifecycleEvent, SettingsChange } from "@tailbone/protocol/lifecycle";
import { FEATURE_STATES, type Reading } from "@tailbone/protocol/reading";
import type { LifeStrip } from "@tailbone/protocol/run";
import { doublePrecision, integer, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { ofRunNumber, runId, runsTeamId } from "./run";

/*
 * The lives of a run's features. Every row names its team, and every key begins with the run, as in run.ts.
 */

/** The lives of a run's first features in short, as lists show them; written when a state changes. */
export const runLife = pgTable("run_life", {
  runId: runId().primaryKey(),
  teamId: runsTeamId(),
  strips: jsonb("strips").$type<LifeStrip[]>().notNull(),
});

export const feature = pgTable(
  "feature",
  {
    teamId: runsTeamId(),
    runId: runId(),
    name: text("name").notNull(),
    /** In the order in which features were declared. */
    ordinal: integer("ordinal").notNull(),
    layer: text("layer"),
    settings: jsonb("settings").$type<SettingsChange>().notNull(),
    state: text("state", { enum: FEATURE_STATES }).notNull(),
    /**
     * What the reducer of @tailbone/lifecycle has come to; moved on with each frame that holds readings of this
     * feature. read/stored-life.ts reads it.
     */
    life: jsonb("life").$type<FeatureLife>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.name] })],
);

export const reading = pgTable(
  "reading",
  {
    teamId: runsTeamId(),
    runId: runId(),
    number: ofRunNumber(),
    feature: text("feature").notNull(),
    step: doublePrecision("step").notNull(),
    timeMs: doublePrecision("time_ms").notNull(),
    reading: jsonb("reading").$type<Omit<Reading, "feature" | "step">>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.feature, table.step, table.number] })],
);

export const lifecycleEvent = pgTable(
  "lifecycle_event",
  {
    teamId: runsTeamId(),
    runId: runId(),
    number: ofRunNumber(),
    /** What it is called outside. */
    id: uuid("id").notNull(),
    timeMs: doublePrecision("time_ms").notNull(),
    event: jsonb("event").$type<LifecycleEvent>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.number] })],
);
