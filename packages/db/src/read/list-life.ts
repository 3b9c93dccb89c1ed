import {
  type Feature,
  type FeatureList,
  featureReadingSchema,
  featureSchema,
  type RunEventList,
  runEventSchema,
} from "@tailbone/protocol/http";
import { readParts, readRow, readRows, type Unreadable } from "@tailbone/protocol/unreadable";
import { feature as featureTable, lifecycleEvent, reading as readingTable } from "../schema/life";
import { type RowOf, selectColumns } from "../schema/select-columns";
import type { Database } from "../server/database";
import { readSnapshot } from "./read-snapshot";
import { parseFeatureLife } from "./stored-life";

interface Address {
  team: string;
  run: string;
}

const featureColumns = selectColumns(featureTable, "name", "layer", "settings", "state", "life");
const readingColumns = selectColumns(readingTable, "feature", "step", "timeMs", "reading");
const eventColumns = selectColumns(lifecycleEvent, "id", "timeMs", "event");

/** What another version stored may be no object. */
const partsOf = (stored: unknown): object => (typeof stored === "object" && stored !== null ? stored : {});

const headSchema = featureSchema.omit({ readings: true, doubt: true });

/** The run's features in the order in which they were declared, each with its readings by step. Throws `not_found`. */
export function listFeatures(db: Database, { team, run }: Address): Promise<FeatureList> {
  return readSnapshot(db, { team, run }, async (sql, offset) => {
    const [features, readings] = await Promise.all([
      sql<RowOf<typeof featureColumns>[]>`
        select ${featureColumns.list(sql)} from feature where run_id = ${run} and team_id = ${team} order by ordinal`,
      sql<RowOf<typeof readingColumns>[]>`
        select ${readingColumns.list(sql)} from reading
        where run_id = ${run} and team_id = ${team} order by feature, step, number`,
    ]);
    const unreadable: Unreadable[] = [];
    const byFeature = new Map<string, Feature["readings"]>(features.map(({ name }) => [name, []]));
    for (const { feature, step, timeMs, reading } of readings) {
      const about = { what: "reading", id: run, name: `${feature} at step ${step}` };
      const read = readRow(featureReadingSchema, { ...partsOf(reading), step, timeMs }, about);
      if (read.unreadable === null) byFeature.get(feature)?.push(read.value);
      else unreadable.push(read.unreadable);
    }
    const shown = features.flatMap(({ life, ...rest }) => {
      const { name } = rest;
      const about = { what: "feature", id: run, name };
      const read = readParts(
        headSchema,
        rest,
        about,
        (): Partial<Omit<Feature, "readings" | "doubt">> => ({
          layer: null,
          settings: {},
          state: "absent",
        }),
      );
      const lived = parseFeatureLife({ ...rest, life }, run);
      unreadable.push(...read.unreadable, ...(lived.unreadable === null ? [] : [lived.unreadable]));
      if (read.value === null) return [];
      return [{ ...read.value, doubt: lived.value?.doubt ?? null, readings: byFeature.get(name) ?? [] }];
    });
    return { offset, features: shown, unreadable };
  });
}

/** What happened to the run's features, in the order in which it was decided. Throws `not_found`. */
export function listEvents(db: Database, { team, run }: Address): Promise<RunEventList> {
  return readSnapshot(db, { team, run }, async (sql) => {
    const rows = await sql<RowOf<typeof eventColumns>[]>`
      select ${eventColumns.list(sql)} from lifecycle_event where run_id = ${run} and team_id = ${team} order by number`;
    const { values, unreadable } = readRows(
      runEventSchema,
      rows.map(({ id, timeMs, event }) => ({ ...partsOf(event), id, timeMs })),
      ({ id }) => ({ what: "event", id, name: "" }),
    );
    return { events: values, unreadable };
  });
}
