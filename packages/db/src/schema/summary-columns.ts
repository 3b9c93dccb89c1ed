import { NOTHING, type Summary } from "@tailbone/series/summary";
import { getTableColumns } from "drizzle-orm";
import { bigint, doublePrecision, pgTable } from "drizzle-orm/pg-core";
import type { ISql } from "postgres";

const count = (name: string) => bigint(name, { mode: "number" }).notNull().default(0);
const float = (name: string) => doublePrecision(name).notNull();

/**
 * The columns of a `Summary` (packages/series), of a chunk or of a whole series: they are spelt here, and nowhere else.
 */
export const summaryColumns = () =>
  ({
    count: count("count"),
    nan: count("nan"),
    posInf: count("pos_inf"),
    negInf: count("neg_inf"),
    min: float("min"),
    max: float("max"),
    sum: float("sum"),
    first: float("first"),
    last: float("last"),
    stepFrom: float("step_from"),
    stepTo: float("step_to"),
    timeFrom: float("time_from"),
    timeTo: float("time_to"),
  }) satisfies Record<keyof Summary, unknown>;

const isField = (name: string): name is keyof Summary => name in NOTHING;
const COLUMNS = Object.entries(getTableColumns(pgTable("of_a_summary", summaryColumns()))).flatMap(([field, column]) =>
  isField(field) ? [{ field, name: column.name, array: `::${column.getSQLType()}[]` }] : [],
);

/** For `selectColumns` of a table that has them: its rows are a `Summary` then. */
export const SUMMARY_FIELDS = COLUMNS.map(({ field }) => field);
const NAMED = COLUMNS.map(({ name }) => name).join(", ");
const SET = COLUMNS.map(({ name }) => `${name} = new.${name}`).join(", ");

/** A client or a transaction (server/database.ts imports this folder, and not the other way round). */
type Sql = ISql<{ bigint: number }>;

/** The names of the columns, for an `insert` or what an `unnest` is called. */
export const summaryNames = (sql: Sql) => sql.unsafe(NAMED);

/** For an `update` from what is called `new`. */
export const setSummary = (sql: Sql) => sql.unsafe(SET);

/** Summaries as parameters of an `unnest`, a column each, in the order of `summaryNames`. */
export const summaryArrays = (sql: Sql, summaries: readonly Summary[]) =>
  COLUMNS.map(({ field, array }, place) => {
    const values = summaries.map((summary) => summary[field]);
    return sql`${sql.unsafe(place === 0 ? "" : ", ")}${values}${sql.unsafe(array)}`;
  });
