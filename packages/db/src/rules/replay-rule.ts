import { type Firing, type Occurrence, reduceRule } from "@tailbone/lifecycle/rules/reduce-rule";
import type { SubjectMemory } from "@tailbone/lifecycle/rules/rule-state";
import type { FinitePoint } from "@tailbone/lifecycle/rules/series-condition";
import { lifecycleEventSchema } from "@tailbone/protocol/lifecycle";
import { alertSchema, type Condition, type Replay, type Replayed } from "@tailbone/protocol/rules";
import { fitsSeries } from "@tailbone/protocol/series-pattern";
import { readRow, readRows, type Unreadable } from "@tailbone/protocol/unreadable";
import { decodePoints } from "@tailbone/series/chunk";
import { findProject } from "../read/projects";
import { BrokenChunks, type ChunkHead, chunkHead } from "../read/read-chunks";
import { readPlaces, type SeriesHead, seriesHead } from "../read/series-head";
import { lifecycleEvent } from "../schema/life";
import { alert as alertTable, chunk as chunkTable, run as runTable } from "../schema/run";
import { type RowOf, selectColumns } from "../schema/select-columns";
import type { Database } from "../server/database";
import { lastFinite } from "./apply-rules";

/** How many alerts are named; all are counted. */
const NAMED = 100;
/** Points are shown to the rule as they came: so much of the training's time at once. */
const BEAT_MS = 1000;

const runColumns = selectColumns(runTable, "id", "name", "state");
interface PastRun extends RowOf<typeof runColumns> {
  endedAtMs: (typeof runTable.$inferSelect)["seenAtMs"];
}
const eventColumns = selectColumns(lifecycleEvent, "id", "event", "timeMs");
const alertColumns = selectColumns(alertTable, "id", "title", "text", "level", "step", "timeMs");
const pointsColumn = selectColumns(chunkTable, "points");

const raisedSchema = alertSchema.pick({ id: true, title: true, text: true, level: true, step: true, timeMs: true });

type Timed = { occurrence: Occurrence; timeMs: number };

/**
 * What a rule would have raised in the team's newest runs, had it been there: the rules' own reducer over what is
 * stored of them, in the order and at the times of the trainings. Of a run's states the last one is known; what cannot
 * be read is passed over, and named. Nothing is raised. Throws `not_found` for another team's project.
 */
export async function replayRule(
  db: Database,
  { team, replay: { rule, runs } }: { team: string; replay: Replay },
): Promise<Replayed> {
  const sql = db.$client;
  const project = rule.project === null ? null : await findProject(db, { team, project: rule.project });
  const past = await sql<PastRun[]>`
    select ${runColumns.list(sql)}, coalesce(finished_at_ms, seen_at_ms) as "endedAtMs" from run
    where team_id = ${team} ${project === null ? sql`` : sql`and project_id = ${project}`}
    order by created_at_ms desc, id desc limit ${runs}`;
  const replayed: Replayed = { runs: past.length, firedRuns: 0, fired: 0, alerts: [], unreadable: [] };
  for (const run of past) {
    const firings = await replayRun(db, team, run, rule, replayed.unreadable);
    replayed.fired += firings.length;
    if (firings.length > 0) replayed.firedRuns++;
    for (const { title, by } of firings.slice(0, NAMED - replayed.alerts.length)) {
      replayed.alerts.push({ run: { id: run.id, name: run.name }, title, step: by });
    }
  }
  return replayed;
}

async function replayRun(
  db: Database,
  team: string,
  run: PastRun,
  rule: Replay["rule"],
  unreadable: Unreadable[],
): Promise<Firing[]> {
  const memories = new Map<string, SubjectMemory>();
  const firings: Firing[] = [];
  for await (const { occurrence, timeMs } of readOccurrences(db, team, run, rule.condition, unreadable)) {
    const reduced = reduceRule(rule, (subject) => memories.get(subject), occurrence, timeMs);
    for (const [subject, memory] of reduced.memories) memories.set(subject, memory);
    firings.push(...reduced.firings);
  }
  return firings;
}

