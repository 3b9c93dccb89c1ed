import { type Firing, type Occurrence, reduceRule } from "@tailbone/lifecycle/rules/reduce-rule";
import { emptyRuleState, type RuleState } from "@tailbone/lifecycle/rules/rule-state";
import type { Frame } from "@tailbone/protocol/frame";
import type { AlertLevel } from "@tailbone/protocol/records";
import type { Condition } from "@tailbone/protocol/rules";
import type { RunState } from "@tailbone/protocol/run";
import { v7 as uuidv7 } from "uuid";
import type { Transaction } from "./database";
import { jsonb, storable } from "./stored-text";

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
  state: RuleState | null;
}

/**
 * Lets the team's rules see what has happened in a run, in the transaction in which it is stored: an alert and one outbox row for each
 * of its channels are there if and only if what they tell of is. Returns the ids of new alerts. Costs one query when nothing fires.
 */
export async function applyRules(sql: Transaction, input: ApplyRules): Promise<string[]> {
  const { team, run, occurrences, nowMs } = input;
  if (occurrences.length === 0) return [];
  const rules = await sql<RuleRow[]>`
    select rule.id, rule.condition, rule.level, rule.cooldown_ms as "cooldownMs", rule.channels, rule_state.state
    from rule left join rule_state on rule_state.rule_id = rule.id and rule_state.run_id = ${run}
    where rule.team_id = ${team} and rule.enabled
      and (rule.project_id is null or rule.project_id = (select project_id from run where id = ${run} and team_id = ${team}))`;
  const told: string[] = [];
  for (const rule of rules) {
    const before = rule.state ?? emptyRuleState();
    let state = before;
    const firings: Firing[] = [];
    for (const occurrence of occurrences) {
      const result = reduceRule(rule, state, occurrence, nowMs);
      state = result.state;
      firings.push(...result.firings);
    }
    if (state !== before) {
      await sql`
        insert into rule_state (rule_id, run_id, state) values (${rule.id}, ${run}, ${jsonb(sql, state)})
        on conflict (rule_id, run_id) do update set state = excluded.state`;
    }
    for (const firing of firings) {
      const alert = await insertAlert(sql, input, rule, firing);
      if (alert !== null) told.push(alert);
    }
  }
  return told;
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
