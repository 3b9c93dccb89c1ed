import type { LifecycleEvent } from "@tailbone/protocol/lifecycle";
import type { FeatureState } from "@tailbone/protocol/reading";
import type { AlertLevel } from "@tailbone/protocol/records";
import type { Condition } from "@tailbone/protocol/rules";
import type { RunState } from "@tailbone/protocol/run";
import { fitsSeries } from "@tailbone/protocol/series-pattern";
import { nameEvent } from "../say-event";
import { formatStep } from "../say-number";
import { endsOf } from "../transitions";
import { emptySeries, emptySubject, type SeriesMemory, type SubjectMemory, type Swallowed } from "./rule-state";
import {
  describe,
  type FinitePoint,
  holdsAt,
  type SeriesCondition,
  sayLastFinite,
  sayNotFinite,
} from "./series-condition";

/** What happened in a run that a rule may wait for. Points of one series, in the order in which they came. */
export type Occurrence =
  | { type: "events"; events: readonly LifecycleEvent[] }
  | PointsOccurrence
  | { type: "run_state"; state: RunState; note: string }
  | { type: "script"; id: string; title: string; text: string; level: AlertLevel; step: number | null };

export interface PointsOccurrence {
  type: "points";
  series: string;
  steps: ArrayLike<number>;
  values: ArrayLike<number>;
  /** The last finite point of the series before these, as far as one is known. */
  before?: FinitePoint | null;
  /** The leg of the run that logged them; the first if missing. */
  leg?: number;
  /**
   * The leg begins with them, and goes back over steps of an earlier one: what was remembered of that no longer counts.
   */
  isRewound?: boolean;
}

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
  /** For what was told before, by its key: what the cooldown has kept silent since, all of it. */
  swallowed: ReadonlyMap<string, Swallowed>;
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
 * Lets a rule see one occurrence of a run at time `nowMs`. Returns what it remembers from then on, where that has
 * changed, and what it says. Within `cooldownMs` it says nothing more of the same subject.
 */
export function reduceRule(
  { condition, cooldownMs }: RuleInput,
  recall: Recall,
  occurrence: Occurrence,
  nowMs: number,
): Reduced {
  const memories = new Map<string, SubjectMemory>();
  const firings: Firing[] = [];
  const swallowed = new Map<string, Swallowed>();
  if (subjectsOf(condition, occurrence).length === 0) return { memories, firings, swallowed };
  const { seen, candidates } = match(condition, recall, occurrence, nowMs);
  const known = (subject: string): SubjectMemory => memories.get(subject) ?? recall(subject) ?? emptySubject;
  if (seen !== null) memories.set(seen.subject, { ...known(seen.subject), series: seen.memory });
  for (const { subject, ...firing } of candidates) {
    const memory = known(subject);
    if (memory.toldMs !== null && nowMs - memory.toldMs < cooldownMs) {
      const kept = swallow(memory.swallowed, firing.by);
      memories.set(subject, { ...memory, swallowed: kept });
      if (memory.toldKey !== null) swallowed.set(memory.toldKey, kept);
      continue;
    }
    memories.set(subject, { ...memory, toldMs: nowMs, toldKey: firing.key, swallowed: null });
    if (memory.swallowed === null) firings.push(firing);
    else {
      const said = saySwallowed(memory.swallowed);
      firings.push({ ...firing, text: `${firing.text} ${said}`, evidence: `${firing.evidence} ${said}` });
    }
  }
  return { memories, firings, swallowed };
}

const swallow = (before: Swallowed | null, step: number | null): Swallowed => ({
  count: (before?.count ?? 0) + 1,
  from: before?.from ?? step,
  to: step ?? before?.to ?? null,
});

/** What an alert says of those that the rule's cooldown has kept silent since the one before it. */
function saySwallowed({ count, from, to }: Swallowed): string {
  const steps = from === null || to === null ? "" : from === to ? `, at step ${from}` : `, at steps ${from} to ${to}`;
  const times = count === 1 ? "once" : `${count} times`;
  return `Since the alert before, the rule's cooldown has kept silent that it fired ${times}${steps}.`;
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
 * The states whose watchers an event is for. Of a feature that erasures alone show out of use those are told who wait
 * for its end: that it is undecided. That too little was measured so far is told on the page.
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
      evidence: `${event.sentence}\n${event.evidence}`.trim(),
      existing: null,
    }));
}

function matchPoints(
  condition: SeriesCondition,
  recall: Recall,
  { series, steps, values, before = null, leg = 1, isRewound = false }: PointsOccurrence,
): Match {
  const subject = subjectOfSeries(series);
  const remembered = recall(subject)?.series ?? null;
  const known = isRewound ? null : remembered;
  const memory = known === null ? emptySeries() : { ...known, window: [...known.window] };
  const candidates: Candidate[] = [];
  // What is looked for by itself needs no memory until it is found: nothing is written for a series that is well.
  let changed = condition.type !== "nan" || known !== remembered;
  let finite = before;
  for (let index = 0; index < values.length; index++) {
    const step = steps[index] ?? 0;
    const value = values[index] ?? Number.NaN;
    const evidence = holdsAt(condition, memory, step, value);
    if (evidence !== null && !memory.holds) {
      // A later leg may come to the same step again.
      const key = leg === 1 ? `${series}@${step}` : `${series}@${step}#${leg}`;
      const isOfNan = condition.type === "nan";
      const title = isOfNan ? sayNotFinite(series, step, value) : describe(condition, series);
      const text = isOfNan ? sayLastFinite(step, value, finite) : `At step ${step}: ${evidence}.`;
      const after = isOfNan ? (finite?.step ?? null) : memory.lastStep;
      candidates.push({ ...plain(key, title, text), after, by: step, subject });
    }
    if (Number.isFinite(value)) finite = { step, value };
    const holds = evidence !== null;
    if (holds !== memory.holds) changed = true;
    memory.holds = holds;
    memory.lastStep = step;
  }
  return { seen: changed ? { subject, memory } : null, candidates };
}
