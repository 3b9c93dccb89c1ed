import { type Occurrence, subjectsOf } from "@tailbone/lifecycle/rules/reduce-rule";
import type { SeriesMemory, SubjectMemory, Swallowed } from "@tailbone/lifecycle/rules/rule-state";
import { stepSchema } from "@tailbone/protocol/names";
import type { Rule } from "@tailbone/protocol/rules";
import { storable } from "@tailbone/protocol/text";
import { type ReadRow, readRow } from "@tailbone/protocol/unreadable";
import { z } from "zod";
import { storableJson } from "../append/stored-text";
import { ruleState } from "../schema/run";
import { type RowOf, selectColumns } from "../schema/select-columns";
import type { Transaction } from "../server/database";

/**
 * Of the JSON in which a memory is stored; what was stored before there were versions is of the first. Raise it with
 * what is kept.
 */
const MEMORY_VERSION = 1;

const versionSchema = z
  .int()
  .default(1)
  .refine((version) => version <= MEMORY_VERSION, `it is later than ${MEMORY_VERSION}, which this release reads up to`);
// As one value: a window has hundreds of numbers, and is read with each frame.
const windowSchema = z.custom<number[]>((value) => Array.isArray(value) && value.every(Number.isFinite));
const seriesSchema = z.object({
  version: versionSchema,
  window: windowSchema,
  best: z.number().nullable(),
  bestStep: stepSchema.nullable(),
  lastStep: stepSchema.nullable(),
  holds: z.boolean(),
});
const swallowedSchema = z.object({
  version: versionSchema,
  count: z.number().int().nonnegative(),
  from: stepSchema.nullable(),
  to: stepSchema.nullable(),
});
const memorySchema = z.object({
  series: seriesSchema.nullable(),
  toldMs: z.number().nullable(),
  toldKey: z.string().nullable(),
  swallowed: swallowedSchema.nullable(),
});

const columns = selectColumns(ruleState, "subject", "series", "toldMs", "toldKey", "swallowed", { rule: "ruleId" });

function parseMemory({ rule, subject, ...row }: RowOf<typeof columns>): ReadRow<SubjectMemory> {
  const read = readRow(memorySchema, row, { what: "memory", id: rule, name: subject });
  if (read.unreadable !== null) return read;
  const { series, swallowed, ...told } = read.value;
  return { value: { ...told, series: withoutVersion(series), swallowed: withoutVersion(swallowed) }, unreadable: null };
}

function withoutVersion<T extends { version: number }>(part: T | null): Omit<T, "version"> | null {
  if (part === null) return null;
  const { version: _, ...rest } = part;
  return rest;
}

const encode = (part: SeriesMemory | Swallowed | null): string | null =>
  part === null ? null : storableJson({ version: MEMORY_VERSION, ...part });

/** What a rule remembers of the subjects that something has come of. */
export interface Memories {
  known: Map<string, SubjectMemory>;
  /** Subjects of which it cannot be read, and why: that stays as it is, and the rule looks at them no more. */
  unreadable: Map<string, string>;
}

/** By the id of the rule; those that look at none of the occurrences are not among them. */
export async function readMemories(
  sql: Transaction,
  run: string,
  rules: readonly Pick<Rule, "id" | "condition">[],
  occurrences: readonly Occurrence[],
): Promise<Map<string, Memories>> {
  const memories = new Map<string, Memories>();
  const wanted: { rule: string; subject: string }[] = [];
  for (const { id, condition } of rules) {
    const subjects = new Set(occurrences.flatMap((occurrence) => subjectsOf(condition, occurrence)).map(storable));
    if (subjects.size > 0) memories.set(id, { known: new Map(), unreadable: new Map() });
    for (const subject of subjects) wanted.push({ rule: id, subject });
  }
  if (wanted.length === 0) return memories;
  const rows = await sql<RowOf<typeof columns>[]>`
    select ${columns.list(sql)} from unnest(${wanted.map(({ rule }) => rule)}::uuid[], ${wanted.map(({ subject }) => subject)}::text[])
      as wanted (rule_id, subject) join rule_state using (rule_id, subject)
    where run_id = ${run}`;
  for (const row of rows) {
    const { value, unreadable } = parseMemory(row);
    const ofRule = memories.get(row.rule);
    if (unreadable === null) ofRule?.known.set(row.subject, value);
    else ofRule?.unreadable.set(row.subject, unreadable.reason);
  }
  return memories;
}

/** What of some occurrences a rule can look at. */
export function visibleTo(
  condition: Rule["condition"],
  occurrences: readonly Occurrence[],
  { unreadable }: Memories,
): readonly Occurrence[] {
  if (unreadable.size === 0) return occurrences;
  return occurrences
    .flatMap((one): Occurrence[] =>
      one.type === "events" ? one.events.map((event) => ({ type: "events", events: [event] })) : [one],
    )
    .filter((one) => subjectsOf(condition, one).every((subject) => !unreadable.has(storable(subject))));
}

export interface Changed {
  rule: string;
  subject: string;
  memory: SubjectMemory;
}

export async function writeMemories(sql: Transaction, run: string, changed: readonly Changed[]): Promise<void> {
  if (changed.length === 0) return;
  await sql`
    insert into rule_state (run_id, rule_id, subject, series, told_ms, told_key, swallowed)
    select ${run}::uuid, rule_id, subject, series::jsonb, told_ms, told_key, swallowed::jsonb
    from unnest(${changed.map(({ rule }) => rule)}::uuid[], ${changed.map(({ subject }) => storable(subject))}::text[],
      ${changed.map(({ memory: { series } }) => encode(series))}::text[],
      ${changed.map(({ memory: { toldMs } }) => toldMs)}::float8[],
      ${changed.map(({ memory: { toldKey } }) => (toldKey === null ? null : storable(toldKey)))}::text[],
      ${changed.map(({ memory: { swallowed } }) => encode(swallowed))}::text[])
      as new (rule_id, subject, series, told_ms, told_key, swallowed)
    on conflict (run_id, rule_id, subject) do update set series = excluded.series, told_ms = excluded.told_ms,
      told_key = excluded.told_key, swallowed = excluded.swallowed`;
}
