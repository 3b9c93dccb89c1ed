import { z } from "zod";

/**
 * What is stored and cannot be read: another version wrote it, or somebody by hand. It is kept as it is. `what` it is
 * ("rule", "event"), or which part of something whose other parts are shown ("config"); `name`: what people call it;
 * `reason`: why it cannot be read.
 */
export const unreadableSchema = z.object({ what: z.string(), id: z.string(), name: z.string(), reason: z.string() });
export type Unreadable = z.infer<typeof unreadableSchema>;

/**
 * Beside a list: those of it that could not be read. Within an entry: its parts that could not be, in whose place a
 * stand-in stands. Hubs of older releases do not say.
 */
export const unreadableListSchema = z.array(unreadableSchema).default([]);

export const UNREADABLE_HINT =
  "Another version of Tailbone wrote it, or somebody by hand. It is kept as it is: run the version that wrote it, or set it right in the database.";

type About = Omit<Unreadable, "reason">;

export type ReadRow<T> = { value: T; unreadable: null } | { value: null; unreadable: Unreadable };

/** Reads what is stored by the schema that it was written by. */
export function readRow<T>(schema: z.ZodType<T>, row: unknown, about: About): ReadRow<T> {
  const parsed = schema.safeParse(row);
  if (parsed.success) return { value: parsed.data, unreadable: null };
  return { value: null, unreadable: { ...about, reason: sayIssue(parsed.error.issues[0]) } };
}

/** Those rows that can be read, in their order, and beside them the others. */
export function readRows<T, Row>(
  schema: z.ZodType<T>,
  rows: readonly Row[],
  about: (row: Row) => About,
): { values: T[]; unreadable: Unreadable[] } {
  const values: T[] = [];
  const unreadable: Unreadable[] = [];
  for (const row of rows) {
    const read = readRow(schema, row, about(row));
    if (read.unreadable === null) values.push(read.value);
    else unreadable.push(read.unreadable);
  }
  return { values, unreadable };
}

export interface ReadParts<T> {
  /** Null: something for which there is no stand-in cannot be read, and with it nothing. */
  value: T | null;
  unreadable: Unreadable[];
}

/** Reads a row of which each part that cannot be read gets its stand-in, and is named. */
export function readParts<T extends object>(
  schema: z.ZodType<T>,
  row: object,
  about: About,
  standIns: () => Partial<T>,
): ReadParts<T> {
  const parsed = schema.safeParse(row);
  if (parsed.success) return { value: parsed.data, unreadable: [] };
  const reasons = new Map<string, string>();
  for (const issue of parsed.error.issues) {
    const part = String(issue.path[0] ?? about.what);
    if (!reasons.has(part)) reasons.set(part, sayIssue(issue));
  }
  const whole: Record<string, unknown> = { ...row };
  for (const [part, standIn] of Object.entries(standIns())) if (reasons.has(part)) whole[part] = standIn;
  const rest = readRow(schema, whole, about);
  if (rest.unreadable !== null) return { value: null, unreadable: [rest.unreadable] };
  return { value: rest.value, unreadable: [...reasons].map(([what, reason]) => ({ ...about, what, reason })) };
}

function sayIssue(issue: z.core.$ZodIssue | undefined): string {
  const place = issue?.path.join(".") ?? "";
  return `${place === "" ? "" : `${place}: `}${issue?.message ?? "it is not understood"}`;
}
