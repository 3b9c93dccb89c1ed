import { systemClock } from "@tailbone/base/clock";
import { TailboneError } from "@tailbone/protocol/errors";
import { type Frame, sequenceBehind } from "@tailbone/protocol/frame";
import type { RunState } from "@tailbone/protocol/run";
import type { LegTimes } from "@tailbone/series/legs";
import { applyRules, occurrencesOf, type SeriesPast } from "../rules/apply-rules";
import { ALERT_CAPS, type AlertCaps, capScriptAlerts } from "../rules/cap-alerts";
import { run as runTable, writer as writerTable } from "../schema/run";
import { type RowOf, selectColumns } from "../schema/select-columns";
import type { Database, Transaction } from "../server/database";
import { appendLife } from "./append-life";
import { appendRecords } from "./append-records";
import { gatherLife, type Recorded } from "./gather-records";
import { giveNumbers } from "./give-numbers";
import { refuseMissingRun, writerNotFound } from "./missing-run";
import { type Append, carryOut, collectPoints, planPoints, type SeriesRow } from "./plan-points";
import { recountSeries } from "./recount-series";
import { moveLegs } from "./run-legs";
import { leaveChunks, readSeries, takeChunks, UnreadableChunks, writePoints } from "./write-points";

export interface AppendFrames {
  team: string;
  run: string;
  writer: string;
  /** Frames of one writer with consecutive sequences. */
  frames: readonly Frame[];
  nowMs?: number;
  caps?: AlertCaps;
}

/**
 * Frames `from` (inclusive) to `to` (exclusive) of the run's stream are new; `next` is the sequence expected from the
 * writer.
 */
export interface AppendedFrames {
  next: number;
  from: number;
  to: number;
  /** The leg of the run that the writer appends. */
  leg: number;
  /** Where the run stands now, without reading it. */
  project: string;
  state: RunState;
  /** New alerts: those of the script and those of the team's rules. */
  alerts: readonly string[];
}

/**
 * Commits frames in one transaction: points, tiles, statistics, records, the run's head and the writer's place, all or
 * nothing. A frame whose sequence is committed already is passed over. Throws `sequence_gap` when one is missing before
 * the first, `gone` when the run was deleted, and `not_found` when the team has no such run or the run no such writer.
 *
 * What is sent without waiting for an answer travels together: a frame costs four round trips, one more when chunks are
 * merged. A stored chunk that cannot be read is left as it is, beside what comes.
 */
export async function appendFrames(db: Database, input: AppendFrames): Promise<AppendedFrames> {
  for (;;) {
    try {
      return await commitFrames(db, input);
    } catch (error) {
      if (!(error instanceof UnreadableChunks)) throw error;
      await leaveChunks(db.$client, input.run, error);
    }
  }
}

async function commitFrames(
  db: Database,
  { team, run, writer, frames, nowMs = systemClock.wallMs(), caps = ALERT_CAPS }: AppendFrames,
): Promise<AppendedFrames> {
  const all = collectPoints(frames.flatMap((frame) => frame.groups));
  const withConfig = frames.some((frame) => frame.records.some((record) => record.type === "config"));
  return db.$client.begin(async (sql) => {
    const { place, head, known } = await lockRun(sql, { team, run, writer, names: all.keys(), withConfig });
    let next = place.nextSequence;
    const fresh = frames.filter((frame) => frame.sequence >= place.nextSequence);
    for (const frame of fresh) {
      if (frame.sequence !== next) throw sequenceGap(frame.sequence, place.nextSequence);
      next = sequenceBehind(frame);
    }
    const to = head.streamOffset + fresh.length;
    const project = head.projectId;
    const { leg } = place;
    if (fresh.length === 0) return { next, from: to, to, leg, project, state: head.state, alerts: [] };

    const arrived = fresh.length === frames.length ? all : collectPoints(fresh.flatMap((frame) => frame.groups));
    const sealedAtMs = Math.max(...fresh.map((frame) => frame.sealedAtMs));
    const legs = moveLegs(place.legs, place.leg, sealedAtMs);
    const numbers = giveNumbers(head.numbersGiven);
    const { plans, leftOut } = planPoints(arrived, { legs, known, series: head.series, numbers });
    const taken = await takeChunks(sql, run, plans);
    const appends = plans.map((plan) => carryOut(plan, taken.get(plan.number) ?? []));
    const { records, alerts: ofScript, isEnd } = gatherLife(fresh);
    const { events, remarks } = await appendLife(sql, { team, run, records, isEnd, numbers, nowMs });
    const alerts = capScriptAlerts(ofScript, caps.ofCommit);
    const alertIds = alerts.map(({ id }) => id);
    const occurrences = occurrencesOf(fresh, { scripts: alerts, leg: legs.leg, past: pastOf(appends, known) });
    if (events.length > 0) occurrences.push({ type: "events", events });
    const { stored } = await writePoints(sql, { team, run, leg: legs.leg, appends });
    const moved = appends.filter(({ counted }) => counted.moves).map(({ number }) => number);
    if (moved.length > 0 || legs.isUntied) {
      await stored;
      await recountSeries(sql, { run, only: legs.isUntied ? null : moved, legs: legs.after });
    }
    const [, state, , told] = await Promise.all([
      stored,
      appendRecords(sql, {
        team,
        run,
        writer,
        rewoundTo: rewoundTo(appends),
        head,
        frames: fresh,
        addedSeries: appends.filter(({ isNew }) => isNew).length,
        leftOut,
        remarks,
        alerts,
        revive: place.newest,
        numbers,
        nowMs,
      }),
      sql`
        update writer set next_sequence = ${next}, points_through = ${fresh.at(-1)?.pointsThrough ?? null}, last_at_ms = greatest(last_at_ms, ${sealedAtMs}::float8)
        where run_id = ${run} and id = ${writer}`,
      applyRules(sql, { team, run, occurrences, nowMs, caps }),
    ]);
    return { next, from: head.streamOffset, to, leg, project, state, alerts: [...new Set([...alertIds, ...told])] };
  });
}

