import { type Column, getTableColumns, getTableName } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import type { ISql } from "postgres";

type Sql = ISql<{ bigint: number }>;

/** Some of a table's columns, as what is selected and as the type of the rows: both as the schema has them. */
export interface SelectedColumns<Row> {
  /** For a `select`, under the names that the schema has for them. */
  readonly list: (sql: Sql) => ReturnType<Sql["unsafe"]>;
  /** Says of which type the rows are; there is no such value. */
  readonly row?: Row;
}

export type RowOf<Selected> = Selected extends SelectedColumns<infer Row> ? Row : never;

/** What is stored as JSON may be of another version, and is unknown until a schema has read it. */
type ValueOf<
  Table extends PgTable,
  Name extends string & keyof Table["$inferSelect"],
> = Table["_"]["columns"][Name]["_"]["dataType"] extends "json" ? unknown : Table["$inferSelect"][Name];

/**
 * A column that the schema has no more does not compile, and one whose name in the database is another is selected
 * under that.
 */
export function selectColumns<Table extends PgTable, Name extends string & keyof Table["$inferSelect"]>(
  table: Table,
  ...names: readonly Name[]
): SelectedColumns<{ [Each in Name]: ValueOf<Table, Each> }> {
  const columns: Record<string, Column> = getTableColumns(table);
  const list = names.map((name) => {
    const column = columns[name];
    if (column === undefined) throw new Error(`${getTableName(table)} has no column ${name}`);
    return `"${getTableName(table)}"."${column.name}" as "${name}"`;
  });
  return { list: (sql) => sql.unsafe(list.join(", ")) };
}
