import type { Axis, Buckets, Scale } from "@tailbone/protocol/http";
import { toWireNumber } from "@tailbone/protocol/json";
import { BucketGrid, type Neighbour, type Window } from "@tailbone/series/buckets";
import { indexOfStep, TILE_POINTS } from "@tailbone/series/chunk";
import type { LegPlace } from "@tailbone/series/legs";
import { type Points, type Summary, spanOf } from "@tailbone/series/summary";
import type { Database } from "../server/database";
import {
  BrokenChunks,
  type ChunkHead,
  type ChunkSource,
  chunkHead,
  readChunkPoints,
  readChunkTiles,
} from "./read-chunks";
import { readSnapshot } from "./read-snapshot";
import { readPlaces, type SeriesHead, seriesHead } from "./series-head";

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

interface Source extends ChunkSource {
  readonly axis: Axis;
}

/** A series on its way to a chart, or what one of its legs has abandoned. */
interface Drawing {
  readonly head: SeriesHead;
  readonly window: Window;
  readonly grid: BucketGrid;
  /** Every point is to be read, none taken from a summary. */
  readonly exact: boolean;
  /** Which steps of a leg it shows, from (inclusive) to (exclusive). Null: all of every leg. */
  readonly steps: ((leg: number) => readonly [from: number, to: number]) | null;
}

/** A chunk that a drawing shows, as far as it shows it. */
interface Piece {
  readonly drawing: Drawing;
  readonly head: ChunkHead;
  readonly steps: readonly [from: number, to: number];
}

const ALL_STEPS = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;
const NO_STEPS = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

/** Chunks whose bytes are held in memory at the same time. */
const BATCH = 128;

/**
 * Series as a chart of at most `buckets` marks, all from one snapshot, together with the offset of the run's stream
 * that it includes. What a resume has overwritten is not among a series' buckets: it has some of its own for each leg.
 * Names that the run does not have (yet) are left out; chunks that cannot be read too, which is said of their series.
 * Throws `not_found`.
 */
export async function queryBuckets(db: Database, query: BucketsQuery): Promise<Buckets> {
  const { team, run, axis, scale = "linear", origin = 0, buckets } = query;
  return readSnapshot(db, { team, run }, async (sql, offset) => {
    const source: Source = { sql, run, axis, broken: new BrokenChunks() };
    const heads = await sql<SeriesHead[]>`
      select ${seriesHead.list(sql)} from series
      where run_id = ${run} and team_id = ${team} and name = any(${[...query.series]}::text[]) and count > 0`;
    const places = await readPlaces(sql, run, heads);
    const windowOf = ([from, to]: readonly [number, number]): Window => {
      return { axis, scale, origin, from: query.from ?? from, to: query.to ?? to, buckets };
    };
    const lines = heads.map((head) =>
      startDrawing(head, windowOf(spanOf(head, axis)), head.count <= buckets, lineOf(places.get(head) ?? [])),
    );
    const abandoned = await startAbandoned(source, places, windowOf);
    const drawings = [...lines, ...abandoned.map(({ drawing }) => drawing)];
    await draw(source, drawings);
    const coarse = drawings.filter(({ grid }) => grid.tooCoarse);
    const anew = coarse.map(({ head, window, steps }) => startDrawing(head, window, true, steps));
    await draw(source, anew);
    const finest = (drawing: Drawing): BucketGrid => (anew[coarse.indexOf(drawing)] ?? drawing).grid;
    const byName = new Map(lines.map((drawing) => [drawing.head.name, drawing]));
    return {
      offset,
      axis,
      series: query.series.flatMap((name) => {
        const line = byName.get(name);
        if (line === undefined) return [];
        const left = abandoned.filter(({ drawing }) => drawing.head === line.head);
        return [
          {
            name,
            total: line.head.count,
            ...toPart(finest(line)),
            legs: (places.get(line.head) ?? []).map(({ leg, fromStep, cut, resumedAtMs, untilMs }) => ({
              leg,
              fromStep,
              cut: finiteOrNull(cut),
              resumedAtMs,
              untilMs: finiteOrNull(untilMs),
            })),
            abandoned: left.map(({ leg, drawing }) => ({ leg, ...toPart(finest(drawing)) })),
            unreadable: source.broken.of(run, line.head),
          },
        ];
      }),
    };
  });
}

const finiteOrNull = (value: number): number | null => (value === Number.POSITIVE_INFINITY ? null : value);

const toPart = (grid: BucketGrid) => ({
  points: grid.count,
  before: toWire(grid.before),
  after: toWire(grid.after),
  buckets: grid.toColumns(),
});

