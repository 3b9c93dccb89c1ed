import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../server/testing";
import { drawTables } from "./draw-tables.test-util";
import { describeTables, type Reference, type Table } from "./tables.test-util";

const PAGE = fileURLToPath(new URL("../../../../docs/tables.md", import.meta.url));
if (process.env.WRITE_TABLES === "1") writeFileSync(PAGE, drawTables());

let database: TestDatabase;
let tables: Map<string, Omit<Table, "file"> & { given: string[] }>;
beforeAll(async () => {
  database = await openTestDatabase();
  tables = await readTables();
});
afterAll(() => database.close());

interface Constraint {
  table: string;
  type: "p" | "u" | "f";
  columns: string[];
  target: string | null;
  foreignColumns: string[];
  onDelete: keyof typeof ON_DELETE;
}

const ON_DELETE = { a: "no action", c: "cascade", n: "set null", " ": "" };

/**
 * The tables of the migrated database as its catalogue has them; `given`: columns whose values the database makes up.
 */
async function readTables(): Promise<typeof tables> {
  const sql = database.db.$client;
  const columns = await sql<{ table: string; name: string; type: string; isNullable: boolean; isGiven: boolean }[]>`
    select relname as table, attname as name, format_type(atttypid, atttypmod) as type, not attnotnull as "isNullable",
      attidentity <> '' or coalesce(pg_get_expr(adbin, adrelid), '') like 'nextval(%' as "isGiven"
    from pg_attribute join pg_class on pg_class.oid = attrelid left join pg_attrdef on adrelid = attrelid and adnum = attnum
    where relnamespace = 'public'::regnamespace and relkind = 'r' and attnum > 0 and not attisdropped`;
  const named = (keys: string, of: string) => sql`
    array(select attname::text from unnest(${sql(keys)}) with ordinality as key (number, place)
      join pg_attribute on attrelid = ${sql(of)} and attnum = key.number order by place)`;
  const constraints = await sql<Constraint[]>`
    select conrelid::regclass::text as table, contype as type, ${named("conkey", "conrelid")} as columns,
      nullif(confrelid, 0)::regclass::text as target, ${named("confkey", "confrelid")} as "foreignColumns",
      confdeltype as "onDelete"
    from pg_constraint where connamespace = 'public'::regnamespace and contype in ('p', 'u', 'f')`;
  const indexes = await sql<{ table: string; name: string; unique: string[] | null }[]>`
    select indrelid::regclass::text as table, indexrelid::regclass::text as name,
      case when indisunique then ${named("indkey", "indrelid")} end as unique
    from pg_index join pg_class on pg_class.oid = indexrelid
    where relnamespace = 'public'::regnamespace
      and not exists (select 1 from pg_constraint where conindid = indexrelid and contype in ('p', 'u'))`;
  const names = [...new Set(columns.map(({ table }) => table))];
  return new Map(
    names.map((name) => {
      const of = <Row extends { table: string }>(rows: readonly Row[]) =>
        rows.filter(({ table }) => table.replaceAll('"', "") === name);
      const keys = of(constraints);
      return [
        name,
        {
          name,
          columns: of(columns).map(({ table: _, isGiven: __, ...column }) => column),
          primaryKey: keys.find(({ type }) => type === "p")?.columns ?? [],
          uniques: [
            ...keys.flatMap((key) => (key.type === "u" ? [key.columns] : [])),
            ...of(indexes).flatMap(({ unique }) => (unique === null ? [] : [unique])),
          ],
          references: keys.flatMap((key): Reference[] =>
            key.type !== "f"
              ? []
              : [
                  {
                    columns: key.columns,
                    table: key.target?.replaceAll('"', "") ?? "",
                    foreignColumns: key.foreignColumns,
                    onDelete: ON_DELETE[key.onDelete],
                  },
                ],
          ),
          indexes: of(indexes).map((index) => index.name),
          given: of(columns).flatMap((column) => (column.isGiven ? [column.name] : [])),
        },
      ];
    }),
  );
}

test("the picture of the tables is that of the schema", () => {
  expect(readFileSync(PAGE, "utf8")).toBe(drawTables());
});

test("the migrations make the tables that the schema describes", () => {
  const sorted = ({ columns, uniques, references, indexes, ...rest }: Omit<Table, "file">) => ({
    ...rest,
    columns: columns.toSorted((a, b) => a.name.localeCompare(b.name)),
    uniques: uniques.map(String).toSorted(),
    references: references.toSorted((a, b) => String(a.columns).localeCompare(String(b.columns))),
    indexes: indexes.toSorted(),
  });
  const described = describeTables();
  expect([...tables.keys()].toSorted()).toEqual(described.map(({ name }) => name).toSorted());
  for (const { file: _, ...table } of described) {
    const { given: __, ...found } = tables.get(table.name) ?? { ...table, columns: [], given: [] };
    expect(sorted(found)).toEqual(sorted(table));
  }
});

test("every key of what a run holds begins with the run, and nothing in it is numbered by the database", () => {
  const isHeld = (name: string): boolean =>
    name !== "deleted_run" && (tables.get(name)?.columns.some((column) => column.name === "run_id") ?? false);
  const held = [...tables.values()].filter(({ name }) => isHeld(name));
  expect(held.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["series", "chunk", "checkpoint", "console_line", "reading", "lifecycle_event"]),
  );
  expect(held.map(({ name }) => name)).toEqual(expect.arrayContaining(["alert", "delivery", "rule_state", "writer"]));
  for (const { name, primaryKey, uniques, references, given } of held) {
    expect([name, ...given]).toEqual([name]);
    for (const key of [primaryKey, ...uniques]) expect([name, key[0]]).toEqual([name, "run_id"]);
    const within = references.filter(({ table }) => table === "run" || isHeld(table));
    expect([name, within.length]).toEqual([name, 1]);
    for (const { columns, table, foreignColumns } of within) {
      expect([name, columns[0]]).toEqual([name, "run_id"]);
      expect(foreignColumns[0]).toBe(table === "run" ? "id" : "run_id");
    }
  }
});
