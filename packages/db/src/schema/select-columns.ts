import { type Column, getTableColumns, getTableName } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import type { ISql } from "postgres";

type Sql = ISql<{ bigint: number }>;

/** Some of a table's columns, as what is selected and as the type of the rows: both as the schema has them. */
export interface SelectedColumns<Row> {
  /** For a `select` or a `returning`, in which the table goes by its own name. */
  readonly list: (sql: Sql) => ReturnType<Sql["unsafe"]>;
  /** Says of which type the rows are; there is no such value. */
  readonly row?: Row;
}

export type RowOf<Selected> = Selected extends SelectedColumns<infer Row> ? Row : never;

type NameOf<Table extends PgTable> = string & keyof Table["$inferSelect"];
/** A column under the name that the schema has for it, or some under others. */
type Choice<Table extends PgTable> = NameOf<Table> | Readonly<Record<string, NameOf<Table>>>;
type ChosenName<Each> = Each extends string ? Each : string & keyof Each;
type ColumnOf<Each, As> = Each extends string ? Each & As : As extends keyof Each ? Each[As] : never;

/** What is stored as JSON may be of another version, and is unknown until a schema has read it. */
type ValueOf<Table extends PgTable, Name> =
  Name extends NameOf<Table>
    ? Table["_"]["columns"][Name]["_"]["dataType"] extends "json"
      ? unknown
      : Table["$inferSelect"][Name]
    : never;

/**
 * A column that the schema has no more does not compile, and one whose name in the database is another is selected
 * under that.
 */
export function selectColumns<Table extends PgTable, const Choices extends readonly Choice<Table>[]>(
  table: Table,
  ...choices: Choices
): SelectedColumns<{ [As in ChosenName<Choices[number]>]: ValueOf<Table, ColumnOf<Choices[number], As>> }> {
  const columns: Record<string, Column> = getTableColumns(table);
  const chosen = choices.flatMap((choice) =>
    Object.entries(typeof choice === "string" ? { [choice]: choice } : choice),
  );
  const list = chosen.map(([as, name]) => {
    const column = columns[name];
    if (column === undefined) throw new Error(`${getTableName(table)} has no column ${name}`);
    return `"${getTableName(table)}"."${column.name}" as "${as}"`;
  });
  return { list: (sql) => sql.unsafe(list.join(", ")) };
}