const toWire = (neighbour: Neighbour | null) =>
  neighbour === null ? null : { x: neighbour.x, value: toWireNumber(neighbour.value) };

function startDrawing(head: SeriesHead, window: Window, exact: boolean, steps: Drawing["steps"]): Drawing {
  return { head, window, grid: new BucketGrid(window), exact, steps };
}

/** What counts of each leg: null when all of it does. */
function lineOf(places: readonly LegPlace[]): Drawing["steps"] {
  if (places.every(({ cut }) => cut === Number.POSITIVE_INFINITY)) return null;
  const cuts = new Map(places.map(({ leg, cut }) => [leg, cut]));
  return (leg) => [Number.NEGATIVE_INFINITY, cuts.get(leg) ?? Number.POSITIVE_INFINITY];
}

/** A drawing for each leg of which something was overwritten, over all of that unless the query names its ends. */
async function startAbandoned(
  { sql, run, axis }: Source,
  places: ReadonlyMap<SeriesHead, readonly LegPlace[]>,
  windowOf: (span: readonly [number, number]) => Window,
): Promise<{ leg: number; drawing: Drawing }[]> {
  const left = [...places.keys()].filter(({ abandoned }) => abandoned > 0);
  if (left.length === 0) return [];
  const spans = await sql<Pick<ChunkHead, "series" | "leg" | "stepTo" | "timeFrom" | "timeTo">[]>`
    select series, leg, max(step_to) as "stepTo", min(time_from) as "timeFrom", max(time_to) as "timeTo"
    from chunk where run_id = ${run} and series = any(${left.map(({ number }) => number)}::bigint[])
    group by series, leg order by series, leg`;
  return spans.flatMap(({ series, leg, stepTo, timeFrom, timeTo }) => {
    const head = left.find((one) => one.number === series);
    const place = head === undefined ? undefined : places.get(head)?.find((one) => one.leg === leg);
    if (head === undefined || place === undefined || stepTo < place.cut) return [];
    const window = windowOf(axis === "step" ? [Math.max(place.cut, place.fromStep), stepTo] : [timeFrom, timeTo]);
    const steps: Drawing["steps"] = (one) => (one === leg ? [place.cut, Number.POSITIVE_INFINITY] : NO_STEPS);
    return [{ leg, drawing: startDrawing(head, window, head.abandoned <= window.buckets, steps) }];
  });
}

/**
 * Adds to each drawing what its window shows, no finer than can be seen: chunks as a whole, then their tiles, then
 * their points.
 */
async function draw(source: Source, drawings: readonly Drawing[]): Promise<void> {
  const pieces = [
    ...(await readPieces(
      source,
      drawings.filter(({ steps }) => steps === null),
    )),
    ...(await readTornPieces(
      source,
      drawings.filter(({ steps }) => steps !== null),
    )),
  ];
  // In batches of neighbours: what is added to a drawing comes in the order of its arrival.
  for (let from = 0; from < pieces.length; from += BATCH) {
    await drawBatch(source, pieces.slice(from, from + BATCH));
  }
}

/**
 * The chunks of series that are drawn as a whole, and those next to the window on both sides: they hold its neighbours.
 */
async function readPieces({ sql, run, axis, broken }: Source, drawings: readonly Drawing[]): Promise<Piece[]> {
  if (drawings.length === 0) return [];
  const byNumber = new Map(drawings.map((drawing) => [drawing.head.number, drawing]));
  const [low, high] =
    axis === "step" ? [sql`chunk.step_from`, sql`chunk.step_to`] : [sql`chunk.time_from`, sql`chunk.time_to`];
  const heads = await sql<ChunkHead[]>`
    select ${chunkHead.list(sql)}
    from unnest(${[...byNumber.keys()]}::bigint[], ${drawings.map(({ window }) => window.from)}::float8[],
        ${drawings.map(({ window }) => window.to)}::float8[]) as win (number, low, high)
      left join lateral (select ordinal from chunk where run_id = ${run} and series = win.number and ${high} < win.low
        order by ${high} desc, ordinal desc limit 1) as before (neighbour) on true
      left join lateral (select ordinal from chunk where run_id = ${run} and series = win.number and ${low} > win.high
        order by ${low}, ordinal limit 1) as after (neighbour) on true
      join chunk on chunk.run_id = ${run} and chunk.series = win.number
        and (${high} >= win.low and ${low} <= win.high or chunk.ordinal in (before.neighbour, after.neighbour))
    order by series, leg, ordinal`;
  return broken.passBy(heads).flatMap((head) => {
    const drawing = byNumber.get(head.series);
    return drawing === undefined ? [] : [{ drawing, head, steps: ALL_STEPS }];
  });
}

