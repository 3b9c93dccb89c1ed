import { type Firing, type Occurrence, reduceRule, subjectsOf } from "@tailbone/lifecycle/rules/reduce-rule";
import type { SubjectMemory } from "@tailbone/lifecycle/rules/rule-state";
import type { Frame } from "@tailbone/protocol/frame";
import type { AlertLevel } from "@tailbone/protocol/records";
import type { Condition } from "@tailbone/protocol/rules";
import type { RunState } from "@tailbone/protocol/run";
import { storable } from "@tailbone/protocol/text";
import { v7 as uuidv7 } from "uuid";
import type { Transaction } from "./database";
import { storableJson } from "./stored-text";

export interface ApplyRules {
  team: string;
  run: string;
  occurrences: readonly Occurrence[];
  nowMs: number;
}

interface RuleRow {
  id: string;
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
  const { team, run, occurrences, nowMs } = input;
  if (occurrences.length === 0) return [];
  const rules = await sql<RuleRow[]>`
    select id, condition, level, cooldown_ms as "cooldownMs", channels from rule
    where team_id = ${team} and enabled
      and (project_id is null or project_id = (select project_id from run where id = ${run} and team_id = ${team}))`;
  const memories = await readMemories(sql, run, rules, occurrences);
  const changed: Changed[] = [];
  const told: string[] = [];
  for (const rule of rules) {
    const before = memories.get(rule.id);
    if (before === undefined) continue;
    const after = new Map<string, SubjectMemory>();
    const firings: Firing[] = [];
    for (const occurrence of occurrences) {
      const recall = (subject: string) => after.get(subject) ?? before.get(storable(subject));
      const reduced = reduceRule(rule, recall, occurrence, nowMs);
      for (const [subject, memory] of reduced.memories) after.set(subject, memory);
      firings.push(...reduced.firings);
    }
    for (const [subject, memory] of after) changed.push({ rule: rule.id, subject, memory });
    for (const firing of firings) {
      const alert = await insertAlert(sql, input, rule, firing);
      if (alert !== null) told.push(alert);
    }
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
    select rule_id as rule, subject, series, told_ms as "toldMs"
    from unnest(${wanted.map(({ rule }) => rule)}::uuid[], ${wanted.map(({ subject }) => subject)}::text[])
      as wanted (rule_id, subject) join rule_state using (rule_id, subject)
    where run_id = ${run}`;
  for (const { rule, subject, series, toldMs } of rows) memories.get(rule)?.set(subject, { series, toldMs });
  return memories;
}

async function writeMemories(sql: Transaction, run: string, changed: readonly Changed[]): Promise<void> {
  if (changed.length === 0) return;
  await sql`
    insert into rule_state (rule_id, run_id, subject, series, told_ms)
    select rule_id, ${run}::uuid, subject, series::jsonb, told_ms
    from unnest(${changed.map(({ rule }) => rule)}::uuid[], ${changed.map(({ subject }) => storable(subject))}::text[],
      ${changed.map(({ memory: { series } }) => (series === null ? null : storableJson(series)))}::text[],
      ${changed.map(({ memory: { toldMs } }) => toldMs)}::float8[]) as new (rule_id, subject, series, told_ms)
    on conflict (rule_id, run_id, subject) do update set series = excluded.series, told_ms = excluded.told_ms`;
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
      on conflict (rule_id, run_id, key) do nothing returning id`;
    if (inserted.length === 0) return null;
  }
  if (rule.channels.length > 0) {
    await sql`
      insert into delivery (id, team_id, alert_id, channel_id, state, created_at_ms, due_ms)
      select gen_random_uuid(), ${team}, ${id}, channel.id, 'pending', ${nowMs}, ${nowMs}
      from channel where channel.team_id = ${team} and channel.id = any(${rule.channels}::uuid[])
      on conflict (alert_id, channel_id) do nothing`;
  }
  return id;
}

/** The page that shows what an alert tells of, below the dashboard's origin. */
function pathOf(run: string, isOfLife: boolean, feature: string | null): string {
  if (!isOfLife) return `/runs/${run}`;
  return `/runs/${run}?${new URLSearchParams({ tab: "life", ...(feature === null ? {} : { feature }) })}`;
}

/** What in frames the rules may wait for, besides lifecycle events. `scripts`: ids of the alerts that the script raised, in their order. */
export function occurrencesOf(frames: readonly Frame[], scripts: readonly string[]): Occurrence[] {
  const found: Occurrence[] = [];
  let script = 0;
  for (const frame of frames) {
    for (const { names, steps, values } of frame.groups) {
      for (const [index, series] of names.entries()) {
        found.push({ type: "points", series, steps, values: values[index] ?? new Float64Array() });
      }
    }
    for (const record of frame.records) {
      if (record.type === "alert") {
        const { title, text, level, step = null } = record;
        found.push({ type: "script", id: scripts[script++] ?? uuidv7(), title, text, level, step });
      } else if (record.type === "finish") {
        found.push(endOf(record.state, record.error?.message ?? null));
      }
    }
  }
  return found;
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
