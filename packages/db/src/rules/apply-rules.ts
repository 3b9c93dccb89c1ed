import { type Firing, type Occurrence, reduceRule, subjectsOf } from "@tailbone/lifecycle/rules/reduce-rule";
import type { SubjectMemory, Swallowed } from "@tailbone/lifecycle/rules/rule-state";
import type { FinitePoint } from "@tailbone/lifecycle/rules/series-condition";
import type { Frame } from "@tailbone/protocol/frame";
import type { AlertLevel } from "@tailbone/protocol/records";
import type { Condition } from "@tailbone/protocol/rules";
import type { RunState } from "@tailbone/protocol/run";
import { storable } from "@tailbone/protocol/text";
import { v7 as uuidv7 } from "uuid";
import { storableJson } from "../append/stored-text";
import type { Transaction } from "../server/database";
import { ALERT_CAPS, type AlertCaps, capFirings, type ScriptAlert } from "./cap-alerts";

export interface ApplyRules {
  team: string;
  run: string;
  occurrences: readonly Occurrence[];
  nowMs: number;
  /** Default: those of a hub that is not told others. */
  caps?: AlertCaps;
}

interface RuleRow {
  id: string;
  name: string;
  condition: Condition;
  level: AlertLevel;
  cooldownMs: number;
  channels: string[];
}

/**
 * Lets the team's rules see what has happened in a run, in the transaction in which it is stored: an alert and one outbox row for each
 * of its channels are there if and only if what they tell of is. Returns the ids of new alerts. Costs one query when no rule looks at any of it,
 * and else touches what the rules remember of the subjects that something has come of, and of no others.
 */
export async function applyRules(sql: Transaction, input: ApplyRules): Promise<string[]> {
  const { team, run, occurrences, nowMs, caps = ALERT_CAPS } = input;
  if (occurrences.length === 0) return [];
  const rules = await sql<RuleRow[]>`
    select id, name, condition, level, cooldown_ms as "cooldownMs", channels from rule
    where team_id = ${team} and enabled
      and (project_id is null or project_id = (select project_id from run where id = ${run} and team_id = ${team}))`;
  const memories = await readMemories(sql, run, rules, occurrences);
  const changed: Changed[] = [];
  const told: string[] = [];
  let left = caps.ofCommit - occurrences.filter(({ type }) => type === "script").length;
  for (const rule of rules) {
    const before = memories.get(rule.id);
    if (before === undefined) continue;
    const after = new Map<string, SubjectMemory>();
    const firings: Firing[] = [];
    const swallowed = new Map<string, Swallowed>();
    for (const occurrence of occurrences) {
      const recall = (subject: string) => after.get(subject) ?? before.get(storable(subject));
      const reduced = reduceRule(rule, recall, occurrence, nowMs);
      for (const [subject, memory] of reduced.memories) after.set(subject, memory);
      firings.push(...reduced.firings);
      for (const [key, kept] of reduced.swallowed) swallowed.set(key, kept);
    }
    const raises = rule.condition.type !== "script";
    const most = raises ? Math.max(0, Math.min(caps.ofRule, left)) : caps.ofRule;
    if (raises) left -= Math.min(most, firings.length);
    // Alerts of the script are there already: a rule that sends them nowhere has nothing to add.
    const said = raises || rule.channels.length > 0 ? capFirings(rule.name, firings, most) : firings;
    for (const firing of said) {
      const alert = await insertAlert(sql, input, rule, firing);
      if (alert !== null) told.push(alert);
    }
    for (const [subject, memory] of after) changed.push({ rule: rule.id, subject, memory });
    await countSwallowed(sql, run, rule.id, swallowed);
  }
  await writeMemories(sql, run, changed);
  return told;
}

interface Changed {
  rule: string;
  subject: string;
  memory: SubjectMemory;
}

/** What each rule that looks at one of the occurrences remembers of their subjects. */
async function readMemories(
  sql: Transaction,
  run: string,
  rules: readonly RuleRow[],
  occurrences: readonly Occurrence[],
): Promise<Map<string, Map<string, SubjectMemory>>> {
  const memories = new Map<string, Map<string, SubjectMemory>>();
  const wanted: { rule: string; subject: string }[] = [];
  for (const { id, condition } of rules) {
    const subjects = new Set(occurrences.flatMap((occurrence) => subjectsOf(condition, occurrence)).map(storable));
    if (subjects.size > 0) memories.set(id, new Map());
    for (const subject of subjects) wanted.push({ rule: id, subject });
  }
  if (wanted.length === 0) return memories;
  const rows = await sql<({ rule: string; subject: string } & SubjectMemory)[]>`
    select rule_id as rule, subject, series, told_ms as "toldMs", told_key as "toldKey", swallowed
    from unnest(${wanted.map(({ rule }) => rule)}::uuid[], ${wanted.map(({ subject }) => subject)}::text[])
      as wanted (rule_id, subject) join rule_state using (rule_id, subject)
    where run_id = ${run}`;
  for (const { rule, subject, ...memory } of rows) memories.get(rule)?.set(subject, memory);
  return memories;
}

