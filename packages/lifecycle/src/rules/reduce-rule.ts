import type { LifecycleEvent } from "@tailbone/protocol/lifecycle";
import type { FeatureState } from "@tailbone/protocol/reading";
import type { AlertLevel } from "@tailbone/protocol/records";
import type { Condition } from "@tailbone/protocol/rules";
import type { RunState } from "@tailbone/protocol/run";
import { nameEvent } from "../say-event";
import { formatStep } from "../say-number";
import { endsOf } from "../transitions";
import { emptySeries, type SeriesMemory, type SubjectMemory } from "./rule-state";
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

/** What a rule remembers of a subject, as far as it does. */
export type Recall = (subject: string) => SubjectMemory | undefined;

export interface Reduced {
  /** The memories that have changed; what was recalled is left as it was. */
  memories: ReadonlyMap<string, SubjectMemory>;
  firings: Firing[];
}

const subjectOfSeries = (series: string): string => `series:${series}`;
const subjectOfEvent = ({ feature, to, doubt }: LifecycleEvent): string =>
  `feature:${feature}/${doubt === null ? to : "undecided"}`;
const subjectOfState = (state: RunState): string => `state:${state}`;
const subjectOfScript = (title: string): string => `script:${title}`;

/** The subjects whose memories a rule needs to see an occurrence; none: it does not look at it. */
export function subjectsOf(condition: Condition, occurrence: Occurrence): string[] {
  switch (occurrence.type) {
    case "events":
      return condition.type === "lifecycle"
        ? occurrence.events.filter((event) => fitsEvent(condition, event)).map(subjectOfEvent)
        : [];
    case "points":
      return "series" in condition && fitsSeries(condition.series, occurrence.series)
        ? [subjectOfSeries(occurrence.series)]
        : [];
    case "run_state":
      return condition.type === "run_state" && condition.states.includes(occurrence.state)
        ? [subjectOfState(occurrence.state)]
        : [];
    case "script":
      return condition.type === "script" && graveness[occurrence.level] >= graveness[condition.level]
        ? [subjectOfScript(occurrence.title)]
        : [];
  }
}

/**
 * Lets a rule see one occurrence of a run at time `nowMs`. Returns what it remembers from then on, where that has changed, and what it says. Within
 * `cooldownMs` it says nothing more of the same subject.
 */
export function reduceRule(
  { condition, cooldownMs }: RuleInput,
  recall: Recall,
  occurrence: Occurrence,
  nowMs: number,
): Reduced {
  const memories = new Map<string, SubjectMemory>();
  const firings: Firing[] = [];
  if (subjectsOf(condition, occurrence).length === 0) return { memories, firings };
  const { seen, candidates } = match(condition, recall, occurrence, nowMs);
  const known = (subject: string): SubjectMemory =>
    memories.get(subject) ?? recall(subject) ?? { series: null, toldMs: null };
  if (seen !== null) memories.set(seen.subject, { ...known(seen.subject), series: seen.memory });
  for (const { subject, ...firing } of candidates) {
    const memory = known(subject);
    if (memory.toldMs !== null && nowMs - memory.toldMs < cooldownMs) continue;
    memories.set(subject, { ...memory, toldMs: nowMs });
    firings.push(firing);
  }
  return { memories, firings };
}

interface Match {
  /** A series whose memory has changed. */
  seen: { subject: string; memory: SeriesMemory } | null;
  candidates: Candidate[];
}

function match(condition: Condition, recall: Recall, occurrence: Occurrence, nowMs: number): Match {
  switch (occurrence.type) {
    case "events":
      return {
        seen: null,
        candidates: condition.type === "lifecycle" ? matchEvents(condition, occurrence.events) : [],
      };
    case "points":
      return "series" in condition ? matchPoints(condition, recall, occurrence) : { seen: null, candidates: [] };
    case "run_state": {
      const { state, note } = occurrence;
      const candidate = plain(`${state}@${nowMs}`, `The run is ${state}`, note);
      return { seen: null, candidates: [{ ...candidate, subject: subjectOfState(state) }] };
    }
    case "script": {
      const { id, title, text, step } = occurrence;
      const candidate = plain(id, title, text);
      return {
        seen: null,
        candidates: [{ ...candidate, by: step, existing: id, subject: subjectOfScript(title) }],
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

type LifecycleCondition = Extract<Condition, { type: "lifecycle" }>;

const fitsEvent = ({ feature, to }: LifecycleCondition, event: LifecycleEvent): boolean =>
  (feature === null || feature === event.feature) && statesTold(event).some((state) => to.includes(state));

/**
 * The states whose watchers an event is for. Of a feature that erasures alone show out of use those are told who wait for its end: that it is undecided. That
 * too little was measured so far is told on the page.
 */
function statesTold({ from, to, doubt }: LifecycleEvent): FeatureState[] {
  if (doubt === "erasure" && from === to) return endsOf(from);
  return doubt === null && from !== to ? [to] : [];
}

function textOf({ from, to, doubt, after, by }: LifecycleEvent): string {
  const was = `It was ${from}${after === null ? "" : ` at step ${formatStep(after)}`}`;
  return doubt === null
    ? `${was} and is ${to} by step ${formatStep(by)}.`
    : `${was} and shows no use by step ${formatStep(by)}, which does not end its life.`;
}

function matchEvents(condition: LifecycleCondition, events: readonly LifecycleEvent[]): Candidate[] {
  return events
    .filter((event) => fitsEvent(condition, event))
    .map((event) => ({
      key: `${event.feature}/${event.doubt === null ? event.to : "undecided"}/${event.by}`,
      subject: subjectOfEvent(event),
      title: nameEvent(event),
      text: textOf(event),
      feature: event.feature,
      after: event.after,
      by: event.by,
      evidence: `${event.sentence} ${event.evidence}`.trim(),
      existing: null,
    }));
}

function matchPoints(
  condition: SeriesCondition,
  recall: Recall,
  { series, steps, values }: Extract<Occurrence, { type: "points" }>,
): Match {
  const subject = subjectOfSeries(series);
  const known = recall(subject)?.series ?? null;
  const memory = known === null ? emptySeries() : { ...known, window: [...known.window] };
  const candidates: Candidate[] = [];
  // What is looked for by itself needs no memory until it is found: nothing is written for a series that is well.
  let changed = condition.type !== "nan";
  for (let index = 0; index < values.length; index++) {
    const step = steps[index] ?? 0;
    const evidence = holdsAt(condition, memory, step, values[index] ?? Number.NaN);
    if (evidence !== null && !memory.holds) {
      const title = describe(condition, series);
      const text = `At step ${step}: ${evidence}.`;
      candidates.push({ ...plain(`${series}@${step}`, title, text), after: memory.lastStep, by: step, subject });
    }
    const holds = evidence !== null;
    if (holds !== memory.holds) changed = true;
    memory.holds = holds;
    memory.lastStep = step;
  }
  return { seen: changed ? { subject, memory } : null, candidates };
}