function pastOf(appends: readonly Append[], known: readonly SeriesRow[]): Map<string, SeriesPast> {
  const rows = new Map(known.map((row) => [row.name, row]));
  return new Map(
    appends.map(({ name, counted: { isOld, isRewound } }) => {
      const row = rows.get(name);
      const last = row !== undefined && Number.isFinite(row.last) ? { step: row.stepTo, value: row.last } : null;
      return [name, { last, isOld, isRewound }];
    }),
  );
}

/**
 * The step at which the training stands now, if it has just gone back over steps; null: it has not. Host and process
 * are measured at the step that the run had before.
 */
function rewoundTo(appends: readonly Append[]): number | null {
  const rewound = appends.filter(({ name, counted }) => counted.isRewound && !name.startsWith("system/"));
  if (rewound.length === 0) return null;
  return Math.max(...rewound.flatMap(({ chunks }) => chunks.map(({ chunk }) => chunk.summary.stepTo)));
}

const headColumns = selectColumns(runTable, "projectId", "state", "tags", "streamOffset", "series", "numbersGiven");
/** What of a run's row its next frames depend on. Configs are read only where the frames change them. */
type RunHead = RowOf<typeof headColumns> & Recorded;

const placeColumns = selectColumns(writerTable, "nextSequence", "leg");
interface Place extends RowOf<typeof placeColumns> {
  config: unknown;
  legs: LegTimes[];
  /** No writer has come after this one, and it has not said that it ended: the run lives as long as it does. */
  newest: boolean;
}

/** Holds the run until the transaction ends, so that its frames are committed one after the other. */
async function lockRun(
  sql: Transaction,
  input: { team: string; run: string; writer: string; names: Iterable<string>; withConfig: boolean },
): Promise<{ place: Place; head: RunHead; known: SeriesRow[] }> {
  const { team, run, writer, names, withConfig } = input;
  // Statements of their own, because each sees what is committed when it begins: the last ones after the lock was got.
  const [[head], [place], known] = await Promise.all([
    sql<Omit<RunHead, "writerConfig">[]>`
      select ${headColumns.list(sql)}, ${withConfig ? sql`config` : sql`null::json as config`}
      from run where id = ${run} and team_id = ${team} for no key update`,
    sql<Place[]>`
      select ${placeColumns.list(sql)}, ${withConfig ? sql`config` : sql`null::json as config`}, (
          select json_agg(json_build_object('leg', leg, 'startedAtMs', started_at_ms, 'lastAtMs', last_at_ms) order by leg)
          from writer as every where every.run_id = writer.run_id
        ) as legs, ended_at_ms is null and not exists (
          select 1 from writer as other where other.run_id = writer.run_id and other.opened_at_ms > writer.opened_at_ms
        ) as newest
      from writer where run_id = ${run} and id = ${writer} and team_id = ${team}`,
    readSeries(sql, run, names),
  ]);
  if (head === undefined) return refuseMissingRun(sql, { team, run });
  if (place === undefined) throw writerNotFound(run, writer);
  return { place, head: { ...head, writerConfig: place.config }, known };
}

function sequenceGap(got: number, expected: number): TailboneError {
  return new TailboneError(
    "sequence_gap",
    `Frame ${got} came, but frame ${expected} is the next of this writer.`,
    `Send from frame ${expected} on; what is before it is stored.`,
    { expected },
  );
}