async function writeMemories(sql: Transaction, run: string, changed: readonly Changed[]): Promise<void> {
  if (changed.length === 0) return;
  await sql`
    insert into rule_state (run_id, rule_id, subject, series, told_ms, told_key, swallowed)
    select ${run}::uuid, rule_id, subject, series::jsonb, told_ms, told_key, swallowed::jsonb
    from unnest(${changed.map(({ rule }) => rule)}::uuid[], ${changed.map(({ subject }) => storable(subject))}::text[],
      ${changed.map(({ memory: { series } }) => jsonOrNull(series))}::text[],
      ${changed.map(({ memory: { toldMs } }) => toldMs)}::float8[],
      ${changed.map(({ memory: { toldKey } }) => (toldKey === null ? null : storable(toldKey)))}::text[],
      ${changed.map(({ memory: { swallowed } }) => jsonOrNull(swallowed))}::text[])
      as new (rule_id, subject, series, told_ms, told_key, swallowed)
    on conflict (run_id, rule_id, subject) do update set series = excluded.series, told_ms = excluded.told_ms,
      told_key = excluded.told_key, swallowed = excluded.swallowed`;
}

const jsonOrNull = (value: unknown): string | null => (value === null ? null : storableJson(value));

/** Counts at an alert what the rule's cooldown has kept silent since. One that the script has raised has its own id for a key. */
async function countSwallowed(
  sql: Transaction,
  run: string,
  rule: string,
  swallowed: ReadonlyMap<string, Swallowed>,
): Promise<void> {
  for (const [key, { count, to }] of swallowed) {
    await sql`
      update alert set swallowed = ${count}, swallowed_to = ${to}::float8
      where run_id = ${run} and (rule_id = ${rule} and key = ${storable(key)} or rule_id is null and id::text = ${key})`;
  }
}

/** Null: the rule has told of this already. */
async function insertAlert(
  sql: Transaction,
  { team, run, nowMs }: ApplyRules,
  rule: RuleRow,
  firing: Firing,
): Promise<string | null> {
  const id = firing.existing ?? uuidv7();
  if (firing.existing === null) {
    const path = pathOf(run, rule.condition.type === "lifecycle", firing.feature);
    const inserted = await sql`
      insert into alert (id, team_id, run_id, rule_id, kind, key, title, text, level, feature, after, by, evidence, path, step, time_ms)
      values (${id}, ${team}, ${run}, ${rule.id}, ${rule.condition.type}, ${storable(firing.key)}, ${storable(firing.title)},
        ${storable(firing.text)}, ${rule.level}, ${firing.feature}, ${firing.after}::float8, ${firing.by}::float8,
        ${storable(firing.evidence)}, ${path}, ${firing.by}::float8, ${nowMs})
      on conflict (run_id, rule_id, key) do nothing returning id`;
    if (inserted.length === 0) return null;
  }
  if (rule.channels.length > 0) {
    await sql`
      insert into delivery (id, team_id, run_id, alert_id, channel_id, state, created_at_ms, due_ms)
      select gen_random_uuid(), ${team}, ${run}, ${id}, channel.id, 'pending', ${nowMs}, ${nowMs}
      from channel where channel.team_id = ${team} and channel.id = any(${rule.channels}::uuid[])
      on conflict (run_id, alert_id, channel_id) do nothing`;
  }
  return id;
}

/** The page that shows what an alert tells of, below the dashboard's origin. */
function pathOf(run: string, isOfLife: boolean, feature: string | null): string {
  if (!isOfLife) return `/runs/${run}`;
  return `/runs/${run}?${new URLSearchParams({ tab: "life", ...(feature === null ? {} : { feature }) })}`;
}

/** What rules are told of a series beside its new points. */
export interface SeriesPast {
  /** The last point that is stored. */
  readonly last: FinitePoint | null;
  /** A later leg has points of the series: these are not what the training does now. */
  readonly isOld: boolean;
  readonly isRewound: boolean;
}

/**
 * What in frames the rules may wait for, besides lifecycle events. `scripts`: the alerts that the script raised, as they are kept; `past`: of series by name. Points of a leg that another goes on from are not among it.
 */
export function occurrencesOf(
  frames: readonly Frame[],
  { scripts, leg, past }: { scripts: readonly ScriptAlert[]; leg: number; past: ReadonlyMap<string, SeriesPast> },
): Occurrence[] {
  const found: Occurrence[] = [];
  const finite = new Map<string, FinitePoint | null>();
  for (const frame of frames) {
    for (const { names, steps, values } of frame.groups) {
      for (const [index, series] of names.entries()) {
        const column = values[index];
        const known = past.get(storable(series));
        if (column === undefined || known?.isOld) continue;
        const isFirst = !finite.has(series);
        const isRewound = isFirst && (known?.isRewound ?? false);
        const before = isFirst && !isRewound ? (known?.last ?? null) : (finite.get(series) ?? null);
        found.push({ type: "points", series, steps, values: column, before, leg, isRewound });
        finite.set(series, lastFinite(steps, column) ?? before);
      }
    }
    for (const record of frame.records) {
      if (record.type === "finish") found.push(endOf(record.state, record.error?.message ?? null));
    }
  }
  for (const { id, title, text, level, step = null } of scripts) {
    found.push({ type: "script", id, title, text, level, step });
  }
  return found;
}

/** The last of some points that is finite. */
export function lastFinite(steps: Float64Array, values: Float64Array): FinitePoint | null {
  for (let index = values.length - 1; index >= 0; index--) {
    const value = values[index] ?? Number.NaN;
    if (Number.isFinite(value)) return { step: steps[index] ?? 0, value };
  }
  return null;
}

function endOf(state: RunState, error: string | null): Occurrence {
  return {
    type: "run_state",
    state,
    note: error === null ? `Its script said that it ${state}.` : `It ended with: ${error}`,
  };
}

export const stalledOccurrence: Occurrence = {
  type: "run_state",
  state: "stalled",
  note: "Nothing has been heard of its script for a while; its last heartbeat is too long ago.",
};
