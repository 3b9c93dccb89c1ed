import type { Axis, Buckets, Scale } from "@tailbone/protocol/http";
import { toWireNumber } from "@tailbone/protocol/json";
import { BucketGrid, type Neighbour, type Window } from "@tailbone/series/buckets";
import { decodePoints, decodeTiles, TILE_POINTS } from "@tailbone/series/chunk";
import { type Summary, spanOf } from "@tailbone/series/summary";
import type { Database, Transaction } from "./database";
import { readSnapshot } from "./read-snapshot";
import { summaryColumns } from "./summary-columns";

export interface BucketsQuery {
  team: string;
  run: string;
  series: readonly string[];
  axis: Axis;
  scale?: Scale | undefined;
  /** The x from which a logarithmic scale counts; 0 if missing. */
  origin?: number | undefined;
  /** Missing ends are those of each series. */
  from?: number | undefined;
  to?: number | undefined;
  buckets: number;
}

interface SeriesHead extends Summary {
  id: number;
  name: string;
}

interface ChunkHead extends Summary {
  seriesId: number;
  ordinal: number;
  timeOrdered: boolean;
}

/** A series on its way to a chart. */
interface Drawing {
  readonly head: SeriesHead;
  readonly window: Window;
  readonly grid: BucketGrid;
  /** Every point is to be read, none taken from a summary. */
  readonly exact: boolean;
}

/** Chunks whose bytes are held in memory at the same time. */
const BATCH = 128;

/**
 * Series as a chart of at most `buckets` marks, all from one snapshot, together with the offset of the run's stream that it
 * includes. Names that the run does not have (yet) are left out. Throws `not_found`.
 */
export async function queryBuckets(db: Database, query: BucketsQuery): Promise<Buckets> {
  const { team, run, axis, scale = "linear", origin = 0, buckets } = query;
  return readSnapshot(db, { team, run }, async (sql, offset) => {
    const heads = await sql<SeriesHead[]>`
      select id, name, ${summaryColumns(sql)} from series
      where run_id = ${run} and team_id = ${team} and name = any(${[...query.series]}::text[]) and count > 0`;
    const drawings = heads.map((head) => {
      const [from, to] = spanOf(head, axis);
      const window = { axis, scale, origin, from: query.from ?? from, to: query.to ?? to, buckets };
      return startDrawing(head, window, head.count <= buckets);
    });
    await draw(sql, axis, drawings);
    const anew = drawings
      .filter(({ grid }) => grid.tooCoarse)
      .map(({ head, window }) => startDrawing(head, window, true));
    await draw(sql, axis, anew);
    const byName = new Map([...drawings, ...anew].map((drawing) => [drawing.head.name, drawing]));
    return {
      offset,
      axis,
      series: query.series.flatMap((name) => {
        const drawing = byName.get(name);
        if (drawing === undefined) return [];
        const { head, grid } = drawing;
        const [before, after] = [toWire(grid.before), toWire(grid.after)];
        return [{ name, points: grid.count, total: head.count, before, after, buckets: grid.toColumns() }];
      }),
    };
  });
}

const toWire = (neighbour: Neighbour | null) =>
  neighbour === null ? null : { x: neighbour.x, value: toWireNumber(neighbour.value) };

function startDrawing(head: SeriesHead, window: Window, exact: boolean): Drawing {
  return { head, window, grid: new BucketGrid(window), exact };
}

/**
 * Adds to each drawing what its window shows, no finer than can be seen: chunks as a whole, then their tiles, then their points. The
 * chunks next to the window on both sides are read too: they hold its neighbours.
 */
