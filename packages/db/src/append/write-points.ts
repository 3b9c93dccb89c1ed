import { decodePoints, encodePoints, encodeTiles, POINT_BYTES } from "@tailbone/series/chunk";
import { NOTHING, type Points, type Summary } from "@tailbone/series/summary";
import { chunk as chunkTable, series as seriesTable } from "../schema/run";
import { type RowOf, selectColumns } from "../schema/select-columns";
import { SUMMARY_FIELDS, setSummary, summaryArrays, summaryNames } from "../schema/summary-columns";
import type { Client, Transaction } from "../server/database";
import type { Append, Plan } from "./plan-points";

const seriesColumns = selectColumns(seriesTable, "number", "name", "nextOrdinal", "tail", "legs", ...SUMMARY_FIELDS);
const takenColumns = selectColumns(chunkTable, "series", "ordinal", "count", "points");

/** Reads the series of these names, as far as the run has them. Await it after the run is locked. */
export function readSeries(sql: Transaction, run: string, names: Iterable<string>) {
  return sql<RowOf<typeof seriesColumns>[]>`
    select ${seriesColumns.list(sql)} from series where run_id = ${run} and name = any(${[...names]}::text[])`;
}

/**
 * Takes the chunks that the plans absorb out of the store. Returns their points by the series' number, in the order of
 * their arrival. Throws `UnreadableChunks`.
 */
export async function takeChunks(
  sql: Transaction,
  run: string,
  plans: readonly Plan[],
): Promise<Map<number, Points[]>> {
  const taken = new Map<number, Points[]>();
  const series = plans.flatMap((one) => one.absorbed.map(() => one.number));
  if (series.length === 0) return taken;
  const ordinals = plans.flatMap((one) => one.absorbed.map(({ ordinal }) => ordinal));
  const rows = await sql<RowOf<typeof takenColumns>[]>`
    delete from chunk using unnest(${series}::bigint[], ${ordinals}::int[]) as old (series, ordinal)
    where chunk.run_id = ${run} and chunk.series = old.series and chunk.ordinal = old.ordinal
    returning ${takenColumns.list(sql)}`;
  const unreadable: { series: number; ordinal: number }[] = [];
  for (const { series: number, ordinal, count, points } of rows.toSorted((a, b) => a.ordinal - b.ordinal)) {
    const list = taken.get(number) ?? [];
    const decoded = decodePoints(points, count);
    if (decoded === null) unreadable.push({ series: number, ordinal });
    else list.push(decoded);
    taken.set(number, list);
  }
  if (unreadable.length > 0) throw new UnreadableChunks(unreadable);
  return taken;
}

/** Chunks that cannot be read, and so not be merged: what was done of the commit is to be undone. */
export class UnreadableChunks extends Error {
  constructor(readonly chunks: readonly { series: number; ordinal: number }[]) {
    super("chunks cannot be read");
  }
}

/** Leaves chunks as they are for ever, as if they were sealed. */
export async function leaveChunks(sql: Client, run: string, { chunks }: UnreadableChunks): Promise<void> {
  for (const { series, ordinal } of chunks) {
    await sql`
      update series set tail = coalesce((
          select array_agg(one order by place) from unnest(tail) with ordinality as item (one, place)
          where tail[((place - 1) / 4 * 4 + 1)::int] <> ${ordinal}
        ), '{}')
      where run_id = ${run} and number = ${series}`;
  }
}

/**
 * Makes rows for new series, writes new chunks and moves their series on: statements of a fixed shape, however many
 * series there are. They travel together, and `stored` resolves when all are answered. Of many points the first are
 * written before, a slice at a time, while nothing else of the transaction is under way: between slices the process
 * turns to others.
 */
export async function writePoints(
  sql: Transaction,
  { team, run, leg, appends }: { team: string; run: string; leg: number; appends: readonly Append[] },
): Promise<{ stored: Promise<unknown> }> {
  if (appends.length === 0) return { stored: Promise.resolve() };
  const added = appends.filter(({ isNew }) => isNew);
  const series = added.length === 0 ? [] : [insertSeries(sql, { team, run }, added)];
  const slices = sliceChunks(appends);
  const insert = (rows: readonly ChunkRow[]) => insertChunks(sql, { team, run, leg }, rows);
  if (slices.length > 1) await Promise.all(series.splice(0));
  while (slices.length > 1) await insert(slices.shift() ?? []);
  return {
    stored: Promise.all([
      ...series,
      ...slices.map(insert),
      updateSeries(sql, run, appends),
      ...(appends.some(({ counted }) => counted.changes) ? [updateLegs(sql, run, appends)] : []),
    ]),
  };
}

/** Rows of series that have no points yet. */
function insertSeries(sql: Transaction, { team, run }: { team: string; run: string }, added: readonly Append[]) {
  return sql`
    insert into series (team_id, run_id, number, name, ${summaryNames(sql)})
    select ${team}, ${run}::uuid, number, name, ${summaryNames(sql)}
    from unnest(${added.map(({ number }) => number)}::bigint[], ${added.map(({ name }) => name)}::text[],
      ${summaryArrays(
        sql,
        added.map(() => NOTHING),
      )}) as new (number, name, ${summaryNames(sql)})`;
}

