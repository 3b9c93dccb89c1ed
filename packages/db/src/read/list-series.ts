import { type SeriesList, seriesSchema } from "@tailbone/protocol/http";
import { toWireNumber } from "@tailbone/protocol/json";
import { readRows } from "@tailbone/protocol/unreadable";
import { countFinite, type Summary } from "@tailbone/series/summary";
import { selectSummary } from "../schema/summary-columns";
import type { Database } from "../server/database";
import { readSnapshot } from "./read-snapshot";

/** Statistics of every series of a run, by name. Throws `not_found`. */
export async function listSeries(db: Database, { team, run }: { team: string; run: string }): Promise<SeriesList> {
  return readSnapshot(db, { team, run }, async (sql, offset) => {
    const rows = await sql<Row[]>`
      select name, abandoned, ${selectSummary(sql)} from series where run_id = ${run} and team_id = ${team} and count > 0 order by name`;
    const { values, unreadable } = readRows(seriesSchema, rows.map(toSeries), ({ name }) => ({
      what: "series",
      id: run,
      name,
    }));
    return { offset, series: values, unreadable };
  });
}

interface Row extends Summary {
  name: string;
  abandoned: number;
}

function toSeries(row: Row) {
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
