import { type SeriesList, seriesSchema } from "@tailbone/protocol/http";
import { toWireNumber } from "@tailbone/protocol/json";
import { readRows } from "@tailbone/protocol/unreadable";
import { countFinite } from "@tailbone/series/summary";
import type { Database } from "../server/database";
import { readSnapshot } from "./read-snapshot";
import { type SeriesHead, seriesHead } from "./series-head";

/** Statistics of every series of a run, by name. Throws `not_found`. */
export async function listSeries(db: Database, { team, run }: { team: string; run: string }): Promise<SeriesList> {
  return readSnapshot(db, { team, run }, async (sql, offset) => {
    const rows = await sql<SeriesHead[]>`
      select ${seriesHead.list(sql)} from series where run_id = ${run} and team_id = ${team} and count > 0 order by name`;
    const { values, unreadable } = readRows(seriesSchema, rows.map(toSeries), ({ name }) => ({
      what: "series",
      id: run,
      name,
    }));
    return { offset, series: values, unreadable };
  });
}

function toSeries(row: SeriesHead) {
  const finite = countFinite(row) > 0;
  return {
    name: row.name,
    points: row.count,
    abandoned: row.abandoned,
    nan: row.nan,
    infinite: row.posInf + row.negInf,
    min: finite ? row.min : null,
    max: finite ? row.max : null,
    last: toWireNumber(row.last),
    fromStep: row.stepFrom,
    toStep: row.stepTo,
    fromTimeMs: row.timeFrom,
    toTimeMs: row.timeTo,
  };
}