/** What only series of several legs have: a statement of its own, so that a run with one writer does not pay for it. */
function updateLegs(sql: Transaction, run: string, appends: readonly Append[]) {
  const changed = appends.filter(({ counted }) => counted.changes);
  const lengths = changed.map(({ counted }) => counted.legs.length);
  return sql`
    update series set abandoned = series.abandoned + new.abandoned,
      legs = coalesce((${changed.flatMap(({ counted }) => counted.legs)}::float8[])[new.legs_at : new.legs_at + new.legs_length - 1], '{}')
    from unnest(${changed.map(({ number }) => number)}::bigint[], ${changed.map(({ counted }) => counted.abandoned)}::bigint[],
      ${offsetsOf(lengths)}::int[], ${lengths}::int[]) as new (number, abandoned, legs_at, legs_length)
    where series.run_id = ${run} and series.number = new.number`;
}

type ChunkRow = { series: number } & Append["chunks"][number];

/** Bytes of points that are encoded at once: meanwhile the process does nothing else, and other runs' commits wait. */
const SLICE_BYTES = 512 * 1024;

/** At least one slice, in the order of the chunks. */
function sliceChunks(appends: readonly Append[]): ChunkRow[][] {
  let slice: ChunkRow[] = [];
  const slices = [slice];
  let bytes = 0;
  for (const { number, chunks } of appends) {
    for (const one of chunks) {
      if (bytes >= SLICE_BYTES) {
        slice = [];
        slices.push(slice);
        bytes = 0;
      }
      slice.push({ series: number, ...one });
      bytes += one.chunk.summary.count * POINT_BYTES;
    }
  }
  return slices;
}

function insertChunks(
  sql: Transaction,
  { team, run, leg }: { team: string; run: string; leg: number },
  rows: readonly ChunkRow[],
) {
  const points = pack(rows.map((row) => encodePoints(row.chunk.points)));
  const tiles = pack(rows.map((row) => encodeTiles(row.chunk.tiles)));
  return sql`
    with packed as materialized (
      select decode(${points.base64}, 'base64') as points, decode(${tiles.base64}, 'base64') as tiles
    )
    insert into chunk (team_id, run_id, series, ordinal, leg, level, ${summaryNames(sql)}, time_ordered, points, tiles)
    select ${team}, ${run}::uuid, series, ordinal, ${leg}::int, level, ${summaryNames(sql)}, time_ordered = 1,
      substring(packed.points from points_at for points_length), substring(packed.tiles from tiles_at for tiles_length)
    from packed, unnest(${rows.map((row) => row.series)}::bigint[], ${rows.map((row) => row.ordinal)}::int[],
      ${rows.map((row) => row.level)}::smallint[],
      ${summaryArrays(
        sql,
        rows.map((row) => row.chunk.summary),
      )},
      ${rows.map((row) => Number(row.chunk.timeOrdered))}::int[],
      ${points.offsets}::int[], ${points.lengths}::int[], ${tiles.offsets}::int[], ${tiles.lengths}::int[])
    as new (series, ordinal, level, ${summaryNames(sql)}, time_ordered, points_at, points_length, tiles_at, tiles_length)`;
}

/** Sets what counts of series, and how much does not. */
export async function updateSummaries(
  sql: Transaction,
  run: string,
  counted: readonly { number: number; summary: Summary; abandoned: number }[],
): Promise<void> {
  await sql`
    update series set ${setSummary(sql)}, abandoned = new.abandoned
    from unnest(${counted.map(({ number }) => number)}::bigint[], ${counted.map(({ abandoned }) => abandoned)}::bigint[],
      ${summaryArrays(
        sql,
        counted.map(({ summary }) => summary),
      )})
    as new (number, abandoned, ${summaryNames(sql)})
    where series.run_id = ${run} and series.number = new.number`;
}

function updateSeries(sql: Transaction, run: string, appends: readonly Append[]) {
  const tails = appends.map(({ tail }) =>
    tail.flatMap(({ ordinal, level, count, leg }) => [ordinal, level, count, leg]),
  );
  const lengths = tails.map((tail) => tail.length);
  return sql`
    update series set ${setSummary(sql)}, next_ordinal = new.next_ordinal,
      tail = coalesce((${tails.flat()}::int[])[new.tail_at : new.tail_at + new.tail_length - 1], '{}')
    from unnest(${appends.map(({ number }) => number)}::bigint[],
      ${summaryArrays(
        sql,
        appends.map((append) => append.summary),
      )},
      ${appends.map(({ nextOrdinal }) => nextOrdinal)}::int[], ${offsetsOf(lengths)}::int[], ${lengths}::int[])
    as new (number, ${summaryNames(sql)}, next_ordinal, tail_at, tail_length)
    where series.run_id = ${run} and series.number = new.number`;
}

/**
 * Byte arrays one behind the other, as text: the driver sends nothing else, and its own hexadecimal is half as long
 * again.
 */
function pack(parts: readonly Uint8Array[]): { base64: string; offsets: number[]; lengths: number[] } {
  const lengths = parts.map((part) => part.byteLength);
  return { base64: Buffer.concat(parts).toString("base64"), offsets: offsetsOf(lengths), lengths };
}

/** Where parts of these lengths begin, counted from 1, as SQL does. */
function offsetsOf(lengths: readonly number[]): number[] {
  let offset = 1;
  return lengths.map((length) => {
    offset += length;
    return offset - length;
  });
}
