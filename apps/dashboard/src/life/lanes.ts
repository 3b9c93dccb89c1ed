import type { Feature, RunEvent } from "@tailbone/protocol/http";
import type { FeatureState } from "@tailbone/protocol/reading";
import { formatStep } from "../format/number";

/** Where one state gives way to another: after one step, and by another. */
interface Edge {
  readonly after: number;
  readonly by: number;
}

interface LaneSpan {
  readonly state: FeatureState;
  readonly start: Edge;
  readonly end: Edge;
}

/** A feature's life as it is drawn: its states over the steps, without gaps, from its first reading to its last. */
export interface Lane {
  readonly feature: string;
  readonly state: FeatureState;
  readonly spans: readonly LaneSpan[];
  /** By step. */
  readonly events: readonly RunEvent[];
  /** The state now, and since when, in words. */
  readonly sentence: string;
}

/** At the end what had been latent is called a spandrel: nothing has happened to it then, so its span has the name from its start. */
export const isRenaming = ({ from, to }: Pick<RunEvent, "from" | "to">): boolean =>
  from === "latent" && to === "spandrel";

const sharp = (step: number): Edge => ({ after: step, by: step });

export const isSkipped = ({ marks }: Pick<Feature["readings"][number], "marks">): boolean => marks.includes("skipped");

/** Makes a lane of a feature's readings and of its run's events. What the events say of its state is newer than the feature itself. */
export function laneOf(feature: Feature, runEvents: readonly RunEvent[]): Lane {
  const events = runEvents
    .filter((event) => event.feature === feature.name)
    .toSorted((a, b) => a.by - b.by || a.decidedAt - b.decidedAt);
  const state = events.at(-1)?.to ?? feature.state;
  const steps = feature.readings.filter((reading) => !isSkipped(reading)).map(({ step }) => step);
  const known = [...steps, ...events.flatMap(({ after, by, decidedAt }) => [after ?? by, by, decidedAt])];
  if (known.length === 0) {
    return { feature: feature.name, state, spans: [], events, sentence: "not measured yet" };
  }
  const first = Math.min(...known);
  const spans: LaneSpan[] = [];
  let start = sharp(first);
  for (const event of events) {
    if (isRenaming(event)) continue;
    const after = Math.max(start.by, event.after ?? first);
    const end: Edge = { after, by: Math.max(after, event.by) };
    if (end.by > start.after) spans.push({ state: event.from, start, end });
    start = end;
  }
  const last = Math.max(start.by, ...known);
  spans.push({ state, start, end: sharp(last) });
  return { feature: feature.name, state, spans, events, sentence: describeState(state, events) };
}

/** An interval of steps in words: `1 800–2 000`. */
export const formatInterval = (after: number | null, by: number): string =>
  after === null || after === by ? formatStep(by) : `${formatStep(after)}–${formatStep(by)}`;

function describeState(state: FeatureState, events: readonly RunEvent[]): string {
  const last = events.at(-1);
  const isInherited = events.some(({ to, after }) => to === "latent" && after === null);
  if (state === "spandrel") return `spandrel${isInherited ? " (inherited)" : ""}`;
  if (last === undefined) return state === "absent" ? "absent so far" : state;
  if (last.after === null) return `${state} from the start${state === "latent" ? " (inherited)" : ""}`;
  return `${state} since ${formatInterval(last.after, last.by)}`;
}