/**
 * The same of series of which legs count in part. What lies next to a window depends on what counts, so it is sought
 * here; a chunk through which a cut goes is always read, for its ends say nothing of what it shows.
 */
async function readTornPieces({ sql, run, axis, broken }: Source, drawings: readonly Drawing[]): Promise<Piece[]> {
  if (drawings.length === 0) return [];
  const wanted = [...new Set(drawings.map(({ head }) => head.number))];
  const stored = await sql<ChunkHead[]>`
    select ${chunkHead.list(sql)} from chunk where run_id = ${run} and series = any(${wanted}::bigint[]) order by series, leg, ordinal`;
  const heads = broken.passBy(stored);
  return drawings.flatMap((drawing) => {
    const own = heads.flatMap((head): Piece[] => {
      if (head.series !== drawing.head.number) return [];
      const steps = drawing.steps?.(head.leg) ?? ALL_STEPS;
      return head.stepTo < steps[0] || head.stepFrom >= steps[1] ? [] : [{ drawing, head, steps }];
    });
    const { from, to } = drawing.window;
    const before = own.reduce<Piece | null>((nearest, piece) => {
      const [, end] = spanOf(piece.head, axis);
      return end < from && (nearest === null || end >= spanOf(nearest.head, axis)[1]) ? piece : nearest;
    }, null);
    const after = own.reduce<Piece | null>((nearest, piece) => {
      const [start] = spanOf(piece.head, axis);
      return start > to && (nearest === null || start < spanOf(nearest.head, axis)[0]) ? piece : nearest;
    }, null);
    return own.filter((piece) => {
      const [start, end] = spanOf(piece.head, axis);
      return (end >= from && start <= to) || isTorn(piece) || piece === before || piece === after;
    });
  });
}

const isTorn = ({ head, steps: [from, to] }: Piece): boolean => head.stepFrom < from || head.stepTo >= to;

type Detail = "chunk" | "tiles" | "points";

function detailOf(piece: Piece, axis: Axis): Detail {
  const { drawing, head } = piece;
  if (drawing.exact || isTorn(piece) || (axis === "time" && !head.timeOrdered)) return "points";
  const [from, to] = spanOf(head, axis);
  if (from < drawing.window.from || to > drawing.window.to) return "points";
  if (drawing.grid.useOf(head) === "whole") return "chunk";
  return head.count > TILE_POINTS ? "tiles" : "points";
}

async function drawBatch(source: Source, pieces: readonly Piece[]): Promise<void> {
  const details = pieces.map((piece) => detailOf(piece, source.axis));
  const headsOf = (wants: (piece: Piece, index: number) => boolean): ChunkHead[] => [
    ...new Set(pieces.filter(wants).map(({ head }) => head)),
  ];
  const tiles = await readChunkTiles(
    source,
    headsOf((_, index) => details[index] === "tiles"),
  );
  // Tiles that cannot be read follow from the points.
  const needsPoints = ({ drawing: { grid }, head }: Piece): boolean =>
    tiles.get(head)?.some((tile) => grid.useOf(tile) === "descend") ?? true;
  const points = await readChunkPoints(
    source,
    headsOf((piece, index) => details[index] === "points" || (details[index] === "tiles" && needsPoints(piece))),
  );
  for (const [index, piece] of pieces.entries()) {
    const { grid } = piece.drawing;
    const raw = points.get(piece.head);
    const fine = details[index] === "tiles" ? tiles.get(piece.head) : undefined;
    if (details[index] === "chunk") grid.addSummary(piece.head);
    else if (fine !== undefined) addTiles(grid, fine, raw);
    else if (raw !== undefined) addShown(grid, raw, piece);
  }
}

/** Adds those points of a chunk that its drawing shows. */
function addShown(grid: BucketGrid, points: Points, piece: Piece): void {
  if (!isTorn(piece)) grid.addPoints(points);
  else grid.addPoints(points, indexOfStep(points, piece.steps[0]), indexOfStep(points, piece.steps[1]));
}

function addTiles(grid: BucketGrid, tiles: readonly Summary[], points: Points | undefined): void {
  for (const [index, tile] of tiles.entries()) {
    const use = grid.useOf(tile);
    if (use === "whole") grid.addSummary(tile);
    else if (use === "descend" && points !== undefined) {
      grid.addPoints(points, index * TILE_POINTS, index * TILE_POINTS + tile.count);
    }
  }
}
