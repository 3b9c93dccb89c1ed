import { type LegPlace, placeLegs } from "@tailbone/series/legs";
import { readLegs, toLegStarts } from "../append/run-legs";
import { series as seriesTable } from "../schema/run";
import { type RowOf, selectColumns } from "../schema/select-columns";
import { SUMMARY_FIELDS } from "../schema/summary-columns";
import type { Client, Transaction } from "../server/database";

/** What is known of a series without its chunks. */
export const seriesHead = selectColumns(seriesTable, "number", "name", "legs", "abandoned", ...SUMMARY_FIELDS);
export type SeriesHead = RowOf<typeof seriesHead>;

/** What counts of the legs of series of one run. */
export async function readPlaces<Head extends SeriesHead>(
  sql: Client | Transaction,
  run: string,
  heads: readonly Head[],
): Promise<Map<Head, LegPlace[]>> {
  const times = heads.some(({ legs }) => legs.length > 2) ? await readLegs(sql, run) : [];
  return new Map(heads.map((head) => [head, placeLegs(toLegStarts(head.legs, head), times)]));
}
