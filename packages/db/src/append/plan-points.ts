import type { Group } from "@tailbone/protocol/frame";
import { LIMITS } from "@tailbone/protocol/limits";
import { storable } from "@tailbone/protocol/text";
import { type Chunk, joinPoints, makeChunks, SEALED_POINTS } from "@tailbone/series/chunk";
import { planMerge } from "@tailbone/series/merge-plan";
import { mergeSummaries, NOTHING, type Points, type Summary } from "@tailbone/series/summary";
import type { series as seriesTable } from "../schema/run";
import type { Numbers } from "./give-numbers";
import { countLegs, type LegCount, type RunLegs } from "./run-legs";

/** A series as it stands, with what its next points depend on. */
export type SeriesRow = Summary &
  Pick<typeof seriesTable.$inferSelect, "number" | "name" | "nextOrdinal" | "tail" | "legs">;

/** A stored chunk that is not sealed yet. */
interface TailChunk {
  ordinal: number;
  level: number;
  count: number;
  leg: number;
}

/** New points of one series, and the stored chunks that become one with them. */
export interface Plan {
  number: number;
  name: string;
  leg: number;
  /** Undefined: the series is new. */
  row: SeriesRow | undefined;
  points: Points;
  counted: LegCount;
  kept: TailChunk[];
  absorbed: TailChunk[];
  level: number;
}

/** A series as it will stand when its new points are stored, and the chunks that are to be written for it. */
export interface Append {
  number: number;
  name: string;
  isNew: boolean;
  counted: LegCount;
  summary: Summary;
  nextOrdinal: number;
  tail: TailChunk[];
  chunks: { ordinal: number; level: number; chunk: Chunk }[];
}

/** The points of each series by its name, in the order of their arrival. */
export function collectPoints(groups: readonly Group[]): Map<string, Points> {
  const parts = new Map<string, Points[]>();
  for (const { names, steps, timesMs, values } of groups) {
    for (const [index, name] of names.entries()) {
      const column = values[index];
      if (column === undefined) continue;
      const key = storable(name);
      const list = parts.get(key);
      if (list === undefined) parts.set(key, [{ steps, timesMs, values: column }]);
      else list.push({ steps, timesMs, values: column });
    }
  }
  return new Map([...parts].map(([name, list]) => [name, joinPoints(list)]));
}

/**
 * Plans where new points go, in series that are there or are new. `leftOut`: how many points have no place because the
 * run already has as many series as one may have.
 */
export function planPoints(
  arrived: ReadonlyMap<string, Points>,
  { legs, known, series, numbers }: { legs: RunLegs; known: readonly SeriesRow[]; series: number; numbers: Numbers },
): { plans: Plan[]; leftOut: number } {
  const rows = new Map(known.map((row) => [row.name, row]));
  let free = LIMITS.seriesPerRun - series;
  let leftOut = 0;
  const plans: Plan[] = [];
  for (const [name, points] of arrived) {
    const row = rows.get(name);
    if (row === undefined && free <= 0) {
      leftOut += points.steps.length;
      continue;
    }
    if (row === undefined) free--;
    plans.push(planSeries(row?.number ?? numbers.give(1) + 1, name, row, points, legs));
  }
  return { plans, leftOut };
}

/** Chunks of one leg are merged with one another only, whatever came between them. */
function planSeries(number: number, name: string, row: SeriesRow | undefined, points: Points, legs: RunLegs): Plan {
  const { leg } = legs;
  const tail = readTail(row?.tail ?? []);
  const before = tail.filter((one) => one.leg === leg);
  const merge = planMerge([...before, { level: 0, count: points.steps.length }]);
  const absorbed = merge === null ? [] : before.slice(before.length + 1 - merge.length);
  return {
    number,
    name,
    leg,
    row,
    points,
    counted: countLegs(row, points, legs),
    kept: absorbed.length === 0 ? tail : tail.filter((one) => !absorbed.includes(one)),
    absorbed,
    level: merge?.level ?? 0,
  };
}

function readTail(numbers: readonly number[]): TailChunk[] {
  const tail: TailChunk[] = [];
  for (let index = 0; index + 3 < numbers.length; index += 4) {
    const [ordinal = 0, level = 0, count = 0, leg = 1] = numbers.slice(index, index + 4);
    tail.push({ ordinal, level, count, leg });
  }
  return tail;
}

/** What comes of a plan, with the points of the chunks that it absorbs, in the order of their arrival. */
export function carryOut(planned: Plan, absorbedPoints: readonly Points[]): Append {
  const { number, name, leg, row, points, counted, kept, absorbed, level } = planned;
  const arrived = makeChunks(points);
  const counting = counted.line === points ? arrived : counted.line === null ? [] : makeChunks(counted.line);
  const summary = counting.reduce((all, { summary: one }) => mergeSummaries(all, one), row ?? NOTHING);
  const ordinal = row?.nextOrdinal ?? 0;
  // Places of chunks that are gone are taken again, so that a leg's chunks stay in the order of arrival.
  const free = absorbed.map((one) => one.ordinal);
  const made = absorbedPoints.length === 0 ? arrived : makeChunks(joinPoints([...absorbedPoints, points]));
  const chunks = made.map((chunk, index) => ({
    ordinal: free[index] ?? ordinal + index - free.length,
    level,
    chunk,
  }));
  const open = chunks
    .map((one) => ({ ordinal: one.ordinal, level, count: one.chunk.summary.count, leg }))
    .filter(({ count }) => count < SEALED_POINTS);
  const nextOrdinal = Math.max(ordinal + 1, 1 + (chunks.at(-1)?.ordinal ?? 0));
  return {
    number,
    name,
    isNew: row === undefined,
    counted,
    summary,
    nextOrdinal,
    tail: [...kept, ...open],
    chunks,
  };
}
