import { isErasure, sayMeans } from "@tailbone/lifecycle/claim";
import { judgeReading, movesState } from "@tailbone/lifecycle/judge-reading";
import { completeSettings } from "@tailbone/lifecycle/settings";
import type { Feature, RunEvent } from "@tailbone/protocol/http";
import type { Doubt } from "@tailbone/protocol/lifecycle";
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
  /** Why the state is undecided; null: it is settled. */
  readonly doubt: Doubt | null;
  readonly spans: readonly LaneSpan[];
  /** By step. */
  readonly events: readonly RunEvent[];
  /** The state now, since when, and how sure it is, in words. */
  readonly sentence: string;
}

/** What is told of a feature that does not change its state: that it is undecided, or no longer. */
export const isOfDoubt = ({ from, to }: Pick<RunEvent, "from" | "to">): boolean => from === to;

/**
 * At the end what had been latent is called a spandrel: nothing has happened to it then, so its span has the name from
 * its start.
 */
export const isRenaming = ({ from, to }: Pick<RunEvent, "from" | "to">): boolean =>
  from === "latent" && to === "spandrel";

const sharp = (step: number): Edge => ({ after: step, by: step });

export const isSkipped = ({ marks }: Pick<Feature["readings"][number], "marks">): boolean => marks.includes("skipped");

/**
 * Makes a lane of a feature's readings and of its run's events. What the events say of its state is newer than the
 * feature itself.
 */
export function laneOf(feature: Feature, runEvents: readonly RunEvent[]): Lane {
  const events = runEvents
    .filter((event) => event.feature === feature.name)
    .toSorted((a, b) => a.by - b.by || a.decidedAt - b.decidedAt);
  const { to: state, doubt } = events.at(-1) ?? { to: feature.state, doubt: feature.doubt };
  const steps = feature.readings.filter((reading) => !isSkipped(reading)).map(({ step }) => step);
  const known = [...steps, ...events.flatMap(({ after, by, decidedAt }) => [after ?? by, by, decidedAt])];
  if (known.length === 0) {
    return { feature: feature.name, state, doubt, spans: [], events, sentence: "not measured yet" };
  }
  const first = Math.min(...known);
  const spans: LaneSpan[] = [];
  let start = sharp(first);
  for (const event of events) {
    if (isRenaming(event) || isOfDoubt(event)) continue;
    const after = Math.max(start.by, event.after ?? first);
    const end: Edge = { after, by: Math.max(after, event.by) };
    if (end.by > start.after) spans.push({ state: event.from, start, end });
    start = end;
  }
  const last = Math.max(start.by, ...known);
  spans.push({ state, start, end: sharp(last) });
  const sentence = `${describeState(state, events)}${describeStanding(feature, state, events, doubt)}`;
  return { feature: feature.name, state, doubt, spans, events, sentence };
}

/** An interval of steps in words: `1 800–2 000`. */
export const formatInterval = (after: number | null, by: number): string =>
  after === null || after === by ? formatStep(by) : `${formatStep(after)}–${formatStep(by)}`;

function describeState(state: FeatureState, events: readonly RunEvent[]): string {
  const last = events.findLast((event) => !isOfDoubt(event));
  const isInherited = events.some(({ to, after }) => to === "latent" && after === null);
  if (state === "spandrel") return `spandrel${isInherited ? " (inherited)" : ""}`;
  if (last === undefined) return state === "absent" ? "absent so far" : state;
  if (last.after === null) return `${state} from the start${state === "latent" ? " (inherited)" : ""}`;
  return `${state} since ${formatInterval(last.after, last.by)}`;
}

/**
 * How sure the state is: why it is undecided, what has shown its use if that was one layer's erasure, or how the use of
 * a latent feature looks.
 */
function describeStanding(
  feature: Feature,
  state: FeatureState,
  events: readonly RunEvent[],
  doubt: Doubt | null,
): string {
  const { layer, settings, readings } = feature;
  const claim = events.at(-1)?.claim;
  const newest = readings.findLast((one) => movesState(one) && (one.used !== null || one.benefit !== null));
  const erasure = sayMeans({ means: newest?.intervention ?? null, layer });
  if (doubt === "coverage") return "; undecided: no use is seen, but too little of its training was measured";
  if (doubt === "erasure") return `; undecided: ${erasure} shows no use, and one layer's erasure ends no life`;
  if (state === "latent" && newest !== undefined) {
    const { use } = judgeReading(newest, completeSettings(settings), { layer });
    return use === "unused" ? ", not used" : ": no benefit shown yet";
  }
  return claim !== undefined && isErasure(claim.means) ? `, by ${sayMeans(claim)}` : "";
}
