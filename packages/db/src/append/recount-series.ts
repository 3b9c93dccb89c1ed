import { indexOfStep } from "@tailbone/series/chunk";
import { type LegTimes, placeLegs } from "@tailbone/series/legs";
import { mergeSummaries, NOTHING, type Summary, summarise } from "@tailbone/series/summary";
import { BrokenChunks, type ChunkHead, type ChunkSource, chunkHead, readChunkPoints } from "../read/read-chunks";
import { type SeriesHead, seriesHead } from "../read/series-head";
import type { Transaction } from "../server/database";
import { toLegStarts } from "./run-legs";
import { updateSummaries } from "./write-points";

/** Chunks whose points are held in memory at the same time. */
const BATCH = 64;

/**
 * Counts series anew from their chunks: what counts of each leg, and how much of it was overwritten. That happens where
 * a leg goes back over steps, not with each frame. `only` names them by number; null: all series of the run that have
 * several legs. Of a chunk that cannot be read nothing counts.
 */
export async function recountSeries(
  sql: Transaction,
  { run, only, legs }: { run: string; only: readonly number[] | null; legs: readonly LegTimes[] },
): Promise<void> {
  const rows = await sql<SeriesHead[]>`
    select ${seriesHead.list(sql)} from series
    where run_id = ${run} and cardinality(legs) > 2 ${only === null ? sql`` : sql`and number = any(${[...only]}::bigint[])`}`;
  if (rows.length === 0) return;
  const source = { sql, run, broken: new BrokenChunks() };
  const stored = await sql<ChunkHead[]>`
    select ${chunkHead.list(sql)} from chunk
    where run_id = ${run} and series = any(${rows.map(({ number }) => number)}::bigint[]) order by series, leg, ordinal`;
  const heads = source.broken.passBy(stored);
  const cuts = new Map(
    rows.map((row) => [
      row.number,
      new Map(placeLegs(toLegStarts(row.legs, row), legs).map(({ leg, cut }) => [leg, cut])),
    ]),
  );
  const cutOf = (head: ChunkHead): number => cuts.get(head.series)?.get(head.leg) ?? Number.POSITIVE_INFINITY;
  const torn = heads.filter((head) => head.stepFrom < cutOf(head) && head.stepTo >= cutOf(head));
  const parts = await summariseParts(source, torn, cutOf);
  const totals = new Map(rows.map(({ number }) => [number, { number, summary: NOTHING, abandoned: 0 }]));
  for (const head of heads) {
    const total = totals.get(head.series);
    if (total === undefined) continue;
    const part = head.stepTo < cutOf(head) ? head : (parts.get(head) ?? NOTHING);
    total.summary = mergeSummaries(total.summary, part);
    total.abandoned += head.count - part.count;
  }
  await updateSummaries(sql, run, [...totals.values()]);
}

/** For chunks that a cut goes through: the summary of what lies before it. */
async function summariseParts(
  source: ChunkSource,
  torn: readonly ChunkHead[],
  cutOf: (head: ChunkHead) => number,
): Promise<Map<ChunkHead, Summary>> {
  const parts = new Map<ChunkHead, Summary>();
  for (let from = 0; from < torn.length; from += BATCH) {
    const batch = torn.slice(from, from + BATCH);
    for (const [head, points] of await readChunkPoints(source, batch)) {
      parts.set(head, summarise(points, 0, indexOfStep(points, cutOf(head))));
    }
  }
  return parts;
}
