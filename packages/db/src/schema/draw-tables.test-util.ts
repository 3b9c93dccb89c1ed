import { describeTables, type Reference, type Table } from "./tables.test-util";

const START = `# The tables

Drawn from the schema (\`packages/db/src/schema/\`) by a test, which fails where this page says something else;
\`WRITE_TABLES=1 npx vitest run packages/db/src/schema\` writes it anew. PK: in the primary key, FK: in a reference. What
the columns hold is said beside them in the schema.
`;

const HELD = `Every key of these begins with the run, and so does every reference from one to another. Rows are numbered in the
run's order; [architecture.md](architecture.md#the-store) says why.`;

/** Tables that are drawn together, each in one of these. */
const PARTS: readonly { title: string; text: string; holds: (table: Table) => boolean }[] = [
  { title: "What a run holds", text: HELD, holds: ({ name, references }) => name === "run" || isOfRun(references) },
  {
    title: "What a team has",
    text: "Besides, the database has its epoch: which of its lives it is in, since it may be restored to an older state.",
    holds: ({ file }) => file !== "access" && file !== "auth",
  },
  {
    title: "Who may enter",
    text: "Mostly the tables of better-auth; an `organization` is a team.",
    holds: () => true,
  },
];

const isOfRun = (references: Table["references"]): boolean =>
  references.some(({ columns: [first] }) => first === "run_id");

/** The page that shows all tables with their keys. */
export function drawTables(): string {
  let left = describeTables();
  const parts = PARTS.map(({ title, text, holds }) => {
    const own = left.filter(holds);
    left = left.filter((table) => !own.includes(table));
    return `## ${title}\n\n${text}\n\n${drawPart(own)}\n\n${listKeys(own)}\n`;
  });
  return [START, ...parts].join("\n");
}

function drawPart(tables: readonly Table[]): string {
  const lines = tables.flatMap((table) => [
    ...table.references.map((reference) => drawReference(table, reference)),
    `  ${quote(table.name)} {`,
    ...table.columns.map((column) => drawColumn(table, column)),
    "  }",
  ]);
  return ["```mermaid", "erDiagram", ...lines, "```"].join("\n");
}

/** Some words of the picture's own language, such as `delivery`, are none; names are quoted all the same. */
const quote = (name: string): string => `"${name}"`;

function drawReference(table: Table, { columns, table: target }: Reference): string {
  const isOptional = table.columns.some(({ name, isNullable }) => isNullable && columns.includes(name));
  const isWhole = [table.primaryKey, ...table.uniques].some(
    (key) => key.length === columns.length && key.every((name) => columns.includes(name)),
  );
  return `  ${quote(target)} ${isOptional ? "|o" : "||"}--${isWhole ? "o|" : "o{"} ${quote(table.name)} : "${columns.join(", ")}"`;
}

function drawColumn({ primaryKey, references }: Table, { name, type, isNullable }: Table["columns"][number]): string {
  const marks = [
    ...(primaryKey.includes(name) ? ["PK"] : []),
    ...(references.some(({ columns }) => columns.includes(name)) ? ["FK"] : []),
  ];
  const words = [shorten(type), name, ...(marks.length === 0 ? [] : [marks.join(", ")])];
  return `    ${words.join(" ")}${isNullable ? ' "may be null"' : ""}`;
}

const shorten = (type: string): string =>
  type.replace("double precision", "float8").replace("timestamp with time zone", "timestamptz");

function listKeys(tables: readonly Table[]): string {
  const rows = tables.map(({ name, primaryKey, uniques, references }) => {
    const unique = uniques.map((columns) => columns.join(", ")).join("; ");
    const refers = references.map(
      ({ columns, table, foreignColumns, onDelete }) =>
        `${columns.join(", ")} → ${table} (${foreignColumns.join(", ")}), ${sayOnDelete(onDelete)}`,
    );
    return `| \`${name}\` | ${primaryKey.join(", ")} | ${unique} | ${refers.join("<br>")} |`;
  });
  return ["| table | primary key | also unique | refers to |", "|---|---|---|---|", ...rows].join("\n");
}

function sayOnDelete(onDelete: string): string {
  if (onDelete === "cascade") return "goes with it";
  if (onDelete === "set null") return "forgets it";
  throw new Error(`there is no word yet for on delete ${onDelete}`);
}
