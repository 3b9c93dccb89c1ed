import { isDeepStrictEqual } from "node:util";
import type { FeatureLife } from "@tailbone/lifecycle/feature-life";
import { declareFeature, featuresOf, finishLife, type RunLife, reduceReading } from "@tailbone/lifecycle/run-life";
import type { LifecycleEvent, SettingsChange } from "@tailbone/protocol/lifecycle";
import { LIMITS } from "@tailbone/protocol/limits";
import type { FeatureRecord, ReadingRecord } from "@tailbone/protocol/records";
import { type LifeStrip, lifeStripsSchema } from "@tailbone/protocol/run";
import type { Unreadable } from "@tailbone/protocol/unreadable";
import { v7 as uuidv7 } from "uuid";
import { parseRunLife } from "../read/stored-life";
import { feature as featureTable, runLife as runLifeTable } from "../schema/life";
import { type RowOf, selectColumns } from "../schema/select-columns";
import type { Transaction } from "../server/database";
import type { Numbers } from "./give-numbers";
import { jsonb, storableJson } from "./stored-text";

interface AppendLife {
  team: string;
  run: string;
  /** In the order in which they came. */
  records: readonly (FeatureRecord | ReadingRecord)[];
  /** The training has ended: what is decided only then is decided. */
  isEnd: boolean;
  numbers: Numbers;
  nowMs: number;
}

interface Lived {
  events: LifecycleEvent[];
  /** What was left out, in words. */
  remarks: string[];
}

interface StoredLife {
  life: RunLife;
  /** Lives that cannot be read: they are left as they are, and their features' readings are kept. */
  unreadable: Unreadable[];
  /** Null: they cannot be read, and are left as they are. */
  strips: LifeStrip[] | null;
}

/**
 * Stores the features and readings of new frames, moves the lives of the run's features on, and stores what happened to
 * them: of the lives, those that have changed. The run is locked by the caller, so that readings are reduced one after
 * the other.
 */
export async function appendLife(
  sql: Transaction,
  { team, run, records, isEnd, numbers, nowMs }: AppendLife,
): Promise<Lived> {
  if (records.length === 0 && !isEnd) return { events: [], remarks: [] };
  const before = await readLife(sql, run);
  const { life, strips, events, kept, declared, remarks } = live(before, records, isEnd);
  const old = new Map(before.life.features);
  const touched = life.features.flatMap(([name, one], index) =>
    old.get(name) === one && !declared.has(name)
      ? []
      : [{ name, ordinal: before.unreadable.length + index, life: one }],
  );
  const still = before.unreadable.flatMap(({ name }) => {
    const settings = declared.get(name);
    return settings === undefined ? [] : [{ name, ...settings }];
  });
  await Promise.all([
    ...still.map(
      ({ name, layer, settings }) => sql`
        update feature set layer = ${layer}, settings = ${jsonb(sql, settings)}
        where run_id = ${run} and name = ${name}`,
    ),
    ...(before.strips === null || isDeepStrictEqual(strips, before.strips)
      ? []
      : [
          sql`
            insert into run_life (run_id, team_id, strips) values (${run}, ${team}, ${jsonb(sql, strips)})
            on conflict (run_id) do update set strips = excluded.strips`,
        ]),
    ...(touched.length === 0 ? [] : [upsertFeatures(sql, { team, run, touched, declared })]),
    ...(kept.length === 0 ? [] : [insertReadings(sql, team, run, kept, numbers.give(kept.length))]),
    ...(events.length === 0 ? [] : [insertEvents(sql, { team, run, nowMs }, events, numbers.give(events.length))]),
  ]);
  return { events, remarks };
}

const lifeColumns = selectColumns(featureTable, "name", "layer", "life");
const stripsColumn = selectColumns(runLifeTable, "strips");

async function readLife(sql: Transaction, run: string): Promise<StoredLife> {
  const [features, [short]] = await Promise.all([
    sql<RowOf<typeof lifeColumns>[]>`
      select ${lifeColumns.list(sql)} from feature where run_id = ${run} order by ordinal`,
    sql<RowOf<typeof stripsColumn>[]>`select ${stripsColumn.list(sql)} from run_life where run_id = ${run}`,
  ]);
  const strips = lifeStripsSchema.safeParse(short?.strips ?? []);
  return { ...parseRunLife(features, run), strips: strips.success ? strips.data : null };
}

type Declared = Map<string, { layer: string | null; settings: SettingsChange }>;