/** What a condition looks at of a run, in the order in which it came. */
async function* readOccurrences(
  db: Database,
  team: string,
  run: PastRun,
  condition: Condition,
  unreadable: Unreadable[],
): AsyncGenerator<Timed, void, undefined> {
  const sql = db.$client;
  switch (condition.type) {
    case "lifecycle": {
      const rows = await sql<RowOf<typeof eventColumns>[]>`
        select ${eventColumns.list(sql)} from lifecycle_event where run_id = ${run.id} and team_id = ${team} order by number`;
      for (const { id, event, timeMs } of rows) {
        const read = readRow(lifecycleEventSchema, event, { what: "event", id, name: run.name });
        if (read.unreadable !== null) unreadable.push(read.unreadable);
        else yield { occurrence: { type: "events", events: [read.value] }, timeMs };
      }
      return;
    }
    case "run_state":
      yield { occurrence: { type: "run_state", state: run.state, note: "" }, timeMs: run.endedAtMs };
      return;
    case "script": {
      const rows = await sql<RowOf<typeof alertColumns>[]>`
        select ${alertColumns.list(sql)} from alert
        where run_id = ${run.id} and team_id = ${team} and kind = 'script' order by time_ms, id`;
      const read = readRows(raisedSchema, rows, ({ id, title }) => ({ what: "alert", id, name: title }));
      unreadable.push(...read.unreadable);
      for (const { timeMs, ...raised } of read.values) yield { occurrence: { type: "script", ...raised }, timeMs };
      return;
    }
    default:
      yield* readPoints(db, team, run.id, condition, unreadable);
  }
}

async function* readPoints(
  db: Database,
  team: string,
  run: string,
  condition: Extract<Condition, { series: string }>,
  unreadable: Unreadable[],
): AsyncGenerator<Timed, void, undefined> {
  const sql = db.$client;
  // A series without such values needs no second look.
  const which = condition.type === "nan" ? sql`and (nan + pos_inf + neg_inf > 0 or abandoned > 0)` : sql``;
  const all = await sql<SeriesHead[]>`
    select ${seriesHead.list(sql)} from series
    where run_id = ${run} and team_id = ${team} and count > 0 ${which} order by name`;
  const looked = all.filter(({ name }) => fitsSeries(condition.series, name));
  for (const [series, places] of await readPlaces(sql, run, looked)) {
    const { number, name } = series;
    const broken = new BrokenChunks();
    // A leg that goes on from another comes after it, though something of the older one may have been delivered later.
    const inOrder = places.some(({ resumedAtMs }) => resumedAtMs !== null) ? sql`leg, ordinal` : sql`ordinal`;
    const chunks = sql<(ChunkHead & RowOf<typeof pointsColumn>)[]>`
      select ${chunkHead.list(sql)}, ${pointsColumn.list(sql)} from chunk where run_id = ${run} and series = ${number} order by ${inOrder}`.cursor(
      8,
    );
    const seen = new Set<number>();
    let highest = Number.NEGATIVE_INFINITY;
    let finite: FinitePoint | null = null;
    for await (const rows of chunks) {
      for (const { points: bytes, ...head } of rows) {
        const { leg, count } = head;
        const points = decodePoints(bytes, count);
        if (points === null) {
          broken.add(head);
          continue;
        }
        const { steps, timesMs, values } = points;
        const place = places.find((one) => one.leg === leg);
        let isRewound = !seen.has(leg) && typeof place?.resumedAtMs === "number" && place.fromStep <= highest;
        if (isRewound) finite = null;
        seen.add(leg);
        highest = Math.max(highest, steps.at(-1) ?? highest);
        let from = 0;
        for (let to = 1; to <= values.length; to++) {
          const timeMs = timesMs[from] ?? 0;
          if (to < values.length && Math.abs((timesMs[to] ?? 0) - timeMs) < BEAT_MS) continue;
          const part = { steps: steps.subarray(from, to), values: values.subarray(from, to) };
          yield { occurrence: { type: "points", series: name, ...part, before: finite, leg, isRewound }, timeMs };
          isRewound = false;
          finite = lastFinite(part.steps, part.values) ?? finite;
          from = to;
        }
      }
    }
    unreadable.push(...broken.of(run, series));
  }
}