async function draw(sql: Transaction, axis: Axis, drawings: readonly Drawing[]): Promise<void> {
  if (drawings.length === 0) return;
  const byId = new Map(drawings.map((drawing) => [drawing.head.id, drawing]));
  const [low, high] =
    axis === "step" ? [sql`chunk.step_from`, sql`chunk.step_to`] : [sql`chunk.time_from`, sql`chunk.time_to`];
  const heads = await sql<ChunkHead[]>`
    select series_id as "seriesId", ordinal, time_ordered as "timeOrdered", ${summaryColumns(sql)}
    from unnest(${[...byId.keys()]}::bigint[], ${drawings.map(({ window }) => window.from)}::float8[],
        ${drawings.map(({ window }) => window.to)}::float8[]) as win (id, low, high)
      left join lateral (select ordinal from chunk where series_id = win.id and ${high} < win.low
        order by ${high} desc, ordinal desc limit 1) as before (neighbour) on true
      left join lateral (select ordinal from chunk where series_id = win.id and ${low} > win.high
        order by ${low}, ordinal limit 1) as after (neighbour) on true
      join chunk on chunk.series_id = win.id
        and (${high} >= win.low and ${low} <= win.high or chunk.ordinal in (before.neighbour, after.neighbour))
    order by series_id, ordinal`;
  // In batches of neighbours: what is added to a drawing comes in the order of its arrival.
  for (let from = 0; from < heads.length; from += BATCH) {
    await drawBatch(sql, axis, byId, heads.slice(from, from + BATCH));
  }
}

type Detail = "chunk" | "tiles" | "points";

async function drawBatch(
  sql: Transaction,
  axis: Axis,
  drawings: ReadonlyMap<number, Drawing>,
  heads: readonly ChunkHead[],
): Promise<void> {
  const detailOf = (head: ChunkHead): Detail => {
    const drawing = drawings.get(head.seriesId);
    if (drawing === undefined || drawing.exact || (axis === "time" && !head.timeOrdered)) return "points";
    const [from, to] = spanOf(head, axis);
    if (from < drawing.window.from || to > drawing.window.to) return "points";
    if (drawing.grid.useOf(head) === "whole") return "chunk";
    return head.count > TILE_POINTS ? "tiles" : "points";
  };
  const details = heads.map(detailOf);
  const tiles = await readTiles(
    sql,
    heads.filter((_, index) => details[index] === "tiles"),
  );
  const broken = (head: ChunkHead): boolean => {
    const grid = drawings.get(head.seriesId)?.grid;
    return grid !== undefined && (tiles.get(head)?.some((tile) => grid.useOf(tile) === "descend") ?? false);
  };
  const points = await readPoints(
    sql,
    heads.filter((head, index) => details[index] === "points" || broken(head)),
  );
  for (const head of heads) {
    const drawing = drawings.get(head.seriesId);
    if (drawing === undefined) continue;
    const { grid } = drawing;
    const raw = points.get(head);
    const ownTiles = tiles.get(head);
    if (ownTiles === undefined) {
      if (raw === undefined) grid.addSummary(head);
      else grid.addPoints(raw);
      continue;
    }
    for (const [index, tile] of ownTiles.entries()) {
      const use = grid.useOf(tile);
      if (use === "whole") grid.addSummary(tile);
      else if (use === "descend" && raw !== undefined) {
        grid.addPoints(raw, index * TILE_POINTS, index * TILE_POINTS + tile.count);
      }
    }
  }
}

async function readTiles(sql: Transaction, heads: readonly ChunkHead[]): Promise<Map<ChunkHead, Summary[]>> {
  const bytes = await readBytes(sql, heads, "tiles");
  return new Map([...bytes].map(([head, tiles]) => [head, decodeTiles(tiles, head)]));
}

async function readPoints(sql: Transaction, heads: readonly ChunkHead[]) {
  const bytes = await readBytes(sql, heads, "points");
  return new Map([...bytes].map(([head, points]) => [head, decodePoints(points)]));
}

async function readBytes(
  sql: Transaction,
  heads: readonly ChunkHead[],
  column: "tiles" | "points",
): Promise<Map<ChunkHead, Uint8Array>> {
  if (heads.length === 0) return new Map();
  const rows = await sql<{ place: number; bytes: Uint8Array }[]>`
    select wanted.place::int as place, ${sql(column)} as bytes
    from unnest(${heads.map((head) => head.seriesId)}::bigint[], ${heads.map((head) => head.ordinal)}::int[])
        with ordinality as wanted (id, ordinal, place)
      join chunk on chunk.series_id = wanted.id and chunk.ordinal = wanted.ordinal`;
  const found = new Map<ChunkHead, Uint8Array>();
  for (const { place, bytes } of rows) {
    const head = heads[place - 1];
    if (head !== undefined) found.set(head, bytes);
  }
  return found;
}
