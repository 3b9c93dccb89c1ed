import type { Group } from "@tailbone/protocol/frame";
import { LIMITS } from "@tailbone/protocol/limits";
import { storable } from "@tailbone/protocol/text";
import { type Chunk, decodePoints, joinPoints, makeChunks, SEALED_POINTS } from "@tailbone/series/chunk";
import { planMerge } from "@tailbone/series/merge-plan";
import { mergeSummaries, NOTHING, type Points, type Summary } from "@tailbone/series/summary";
import { summaryColumns } from "../schema/summary-columns";
import type { Transaction } from "../server/database";
import { countLegs, type LegCount, type RunLegs } from "./run-legs";

/** A series as it stands, with what its next points depend on. */
export interface SeriesRow extends Summary {
  id: number;
  name: string;
  nextOrdinal: number;
  tail: number[];
  legs: number[];
}

interface TailChunk {
  ordinal: number;
  level: number;
  count: number;
  leg: number;
}

/** A series as it will stand when its new points are stored, and the chunks that are to be written for it. */
export interface Append {
  id: number;
  name: string;
  counted: LegCount;
  summary: Summary;
  nextOrdinal: number;
  tail: TailChunk[];
  chunks: { ordinal: number; level: number; chunk: Chunk }[];
}

/** New points of one series, and the stored chunks that become one with them. */
interface Plan {
  id: number;
  name: string;
  leg: number;
  row: SeriesRow | undefined;
  points: Points;
  counted: LegCount;
  kept: TailChunk[];
  absorbed: TailChunk[];
  level: number;
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

/** Reads the series of these names, as far as the run has them. Await it after the run is locked. */
export function readSeries(sql: Transaction, run: string, names: Iterable<string>) {
  return sql<SeriesRow[]>`
    select id, name, next_ordinal as "nextOrdinal", tail, legs, ${summaryColumns(sql)}
    from series where run_id = ${run} and name = any(${[...names]}::text[])`;
}

/**
 * Plans where new points go, and takes those chunks out of the store that are merged with them. Returns what is to be written, and
 * how many points had to be left out because the run already has as many series as one may have.
 */
export async function placePoints(
  sql: Transaction,
  {
    team,
    run,
    legs,
    arrived,
    known,
  }: {
    team: string;
    run: string;
    legs: RunLegs;
    arrived: ReadonlyMap<string, Points>;
    known: readonly SeriesRow[];
  },
): Promise<{ appends: Append[]; leftOut: number }> {
  const rows = new Map(known.map((row) => [row.name, row]));
  const ids = await addSeries(sql, { team, run, names: [...arrived.keys()].filter((name) => !rows.has(name)) });
  let leftOut = 0;
  const plans: Plan[] = [];
  for (const [name, points] of arrived) {
    const row = rows.get(name);
    const id = row?.id ?? ids.get(name);
    if (id === undefined) leftOut += points.steps.length;
    else plans.push(plan(id, name, row, points, legs));
  }
  const taken = await takeChunks(sql, plans);
  return { appends: plans.map((one) => carryOut(one, taken.get(one.id) ?? [])), leftOut };
}

/** Makes rows for new names, as far as the run may have more series; the others are missing from what is returned. */
async function addSeries(
  sql: Transaction,
  { team, run, names }: { team: string; run: string; names: readonly string[] },
): Promise<Map<string, number>> {
  if (names.length === 0) return new Map();
  const [existing] = await sql<{ count: number }[]>`select count(*)::int as count from series where run_id = ${run}`;
  const allowed = names.slice(0, Math.max(0, LIMITS.seriesPerRun - (existing?.count ?? 0)));
  const added = await sql<{ id: number; name: string }[]>`
    insert into series (team_id, run_id, name, min, max, sum, first, last, step_from, step_to, time_from, time_to)
    select ${team}, ${run}::uuid, name, 'Infinity', '-Infinity', 0, 'NaN', 'NaN', 'Infinity', '-Infinity', 'Infinity', '-Infinity'
    from unnest(${allowed}::text[]) as name
    returning id, name`;
  return new Map(added.map(({ id, name }) => [name, id]));
}

/** Chunks of one leg are merged with one another only, whatever came between them. */
function plan(id: number, name: string, row: SeriesRow | undefined, points: Points, legs: RunLegs): Plan {
  const { leg } = legs;
  const tail = readTail(row?.tail ?? []);
  const before = tail.filter((one) => one.leg === leg);
  const merge = planMerge([...before, { level: 0, count: points.steps.length }]);
  const absorbed = merge === null ? [] : before.slice(before.length + 1 - merge.length);
  return {
    id,
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

/** The points of the chunks that are to be merged, by series, in the order of their arrival; their rows are deleted. */
async function takeChunks(sql: Transaction, plans: readonly Plan[]): Promise<Map<number, Points[]>> {
  const taken = new Map<number, Points[]>();
  const ids = plans.flatMap((one) => one.absorbed.map(() => one.id));
  if (ids.length === 0) return taken;
  const ordinals = plans.flatMap((one) => one.absorbed.map(({ ordinal }) => ordinal));
  const rows = await sql<{ seriesId: number; ordinal: number; points: Uint8Array }[]>`
    delete from chunk using unnest(${ids}::bigint[], ${ordinals}::int[]) as old (series_id, ordinal)
    where chunk.series_id = old.series_id and chunk.ordinal = old.ordinal
    returning chunk.series_id as "seriesId", chunk.ordinal, chunk.points`;
  for (const { seriesId, points } of rows.toSorted((a, b) => a.ordinal - b.ordinal)) {
    const list = taken.get(seriesId) ?? [];
    list.push(decodePoints(points));
    taken.set(seriesId, list);
  }
  return taken;
}

function carryOut(planned: Plan, taken: readonly Points[]): Append {
  const { id, name, leg, row, points, counted, kept, absorbed, level } = planned;
  const arrived = makeChunks(points);
  const counting = counted.line === points ? arrived : counted.line === null ? [] : makeChunks(counted.line);
  const summary = counting.reduce((all, { summary: one }) => mergeSummaries(all, one), row ?? NOTHING);
  const ordinal = row?.nextOrdinal ?? 0;
  // Places of chunks that are gone are taken again, so that a leg's chunks stay in the order of arrival.
  const free = absorbed.map((one) => one.ordinal);
  const chunks = (taken.length === 0 ? arrived : makeChunks(joinPoints([...taken, points]))).map((chunk, index) => ({
    ordinal: free[index] ?? ordinal + index - free.length,
    level,
    chunk,
  }));
  const open = chunks
    .map((one) => ({ ordinal: one.ordinal, level, count: one.chunk.summary.count, leg }))
    .filter(({ count }) => count < SEALED_POINTS);
  const nextOrdinal = Math.max(ordinal + 1, 1 + (chunks.at(-1)?.ordinal ?? 0));
  return { id, name, counted, summary, nextOrdinal, tail: [...kept, ...open], chunks };
}
