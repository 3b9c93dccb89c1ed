import { type Firing, type Occurrence, reduceRule } from "@tailbone/lifecycle/rules/reduce-rule";
import type { SubjectMemory, Swallowed } from "@tailbone/lifecycle/rules/rule-state";
import type { FinitePoint } from "@tailbone/lifecycle/rules/series-condition";
import type { Frame } from "@tailbone/protocol/frame";
import { ruleSchema } from "@tailbone/protocol/rules";
import type { RunState } from "@tailbone/protocol/run";
import { storable } from "@tailbone/protocol/text";
import { readRows, UNREADABLE_HINT } from "@tailbone/protocol/unreadable";
import { v7 as uuidv7 } from "uuid";
import type { z } from "zod";
import { rule as ruleTable } from "../schema/run";
import { type RowOf, selectColumns } from "../schema/select-columns";
import type { Transaction } from "../server/database";
import { ALERT_CAPS, type AlertCaps, capFirings, type ScriptAlert } from "./cap-alerts";
import { type Changed, readMemories, visibleTo, writeMemories } from "./rule-memory";

export interface ApplyRules {
  team: string;
  run: string;
  occurrences: readonly Occurrence[];
  nowMs: number;
  /** Default: those of a hub that is not told others. */
  caps?: AlertCaps;
}

const columns = selectColumns(ruleTable, "id", "name", "condition", "level", "cooldownMs", "channels");
const watchingSchema = ruleSchema.omit({ project: true, enabled: true });
type Watching = z.infer<typeof watchingSchema>;

/**
 * Lets the team's rules see what has happened in a run, in the transaction in which it is stored: an alert and one
 * outbox row for each of its channels are there if and only if what they tell of is. Returns the ids of new alerts.
 * Costs one query when no rule looks at any of it, and else touches what the rules remember of the subjects that
 * something has come of, and of no others.
 */
export async function applyRules(sql: Transaction, input: ApplyRules): Promise<string[]> {
  const { team, run, occurrences, nowMs, caps = ALERT_CAPS } = input;
  if (occurrences.length === 0) return [];
  const rows = await sql<RowOf<typeof columns>[]>`
    select ${columns.list(sql)} from rule
    where team_id = ${team} and enabled
      and (project_id is null or project_id = (select project_id from run where id = ${run} and team_id = ${team}))`;
  // Those that cannot be read look at nothing; the list of rules says so.
  const { values: rules } = readRows(watchingSchema, rows, ({ id, name }) => ({ what: "rule", id, name }));
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
    for (const occurrence of visibleTo(rule.condition, occurrences, before)) {
      const recall = (subject: string) => after.get(subject) ?? before.known.get(storable(subject));
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
    const still = [...before.unreadable].map(([subject, reason]) => standStill(rule.name, subject, reason));
    for (const firing of [...still, ...said]) {
      const alert = await insertAlert(sql, input, rule, firing);
      if (alert !== null) told.push(alert);
    }
    for (const [subject, memory] of after) changed.push({ rule: rule.id, subject, memory });
    await countSwallowed(sql, run, rule.id, swallowed);
  }
  await writeMemories(sql, run, changed);
  return told;
}

/** Said once of a run, because it has a key of its own. */
const standStill = (rule: string, subject: string, reason: string): Firing => ({
  key: `unreadable:${subject}`,
  title: `The rule ${rule} stands still`,
  text: `What it remembers of ${subject} cannot be read (${reason}), and it looks at that no more. ${UNREADABLE_HINT}`,
  feature: null,
  after: null,
  by: null,
  evidence: "",
  existing: null,
});

/**
 * Counts at an alert what the rule's cooldown has kept silent since. One that the script has raised has its own id for
 * a key.
 */
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
  rule: Watching,
  firing: Firing,
): Promise<string | null> {
  const id = firing.existing ?? uuidv7();
  if (firing.existing === null) {
    const inserted = await sql`
      insert into alert (id, team_id, run_id, rule_id, kind, key, title, text, level, feature, after, by, evidence, step, time_ms)
      values (${id}, ${team}, ${run}, ${rule.id}, ${rule.condition.type}, ${storable(firing.key)}, ${storable(firing.title)},
        ${storable(firing.text)}, ${rule.level}, ${firing.feature}, ${firing.after}::float8, ${firing.by}::float8,
        ${storable(firing.evidence)}, ${firing.by}::float8, ${nowMs})
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

/** What rules are told of a series beside its new points. */
export interface SeriesPast {
  /** The last point that is stored. */
  readonly last: FinitePoint | null;
  /** A later leg has points of the series: these are not what the training does now. */
  readonly isOld: boolean;
  readonly isRewound: boolean;
}

/**
 * What in frames the rules may wait for, besides lifecycle events. `scripts`: the alerts that the script raised, as
 * they are kept; `past`: of series by name. Points of a leg that another goes on from are not among it.
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
