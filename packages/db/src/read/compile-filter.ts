import type { Field, Filter, Operator, Value } from "@tailbone/query/filter";
import { FilterError } from "@tailbone/query/filter-error";
import type { Flag, Key } from "@tailbone/query/keys";
import { parsePattern } from "@tailbone/query/pattern";
import type { Client, Transaction } from "../server/database";
import type { runColumns } from "./get-run";
import { printForPostgres } from "./print-pattern";

type Sql = Client | Transaction;
type Fragment = ReturnType<typeof runColumns>;

/*
 * A filter as a condition on `run`. What was typed is a parameter, always. Each condition is true or false, never null:
 * so NOT is what a person takes it for, and finds what has no such value too.
 *
 * Longer than other files: one table, a row for each thing that can be asked of a run.
 */

/** One thing that is known of a run, as it can be compared. */
interface Known {
  readonly text: Fragment;
  readonly number: Fragment;
}

/** Whether a run has something of a kind for which a condition holds. */
type Some = (holds: (known: Known) => Fragment) => Fragment;

export function compileFilter(sql: Sql, filter: Filter, nowMs: number): Fragment {
  switch (filter.type) {
    case "and":
      return joined(filter.of, sql`and`, sql`true`);
    case "or":
      return joined(filter.of, sql`or`, sql`false`);
    case "not":
      return sql`(not ${compile(filter.of)})`;
    case "has":
      return someOf(sql, filter.field)(({ text }) => sql`${text} is not null`);
    case "is":
      return compileFlag(sql, filter.flag);
    case "compare":
      return someOf(sql, filter.field)((known) => compare(known, filter.operator, filter.value));
    case "within":
      return someOf(
        sql,
        filter.field,
      )((known) => sql`${compare(known, ">=", filter.low)} and ${compare(known, "<=", filter.high)}`);
    case "any":
      return someOf(
        sql,
        filter.field,
      )(
        (known) =>
          sql`(${join(
            sql,
            filter.values.map((value) => compare(known, "=", value)),
            sql`or`,
          )})`,
      );
    case "word": {
      const part = partOf(filter.text);
      return sql`(run.name ilike ${part} or run.state ilike ${part} or ${someTag(sql)(({ text }) => sql`${text} ilike ${part}`)})`;
    }
    case "match": {
      const { source, field } = filter;
      return field === null
        ? sql`(${matches(runKey(sql, "name"), source)} or ${matches(someTag(sql), source)})`
        : matches(someOf(sql, field), source);
    }
  }

  function compile(one: Filter): Fragment {
    return compileFilter(sql, one, nowMs);
  }

  function joined(of: readonly Filter[], by: Fragment, empty: Fragment): Fragment {
    return of.length === 0 ? empty : sql`(${join(sql, of.map(compile), by)})`;
  }

  function matches(some: Some, source: string): Fragment {
    const pattern = parsePattern(source);
    const written = printForPostgres(pattern);
    return some(({ text }) => (pattern.ignoresCase ? sql`${text} ~* ${written}` : sql`${text} ~ ${written}`));
  }

  function compare({ text, number }: Known, operator: Operator, value: Value): Fragment {
    switch (value.type) {
      case "text":
        return sql`${text} ilike ${operator === ":" ? partOf(value.text) : wholeOf(value.text)}`;
      case "number":
        if (operator !== "=") return order(number, operator, value.value);
        return sql`(${number} = ${value.value}::float8 or ${text} ilike ${wholeOf(value.text)})`;
      case "span":
        return operator === "=" ? sql`${number} = ${value.ms}::float8` : order(number, operator, value.ms);
      case "ago":
        return order(number, operator, nowMs - value.ms);
      case "time": {
        const { fromMs, toMs } = value;
        if (operator === "<" || operator === ">=") return order(number, operator, fromMs);
        if (operator === "<=") return order(number, "<", toMs);
        if (operator === ">") return order(number, ">=", toMs);
        return sql`${number} >= ${fromMs}::float8 and ${number} < ${toMs}::float8`;
      }
    }
  }

  /** NaN is neither less nor more than anything, though PostgreSQL puts it behind all numbers. */
  function order(number: Fragment, operator: Operator, value: number): Fragment {
    const by = { "<": sql`<`, "<=": sql`<=`, ">": sql`>`, ">=": sql`>=`, "=": sql`=`, ":": sql`=` }[operator];
    return sql`(${number} ${by} ${value}::float8 and ${number} <> 'NaN' and ${value}::float8 <> 'NaN')`;
  }
}

const join = (sql: Sql, [first, ...others]: readonly Fragment[], by: Fragment): Fragment =>
  others.reduce((all, one) => sql`${all} ${by} ${one}`, first ?? sql`false`);

const escapeLike = (text: string): string => text.replaceAll(/[\\%_]/g, "\\$&");
const partOf = (text: string): string => `%${escapeLike(text)}%`;
const wholeOf = escapeLike;

