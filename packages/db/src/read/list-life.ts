import { readStoredEvent } from "@tailbone/lifecycle/stored-life";
import type { Feature, FeatureList, RunEvent } from "@tailbone/protocol/http";
import type { StoredEvent } from "@tailbone/protocol/lifecycle";
import type { Database } from "../server/database";
import { readSnapshot } from "./read-snapshot";

interface Address {
  team: string;
  run: string;
}

/** The run's features in the order in which they were declared, each with its readings by step. Throws `not_found`. */
export function listFeatures(db: Database, { team, run }: Address): Promise<FeatureList> {
  return readSnapshot(db, { team, run }, async (sql, offset) => {
    const [features, readings] = await Promise.all([
      sql<Omit<Feature, "readings">[]>`
        select name, layer, settings, state, life ->> 'doubt' as doubt from feature where run_id = ${run} and team_id = ${team} order by ordinal`,
      sql<
        {
          feature: string;
          step: number;
          timeMs: number;
          reading: Omit<Feature["readings"][number], "step" | "timeMs">;
        }[]
      >`
        select feature, step, time_ms as "timeMs", reading from reading
        where run_id = ${run} and team_id = ${team} order by feature, step, number`,
    ]);
    const byFeature = new Map<string, Feature["readings"]>(features.map(({ name }) => [name, []]));
    for (const { feature, step, timeMs, reading } of readings)
      byFeature.get(feature)?.push({ step, timeMs, ...reading });
    return { offset, features: features.map((one) => ({ ...one, readings: byFeature.get(one.name) ?? [] })) };
  });
}

/** What happened to the run's features, in the order in which it was decided. Throws `not_found`. */
export function listEvents(db: Database, { team, run }: Address): Promise<RunEvent[]> {
  return readSnapshot(db, { team, run }, async (sql) => {
    const rows = await sql<{ id: string; timeMs: number; event: StoredEvent }[]>`
      select id, time_ms as "timeMs", event from lifecycle_event where run_id = ${run} and team_id = ${team} order by number`;
    return rows.map(({ id, timeMs, event }) => ({ id, timeMs, ...readStoredEvent(event) }));
  });
}
