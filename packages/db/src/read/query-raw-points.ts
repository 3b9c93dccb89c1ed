import { TailboneError } from "@tailbone/protocol/errors";
import type { Axis, RawPoints } from "@tailbone/protocol/http";
import { toWireNumber } from "@tailbone/protocol/json";
import type { LegPlace } from "@tailbone/series/legs";
import { spanOf } from "@tailbone/series/summary";
import type { Database } from "../server/database";
import { BrokenChunks, type ChunkHead, type ChunkSource, chunkHead, readChunkPoints } from "./read-chunks";
import { readSnapshot } from "./read-snapshot";
import { readPlaces, type SeriesHead, seriesHead } from "./series-head";

export interface RawQuery {
  team: string;
  run: string;
  series: string;
  axis: Axis;
  from?: number | undefined;
  to?: number | undefined;
  /** Only this leg's points. */
  leg?: number | undefined;
  /** Only those that count (false), or that were logged anew (true). */
  abandoned?: boolean | undefined;
  cursor?: string | undefined;
  limit: number;
}

/** Where a page begins: at this x, behind this many points of the same x. */
interface Cursor {
  x: number;
  passed: number;
}

interface Row {
  x: number;
  step: number;
  timeMs: number;
  value: number;
  leg: number;
  isAbandoned: boolean;
}

/** Chunks that are read at a time, until a page is full. */
const BATCH = 32;

/**
 * A page of every point of a series, in the order of the axis, then of the steps, then of legs and arrival. The cursor
 * names the place in that order, so neither merges nor points that come later elsewhere move it. Throws `not_found` for
 * an unknown run or series and `bad_request` for a cursor that is none.
 */
export async function queryRawPoints(db: Database, query: RawQuery): Promise<RawPoints> {
  const { team, run, axis, limit } = query;
  const cursor = readCursor(query.cursor);
  const from = Math.max(query.from ?? Number.NEGATIVE_INFINITY, cursor.x);
  const to = query.to ?? Number.POSITIVE_INFINITY;
  return readSnapshot(db, { team, run }, async (sql, offset) => {
    const [series] = await sql<SeriesHead[]>`
      select ${seriesHead.list(sql)} from series
      where run_id = ${run} and team_id = ${team} and name = ${query.series} and count > 0`;
    if (series === undefined) {
      throw new TailboneError(
        "not_found",
        `The run has no series ${query.series}.`,
        "GET /runs/:id/series lists the names.",
      );
    }
    const wanted = cursor.passed + limit + 1;
    const places = (await readPlaces(sql, run, [series])).get(series) ?? [];
    const chosen = { leg: query.leg, abandoned: query.abandoned };
    const source = { sql, run, broken: new BrokenChunks() };
    const rows = (await readRows(source, series.number, places, { axis, from, to, wanted, ...chosen })).slice(
      cursor.passed,
    );
    const page = rows.slice(0, limit);
    return {
      offset,
      series: series.name,
      steps: page.map((row) => row.step),
      timesMs: page.map((row) => row.timeMs),
      values: page.map((row) => toWireNumber(row.value)),
      ...(series.legs.length === 0
        ? {}
        : { legs: page.map((row) => row.leg), abandoned: page.map((row) => (row.isAbandoned ? 1 : 0)) }),
      cursor: rows.length > limit ? writeCursor(page, cursor) : null,
      unreadable: source.broken.of(run, series),
    };
  });
}

/** The first points of a range in order, at least `wanted` of them if there are as many. */
async function readRows(
  source: ChunkSource,
  series: number,
  places: readonly LegPlace[],
  {
    axis,
    from,
    to,
    wanted,
    leg,
    abandoned,
  }: { axis: Axis; from: number; to: number; wanted: number } & Pick<RawQuery, "leg" | "abandoned">,
): Promise<Row[]> {
  const { sql, run, broken } = source;
  const cuts = new Map(places.map((place) => [place.leg, place.cut]));
  const [low, high] = axis === "step" ? [sql`step_from`, sql`step_to`] : [sql`time_from`, sql`time_to`];
  const stored = await sql<ChunkHead[]>`
    select ${chunkHead.list(sql)} from chunk
    where run_id = ${run} and series = ${series} and ${high} >= ${from} and ${low} <= ${to}
      ${leg === undefined ? sql`` : sql`and leg = ${leg}`} order by ${low}, ordinal`;
  const heads = broken.passBy(stored);
  const found: (Row & { ordinal: number })[] = [];
  for (let next = 0; next < heads.length; next += BATCH) {
    const read = await readChunkPoints(source, heads.slice(next, next + BATCH));
    for (const [{ ordinal, leg: own }, { steps, timesMs, values }] of read) {
      const cut = cuts.get(own) ?? Number.POSITIVE_INFINITY;
      for (const [index, step] of steps.entries()) {
        const timeMs = timesMs[index] ?? Number.NaN;
        const x = axis === "step" ? step : timeMs;
        if (!(x >= from && x <= to)) continue;
        const isAbandoned = step >= cut;
        if (abandoned !== undefined && abandoned !== isAbandoned) continue;
        found.push({ ordinal, x, step, timeMs, value: values[index] ?? Number.NaN, leg: own, isAbandoned });
      }
    }
    // Chunks that are not read yet begin here; what lies before is complete.
    const behind = heads[next + BATCH];
    const border = behind === undefined ? Number.POSITIVE_INFINITY : spanOf(behind, axis)[0];
    let complete = 0;
    for (const row of found) if (row.x < border) complete++;
    if (complete >= wanted) break;
  }
  return found.sort((a, b) => a.x - b.x || a.step - b.step || a.leg - b.leg || a.ordinal - b.ordinal);
}

function writeCursor(page: readonly Row[], before: Cursor): string {
  const x = page.at(-1)?.x ?? before.x;
  const same = page.filter((row) => row.x === x).length;
  return `${x}~${same + (x === before.x ? before.passed : 0)}`;
}

function readCursor(cursor: string | undefined): Cursor {
  if (cursor === undefined) return { x: Number.NEGATIVE_INFINITY, passed: 0 };
  const [, x, passed] = /^(-?\d[\d.e+-]*)~(\d{1,12})$/.exec(cursor) ?? [];
  if (x !== undefined && Number.isFinite(Number(x))) return { x: Number(x), passed: Number(passed) };
  throw new TailboneError(
    "bad_request",
    "The cursor is none of this list's.",
    "Take it from the answer before, unchanged.",
  );
}
