import {
  declareFeature,
  featuresOf,
  finishLife,
  type RunLife,
  reduceReading,
  startLife,
  stateOf,
} from "@tailbone/lifecycle/run-life";
import type { LifecycleEvent, SettingsChange } from "@tailbone/protocol/lifecycle";
import { LIMITS } from "@tailbone/protocol/limits";
import type { FeatureRecord, ReadingRecord } from "@tailbone/protocol/records";
import type { LifeStrip } from "@tailbone/protocol/run";
import { v7 as uuidv7 } from "uuid";
import type { Transaction } from "./database";
import { jsonb, storableJson } from "./stored-text";

interface AppendLife {
  team: string;
  run: string;
  /** In the order in which they came. */
  records: readonly (FeatureRecord | ReadingRecord)[];
  /** The training has ended: what is decided only then is decided. */
  isEnd: boolean;
  nowMs: number;
}

interface Lived {
  events: LifecycleEvent[];
  /** What was left out, in words. */
  remarks: string[];
}

interface StoredLife {
  life: RunLife;
  strips: LifeStrip[];
}

/**
 * Stores the features and readings of new frames, moves the lives of the run's features on, and stores what happened to them. The run is locked by
 * the caller, so that readings are reduced one after the other.
 */
export async function appendLife(sql: Transaction, { team, run, records, isEnd, nowMs }: AppendLife): Promise<Lived> {
  const [stored] = await sql<
    StoredLife[]
  >`select life, strips from run_life where run_id = ${run} and team_id = ${team}`;
  if (stored === undefined && records.length === 0) return { events: [], remarks: [] };
  const before = stored ?? { life: startLife(), strips: [] };
  const { life, strips, events, kept, declared, remarks } = live(before, records, isEnd);
  const touched = new Set([
    ...kept.map(({ feature }) => feature),
    ...declared.keys(),
    ...events.map(({ feature }) => feature),
  ]);
  await Promise.all([
    sql`
      insert into run_life (run_id, team_id, life, strips)
      values (${run}, ${team}, ${jsonb(sql, life)}, ${jsonb(sql, strips)})
      on conflict (run_id) do update set life = excluded.life, strips = excluded.strips`,
    upsertFeatures(sql, { team, run, life, names: [...touched], declared }),
    ...(kept.length === 0 ? [] : [insertReadings(sql, team, run, kept)]),
    ...(events.length === 0 ? [] : [insertEvents(sql, team, run, events, nowMs)]),
  ]);
  return { events, remarks };
}

type Declared = Map<string, { layer: string | null; settings: SettingsChange }>;

function live(before: StoredLife, records: AppendLife["records"], isEnd: boolean) {
  let { life } = before;
  const strips = structuredClone(before.strips);
  const events: LifecycleEvent[] = [];
  const kept: ReadingRecord[] = [];
  const declared: Declared = new Map();
  const known = new Set(featuresOf(life));
  const refused = new Set<string>();
  const happened = (news: readonly LifecycleEvent[]): void => {
    events.push(...news);
    for (const { feature, to, by } of news)
      strips.find((one) => one.feature === feature)?.spans.push({ state: to, from: by });
  };
  for (const record of records) {
    const name = record.type === "feature" ? record.name : record.feature;
    if (!known.has(name) && known.size >= LIMITS.featuresPerRun) {
      refused.add(name);
      continue;
    }
    known.add(name);
    if (record.type === "feature") {
      life = declareFeature(life, name, record.settings);
      declared.set(name, { layer: record.layer, settings: record.settings });
      continue;
    }
    kept.push(record);
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
  const remarks =
    refused.size === 0
      ? []
      : [
          `${refused.size} features were left out: a run has at most ${LIMITS.featuresPerRun}. Measure fewer, or split the run.`,
        ];
  return { life, strips, events, kept, declared, remarks };
}

function upsertFeatures(
  sql: Transaction,
  {
    team,
    run,
    life,
    names,
    declared,
  }: { team: string; run: string; life: RunLife; names: string[]; declared: Declared },
) {
  const isDeclared = sql`excluded.name = any(${[...declared.keys()]}::text[])`;
  const ordinals = new Map(featuresOf(life).map((name, ordinal) => [name, ordinal]));
  return sql`
    insert into feature (team_id, run_id, name, ordinal, layer, settings, state)
    select ${team}, ${run}::uuid, name, ordinal, layer, coalesce(settings::jsonb, '{}'), state
    from unnest(${names}::text[], ${names.map((name) => ordinals.get(name) ?? 0)}::int[],
      ${names.map((name) => declared.get(name)?.layer ?? null)}::text[],
      ${names.map((name) => (declared.has(name) ? storableJson(declared.get(name)?.settings) : null))}::text[],
      ${names.map((name) => stateOf(life, name)?.state ?? "absent")}::text[]) as one (name, ordinal, layer, settings, state)
    on conflict (run_id, name) do update set
      state = excluded.state,
      settings = case when ${isDeclared} then excluded.settings else feature.settings end,
      layer = case when ${isDeclared} then excluded.layer else feature.layer end`;
}

function insertReadings(sql: Transaction, team: string, run: string, readings: readonly ReadingRecord[]) {
  return sql`
    insert into reading (team_id, run_id, feature, step, time_ms, reading)
    select ${team}, ${run}::uuid, feature, step, time_ms, reading::jsonb
    from unnest(${readings.map(({ feature }) => feature)}::text[], ${readings.map(({ step }) => step)}::float8[],
      ${readings.map(({ timeMs }) => timeMs)}::float8[],
      ${readings.map(({ type: _, feature: __, step: ___, timeMs: ____, ...rest }) => storableJson(rest))}::text[])
      with ordinality as one (feature, step, time_ms, reading, place)
    order by place`;
}

function insertEvents(sql: Transaction, team: string, run: string, events: readonly LifecycleEvent[], nowMs: number) {
  return sql`
    insert into lifecycle_event (id, team_id, run_id, time_ms, event)
    select id, ${team}, ${run}::uuid, ${nowMs}::float8, event::jsonb
    from unnest(${events.map(() => uuidv7())}::uuid[], ${events.map((event) => storableJson(event))}::text[]) as one (id, event)`;
}