function live(before: StoredLife, records: AppendLife["records"], isEnd: boolean) {
  let { life } = before;
  const strips = structuredClone(before.strips ?? []);
  const events: LifecycleEvent[] = [];
  const kept: ReadingRecord[] = [];
  const declared: Declared = new Map();
  const still = new Map(before.unreadable.map(({ name, reason }) => [name, reason]));
  const known = new Set([...featuresOf(life), ...still.keys()]);
  const remarks: string[] = [];
  const refused = new Set<string>();
  const happened = (news: readonly LifecycleEvent[]): void => {
    events.push(...news);
    for (const { feature, from, to, by } of news)
      if (from !== to) strips.find((one) => one.feature === feature)?.spans.push({ state: to, from: by });
  };
  for (const record of records) {
    const name = record.type === "feature" ? record.name : record.feature;
    if (!known.has(name) && known.size >= LIMITS.featuresPerRun) {
      refused.add(name);
      continue;
    }
    known.add(name);
    const why = still.get(name);
    if (record.type === "feature") {
      if (why === undefined) life = declareFeature(life, name, record);
      else remarks.push(`the life of ${name} cannot be read (${why}). Its readings are kept, its state stands still.`);
      declared.set(name, { layer: record.layer, settings: record.settings });
      continue;
    }
    kept.push(record);
    if (why !== undefined) continue;
    const strip = strips.find((one) => one.feature === name);
    if (strip === undefined && strips.length < LIMITS.lifeStrips) {
      strips.push({ feature: name, spans: [{ state: "absent", from: record.step }] });
    }
    const next = reduceReading(life, record);
    life = next.life;
    happened(next.events);
  }
  if (isEnd) {
    const end = finishLife(life);
    life = end.life;
    happened(end.events);
  }
  if (refused.size > 0) {
    remarks.push(
      `${refused.size} features were left out: a run has at most ${LIMITS.featuresPerRun}. Measure fewer, or split the run.`,
    );
  }
  return { life, strips, events, kept, declared, remarks };
}

interface Touched {
  name: string;
  ordinal: number;
  life: FeatureLife;
}

function upsertFeatures(
  sql: Transaction,
  { team, run, touched, declared }: { team: string; run: string; touched: readonly Touched[]; declared: Declared },
) {
  const isDeclared = sql`excluded.name = any(${[...declared.keys()]}::text[])`;
  return sql`
    insert into feature (team_id, run_id, name, ordinal, layer, settings, state, life)
    select ${team}, ${run}::uuid, name, ordinal, layer, coalesce(settings::jsonb, '{}'), state, life::jsonb
    from unnest(${touched.map(({ name }) => name)}::text[], ${touched.map(({ ordinal }) => ordinal)}::int[],
      ${touched.map(({ name }) => declared.get(name)?.layer ?? null)}::text[],
      ${touched.map(({ name }) => (declared.has(name) ? storableJson(declared.get(name)?.settings) : null))}::text[],
      ${touched.map(({ life }) => life.state)}::text[],
      ${touched.map(({ life }) => storableJson(life))}::text[]) as one (name, ordinal, layer, settings, state, life)
    on conflict (run_id, name) do update set
      state = excluded.state, life = excluded.life,
      settings = case when ${isDeclared} then excluded.settings else feature.settings end,
      layer = case when ${isDeclared} then excluded.layer else feature.layer end`;
}

function insertReadings(
  sql: Transaction,
  team: string,
  run: string,
  readings: readonly ReadingRecord[],
  after: number,
) {
  return sql`
    insert into reading (team_id, run_id, number, feature, step, time_ms, reading)
    select ${team}, ${run}::uuid, ${after}::bigint + place, feature, step, time_ms, reading::jsonb
    from unnest(${readings.map(({ feature }) => feature)}::text[], ${readings.map(({ step }) => step)}::float8[],
      ${readings.map(({ timeMs }) => timeMs)}::float8[],
      ${readings.map(({ type: _, feature: __, step: ___, timeMs: ____, ...rest }) => storableJson(rest))}::text[])
      with ordinality as one (feature, step, time_ms, reading, place)`;
}

function insertEvents(
  sql: Transaction,
  { team, run, nowMs }: { team: string; run: string; nowMs: number },
  events: readonly LifecycleEvent[],
  after: number,
) {
  return sql`
    insert into lifecycle_event (team_id, run_id, number, id, time_ms, event)
    select ${team}, ${run}::uuid, ${after}::bigint + place, id, ${nowMs}::float8, event::jsonb
    from unnest(${events.map(() => uuidv7())}::uuid[], ${events.map((event) => storableJson(event))}::text[])
      with ordinality as one (id, event, place)`;
}
