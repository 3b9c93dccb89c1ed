import type { LifecycleEvent } from "@tailbone/protocol/lifecycle";
import type { AlertLevel } from "@tailbone/protocol/records";
import type { Condition } from "@tailbone/protocol/rules";
import type { RunState } from "@tailbone/protocol/run";
import { nameEvent } from "../say-event";
import { emptySeries, type RuleState } from "./rule-state";
import { describe, fitsSeries, holdsAt, type SeriesCondition } from "./series-condition";

/** What happened in a run that a rule may wait for. Points of one series, in the order in which they came. */
export type Occurrence =
  | { type: "events"; events: readonly LifecycleEvent[] }
  | { type: "points"; series: string; steps: ArrayLike<number>; values: ArrayLike<number> }
  | { type: "run_state"; state: RunState; note: string }
  | { type: "script"; id: string; title: string; text: string; level: AlertLevel; step: number | null };

/** What a rule has to say. `key` is the same whenever it is said of the same thing. */
export interface Firing {
  key: string;
  title: string;
  text: string;
  feature: string | null;
  after: number | null;
  by: number | null;
  evidence: string;
  /** The alert that the script has raised itself; null: a new one. */
  existing: string | null;
}

export interface RuleInput {
  readonly condition: Condition;
  readonly cooldownMs: number;
}

const graveness: Record<AlertLevel, number> = { info: 0, warning: 1, error: 2 };

interface Candidate extends Firing {
  subject: string;
}

/**
 * Lets a rule see one occurrence of a run at time `nowMs`. Returns what it remembers from then on (the argument is left as it was;
 * the same object when nothing has changed) and what it says. Within `cooldownMs` it says nothing more of the same subject: a feature, a series, the run.
 */
export function reduceRule(
  { condition, cooldownMs }: RuleInput,
  before: RuleState,
  occurrence: Occurrence,
  nowMs: number,
): { state: RuleState; firings: Firing[] } {
  const { state, candidates } = match(condition, before, occurrence, nowMs);
  const firings: Firing[] = [];
  const toldMs = { ...state.toldMs };
  for (const { subject, ...firing } of candidates) {
    const told = toldMs[subject];
    if (told !== undefined && nowMs - told < cooldownMs) continue;
    toldMs[subject] = nowMs;
    firings.push(firing);
  }
  return { state: firings.length === 0 ? state : { ...state, toldMs }, firings };
}

function match(
  condition: Condition,
  state: RuleState,
  occurrence: Occurrence,
  nowMs: number,
): { state: RuleState; candidates: Candidate[] } {
  switch (occurrence.type) {
    case "events":
      return { state, candidates: condition.type === "lifecycle" ? matchEvents(condition, occurrence.events) : [] };
    case "points":
      if (!("series" in condition) || !fitsSeries(condition.series, occurrence.series))
        return { state, candidates: [] };
      return matchPoints(condition, state, occurrence);
    case "run_state": {
      if (condition.type !== "run_state" || !condition.states.includes(occurrence.state)) {
        return { state, candidates: [] };
      }
      const candidate = plain(`${occurrence.state}@${nowMs}`, `The run is ${occurrence.state}`, occurrence.note);
      return { state, candidates: [{ ...candidate, subject: `state:${occurrence.state}` }] };
    }
    case "script": {
      if (condition.type !== "script" || graveness[occurrence.level] < graveness[condition.level]) {
        return { state, candidates: [] };
      }
      const candidate = plain(occurrence.id, occurrence.title, occurrence.text);
      return {
        state,
        candidates: [
          { ...candidate, by: occurrence.step, existing: occurrence.id, subject: `script:${occurrence.title}` },
        ],
      };
    }
  }
}

const plain = (key: string, title: string, text: string): Firing => ({
  key,
  title,
  text,
  feature: null,
  after: null,
  by: null,
  evidence: text,
  existing: null,
});

function matchEvents(
  { feature, to }: Extract<Condition, { type: "lifecycle" }>,
  events: readonly LifecycleEvent[],
): Candidate[] {
  return events
    .filter((event) => (feature === null || feature === event.feature) && to.includes(event.to))
    .map((event) => ({
      key: `${event.feature}/${event.to}/${event.by}`,
      subject: `feature:${event.feature}/${event.to}`,
      title: nameEvent(event),
      text: `It was ${event.from}${event.after === null ? "" : ` at step ${event.after}`} and is ${event.to} by step ${event.by}.`,
      feature: event.feature,
      after: event.after,
      by: event.by,
      evidence: event.sentence,
      existing: null,
    }));
}

function matchPoints(
  condition: SeriesCondition,
  state: RuleState,
  { series, steps, values }: Extract<Occurrence, { type: "points" }>,
): { state: RuleState; candidates: Candidate[] } {
  const known = state.series[series];
  const memory = known === undefined ? emptySeries() : { ...known, window: [...known.window] };
  const candidates: Candidate[] = [];
  // What is looked for by itself needs no memory until it is found: nothing is written for a series that is well.
  let changed = condition.type !== "nan";
  for (let index = 0; index < values.length; index++) {
    const step = steps[index] ?? 0;
    const evidence = holdsAt(condition, memory, step, values[index] ?? Number.NaN);
    if (evidence !== null && !memory.holds) {
      const title = describe(condition, series);
      const text = `At step ${step}: ${evidence}.`;
      const after = memory.lastStep;
      candidates.push({ ...plain(`${series}@${step}`, title, text), after, by: step, subject: `series:${series}` });
    }
    const holds = evidence !== null;
    if (holds !== memory.holds) changed = true;
    memory.holds = holds;
    memory.lastStep = step;
  }
  if (!changed) return { state, candidates };
  return { state: { ...state, series: { ...state.series, [series]: memory } }, candidates };
}
