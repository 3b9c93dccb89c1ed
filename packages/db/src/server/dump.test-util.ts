import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Sql } from "postgres";
import type { Sample } from "./sample.test-util";

/**
 * Databases of older releases, each called after the last migration that it had seen: a line of JSON a row, written by
 * that release's own code.
 */
const DUMPS = fileURLToPath(new URL("../../dumps", import.meta.url));

type Row = Record<string, unknown>;
type Line = { sample: Sample; read: unknown } | { table: string; row: Row };

export interface Dump {
  readonly sample: Sample;
  /** What its release's readers said of it. */
  readonly read: unknown;
  readonly tables: ReadonlyMap<string, readonly Row[]>;
}

export const dumpsOf = (): string[] => readdirSync(DUMPS).map((name) => name.replace(/\.jsonl\.gz$/, ""));

const pathOf = (tag: string): string => join(DUMPS, `${tag}.jsonl.gz`);

export async function listTables(sql: Sql): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by relname`;
  return rows.map(({ name }) => name);
}

export async function writeDump(sql: Sql, tag: string, sample: Sample, read: unknown): Promise<void> {
  const lines = [JSON.stringify({ sample, read })];
  for (const table of await listTables(sql)) {
    const rows = await sql<{ row: string }[]>`select row_to_json(one)::text as row from ${sql(table)} as one`;
    for (const { row } of rows) lines.push(`{"table":${JSON.stringify(table)},"row":${row}}`);
  }
  writeFileSync(pathOf(tag), gzipSync(`${lines.join("\n")}\n`, { level: 9 }));
}

export function readDump(tag: string): Dump {
  const tables = new Map<string, Row[]>();
  let head: Pick<Dump, "sample" | "read"> | null = null;
  for (const text of gunzipSync(readFileSync(pathOf(tag)))
    .toString()
    .trim()
    .split("\n")) {
    const line: Line = JSON.parse(text);
    if ("table" in line) tables.set(line.table, [...(tables.get(line.table) ?? []), line.row]);
    else head = line;
  }
  if (head === null) throw new Error(`the dump ${tag} does not say what it is a sample of`);
  return { ...head, tables };
}

/** Puts the rows of a dump into a database of its schema that is new. */
export async function loadDump(sql: Sql, { tables }: Dump): Promise<void> {
  await sql.begin(async (one) => {
    // Rows come in the order of their tables' names, not of what refers to what.
    await one`set local session_replication_role = replica`;
    await one`truncate database_epoch`;
    for (const [table, rows] of tables) {
      await one`
        insert into ${one(table)} overriding system value
        select * from json_populate_recordset(null::${one(table)}, ${JSON.stringify(rows)}::text::json)`;
    }
  });
}
