import { decodePoints, decodeTiles } from "@tailbone/series/chunk";
import type { Points, Summary } from "@tailbone/series/summary";
import { chunk as chunkTable } from "../schema/run";
import { type RowOf, selectColumns } from "../schema/select-columns";
import { SUMMARY_FIELDS } from "../schema/summary-columns";
import type { Transaction } from "../server/database";

/** What is known of a chunk without its bytes. */
export const chunkHead = selectColumns(chunkTable, "series", "ordinal", "leg", "timeOrdered", ...SUMMARY_FIELDS);
export type ChunkHead = RowOf<typeof chunkHead>;

/** The summaries of every 64 points of chunks of a run. */
export async function readChunkTiles(
  sql: Transaction,
  run: string,
  heads: readonly ChunkHead[],
): Promise<Map<ChunkHead, Summary[]>> {
  const bytes = await readBytes(sql, run, heads, "tiles");
  return new Map([...bytes].map(([head, tiles]) => [head, decodeTiles(tiles, head)]));
}

export async function readChunkPoints(
  sql: Transaction,
  run: string,
  heads: readonly ChunkHead[],
): Promise<Map<ChunkHead, Points>> {
  const bytes = await readBytes(sql, run, heads, "points");
  return new Map([...bytes].map(([head, points]) => [head, decodePoints(points)]));
}

async function readBytes(
  sql: Transaction,
  run: string,
  heads: readonly ChunkHead[],
  column: "tiles" | "points",
): Promise<Map<ChunkHead, Uint8Array>> {
  if (heads.length === 0) return new Map();
  const rows = await sql<{ place: number; bytes: (typeof chunkTable.$inferSelect)["points"] }[]>`
    select wanted.place::int as place, ${sql(column)} as bytes
    from unnest(${heads.map((head) => head.series)}::bigint[], ${heads.map((head) => head.ordinal)}::int[])
        with ordinality as wanted (series, ordinal, place)
      join chunk on chunk.run_id = ${run} and chunk.series = wanted.series and chunk.ordinal = wanted.ordinal`;
  const found = new Map<ChunkHead, Uint8Array>();
  for (const { place, bytes } of rows) {
    const head = heads[place - 1];
    if (head !== undefined) found.set(head, bytes);
  }
  return found;
}