function someOf(sql: Sql, field: Field): Some {
  if (field.type === "key") return field.key === "tag" ? someTag(sql) : runKey(sql, field.key);
  return field.type === "config" ? configValue(sql, field.name) : aggregate(sql, field);
}

/** A value by itself: what is null fits nothing. */
const single =
  (sql: Sql, known: Known): Some =>
  (holds) =>
    sql`coalesce(${holds(known)}, false)`;

const textOf = (sql: Sql, text: Fragment): Some => single(sql, { text, number: sql`null::float8` });
const numberOf = (sql: Sql, number: Fragment): Some =>
  single(sql, { text: sql`(${number})::text`, number: sql`(${number})::float8` });

const someTag =
  (sql: Sql): Some =>
  (holds) =>
    sql`exists (select 1 from unnest(run.tags) as tag where ${holds({ text: sql`tag`, number: sql`null::float8` })})`;

function runKey(sql: Sql, key: Exclude<Key, "tag">): Some {
  const keys: Record<typeof key, () => Some> = {
    name: () => textOf(sql, sql`run.name`),
    id: () => textOf(sql, sql`run.id::text`),
    number: () => numberOf(sql, sql`run.number`),
    state: () => textOf(sql, sql`run.state`),
    project: () => textOf(sql, sql`(select its.name from project as its where its.id = run.project_id)`),
    person: () => textOf(sql, sql`run.created_by`),
    host: () => textOf(sql, sql`(run.host ->> 'hostname')`),
    commit: () => textOf(sql, sql`(run.host ->> 'gitCommit')`),
    notes: () => textOf(sql, sql`nullif(run.notes, '')`),
    created: () => numberOf(sql, sql`run.created_at_ms`),
    started: () => numberOf(sql, sql`run.started_at_ms`),
    seen: () => numberOf(sql, sql`run.seen_at_ms`),
    finished: () => numberOf(sql, sql`run.finished_at_ms`),
    duration: () => numberOf(sql, sql`coalesce(run.finished_at_ms, run.seen_at_ms) - run.started_at_ms`),
    step: () => numberOf(sql, sql`run.last_step`),
    points: () => numberOf(sql, sql`run.points`),
  };
  return keys[key]();
}

/** By its name, which may have points in it, else by the names that lead to it. */
function configValue(sql: Sql, name: string): Some {
  const path = name.split(".");
  const text = sql`coalesce(run.config ->> ${name}::text, run.config #>> ${path}::text[])`;
  const json = sql`coalesce(run.config -> ${name}::text, run.config #> ${path}::text[])`;
  return single(sql, { text, number: sql`case json_typeof(${json}) when 'number' then (${text})::float8 end` });
}

function aggregate(sql: Sql, { aggregate: of, name, step, place }: Extract<Field, { type: "aggregate" }>): Some {
  if (step !== null) {
    throw new FilterError(place, "what a series was at one step is not kept by itself, and cannot be asked for", [
      `${of}(${name}) without @`,
      "max(…) or min(…)",
    ]);
  }
  const ofSeries =
    (number: Fragment): Some =>
    (holds) =>
      sql`exists (
        select 1 from series as one where one.run_id = run.id and one.name = ${name} and one.count > 0
          and ${holds({ text: sql`(${number})::text`, number: sql`(${number})::float8` })})`;
  /** The step by which it first came to be so, of its stored events. */
  const firstBy =
    (state: "functional" | "vestigial"): Some =>
    (holds) =>
      sql`exists (
        select 1 from (
          select case jsonb_typeof(event -> 'by') when 'number' then (event ->> 'by')::float8 end as by
          from lifecycle_event as happened where happened.run_id = run.id and event ->> 'feature' = ${name}
            and event ->> 'to' = ${state} and event ->> 'from' <> ${state} order by happened.number limit 1
        ) as first where ${holds({ text: sql`first.by::text`, number: sql`first.by` })})`;
  const aggregates: Record<typeof of, () => Some> = {
    last: () => ofSeries(sql`one.last`),
    first: () => ofSeries(sql`one.first`),
    min: () => ofSeries(sql`case when one.min <= one.max then one.min end`),
    max: () => ofSeries(sql`case when one.min <= one.max then one.max end`),
    mean: () => ofSeries(sql`one.sum / nullif(one.count - one.nan - one.pos_inf - one.neg_inf, 0)`),
    count: () => ofSeries(sql`one.count`),
    onset: () => firstBy("functional"),
    vestigial: () => firstBy("vestigial"),
    state: () => (holds) =>
      sql`exists (
      select 1 from feature as one where one.run_id = run.id and one.name = ${name}
        and ${holds({ text: sql`one.state`, number: sql`null::float8` })})`,
  };
  return aggregates[of]();
}

/** No run can be archived yet, so none is. */
function compileFlag(sql: Sql, flag: Flag): Fragment {
  return flag === "archived" ? sql`false` : sql`run.state = ${flag}`;
}
