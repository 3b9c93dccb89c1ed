import type { Unreadable } from "@tailbone/protocol/unreadable";
import { decodePoints, decodeTiles } from "@tailbone/series/chunk";
import { isSound, type Points, type Summary } from "@tailbone/series/summary";
import { chunk as chunkTable } from "../schema/run";
import { type RowOf, selectColumns } from "../schema/select-columns";
import { SUMMARY_FIELDS } from "../schema/summary-columns";
import type { Transaction } from "../server/database";
import type { SeriesHead } from "./series-head";

/** What is known of a chunk without its bytes. */
export const chunkHead = selectColumns(chunkTable, "series", "ordinal", "leg", "timeOrdered", ...SUMMARY_FIELDS);
export type ChunkHead = RowOf<typeof chunkHead>;

/** Of which run chunks are read, and those of them that cannot be: they are gathered here. */
export interface ChunkSource {
  readonly sql: Transaction;
  readonly run: string;
  readonly broken: BrokenChunks;
}

/** Chunks that cannot be read, each once. */
export class BrokenChunks {
  readonly #heads = new Map<string, ChunkHead>();

  add(head: ChunkHead): void {
    this.#heads.set(`${head.series} ${head.ordinal}`, head);
  }

  /** Those of which there may be such points; the others are kept in mind. */
  passBy<Head extends ChunkHead>(heads: readonly Head[]): Head[] {
    for (const head of heads) if (!isSound(head)) this.add(head);
    return heads.filter(isSound);
  }

  /** Those of a series, as lists name what they leave out. */
  of(run: string, { number, name }: SeriesHead): Unreadable[] {
    return [...this.#heads.values()]
      .filter(({ series }) => series === number)
      .map(({ ordinal, stepFrom, stepTo, count }) => ({
        what: "chunk",
        id: run,
        name: `${name}, steps ${stepFrom} to ${stepTo} (chunk ${ordinal})`,
        reason: `what is stored is not of ${count} points`,
      }));
  }
}

/** The summaries of every 64 points of chunks of a run, of those that can be read. */
export function readChunkTiles(source: ChunkSource, heads: readonly ChunkHead[]): Promise<Map<ChunkHead, Summary[]>> {
  return readBytes(source, heads, "tiles", decodeTiles);
}

export function readChunkPoints(source: ChunkSource, heads: readonly ChunkHead[]): Promise<Map<ChunkHead, Points>> {
  return readBytes(source, heads, "points", (bytes, { count }) => decodePoints(bytes, count));
}

async function readBytes<Read>(
  { sql, run, broken }: ChunkSource,
  heads: readonly ChunkHead[],
  column: "tiles" | "points",
  decode: (bytes: Uint8Array, head: ChunkHead) => Read | null,
): Promise<Map<ChunkHead, Read>> {
  const found = new Map<ChunkHead, Read>();
  if (heads.length === 0) return found;
  const rows = await sql<{ place: number; bytes: (typeof chunkTable.$inferSelect)["points"] }[]>`
    select wanted.place::int as place, ${sql(column)} as bytes
    from unnest(${heads.map((head) => head.series)}::bigint[], ${heads.map((head) => head.ordinal)}::int[])
        with ordinality as wanted (series, ordinal, place)
      join chunk on chunk.run_id = ${run} and chunk.series = wanted.series and chunk.ordinal = wanted.ordinal`;
  for (const { place, bytes } of rows) {
    const head = heads[place - 1];
    if (head === undefined) continue;
    const read = decode(bytes, head);
    if (read === null) broken.add(head);
    else found.set(head, read);
  }
  return found;
}
