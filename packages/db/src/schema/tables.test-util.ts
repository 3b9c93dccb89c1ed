import { getTableColumns, is } from "drizzle-orm";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import * as access from "./access";
import * as auth from "./auth";
import * as life from "./life";
import * as pages from "./pages";
import * as run from "./run";

/** A table as the schema describes it, in the database's names. */
export interface Table {
  readonly name: string;
  /** The schema's file that has it. */
  readonly file: string;
  readonly columns: readonly { name: string; type: string; isNullable: boolean }[];
  readonly primaryKey: readonly string[];
  readonly uniques: readonly (readonly string[])[];
  readonly references: readonly Reference[];
  readonly indexes: readonly string[];
}

export interface Reference {
  readonly columns: readonly string[];
  readonly table: string;
  readonly foreignColumns: readonly string[];
  readonly onDelete: string;
}

export function describeTables(): Table[] {
  return Object.entries({ run, life, pages, access, auth }).flatMap(([file, module]) =>
    Object.values<unknown>(module)
      .filter((one) => is(one, PgTable))
      .map((table) => describeTable(table, file)),
  );
}

function describeTable(table: PgTable, file: string): Table {
  const config = getTableConfig(table);
  const columns = Object.values(getTableColumns(table));
  const own = columns.filter((column) => column.primary).map(({ name }) => name);
  const names = (list: readonly { name: string }[]) => list.map(({ name }) => name);
  return {
    name: config.name,
    file,
    columns: columns.map((column) => ({ name: column.name, type: column.getSQLType(), isNullable: !column.notNull })),
    primaryKey: config.primaryKeys.flatMap((key) => names(key.columns)).concat(own),
    uniques: [
      ...columns.filter(({ isUnique }) => isUnique).map(({ name }) => [name]),
      ...config.uniqueConstraints.map((unique) => names(unique.columns)),
      ...config.indexes.filter((index) => index.config.unique).map((index) => indexColumns(index.config.columns)),
    ],
    references: config.foreignKeys.map((key) => {
      const { columns: from, foreignTable, foreignColumns } = key.reference();
      return {
        columns: names(from),
        table: getTableConfig(foreignTable).name,
        foreignColumns: names(foreignColumns),
        onDelete: key.onDelete ?? "no action",
      };
    }),
    indexes: config.indexes.flatMap(({ config: { name } }) => name ?? []),
  };
}

const indexColumns = (columns: readonly object[]): string[] =>
  columns.flatMap((column) => ("name" in column && typeof column.name === "string" ? [column.name] : []));
