import type { Frame } from "@tailbone/protocol/frame";
import type { RunState } from "@tailbone/protocol/run";
import { storable } from "@tailbone/protocol/text";
import type { ScriptAlert } from "../rules/cap-alerts";
import type { Transaction } from "../server/database";
import { type Changes, gatherRecords, type Recorded } from "./gather-records";
import type { Numbers } from "./give-numbers";
import { jsonb, orderedJson, storableJson } from "./stored-text";

interface AppendRecords {
  team: string;
  run: string;
  writer: string;
  /** Where the leg stands, if it has just gone back over steps of another. */
  rewoundTo: number | null;
  head: Recorded & { readonly state: RunState };
  frames: readonly Frame[];
  /** How many series are new with these frames. */
  addedSeries: number;
  /** Points of these frames that were not stored. */
  leftOut: number;
  /** What else was left out, in words. */
  remarks: readonly string[];
  /** Those that the script has raised. */
  alerts: readonly ScriptAlert[];
  /** Whether a run that has ended runs again by these frames. */
  revive: boolean;
  /** All that is new beside these records has its number already. */
  numbers: Numbers;
  nowMs: number;
}

/**
 * Stores the records of new frames and moves the run's head on; returns the run's state then. Nothing in it waits for
 * an answer before it sends all.
 */
export async function appendRecords(sql: Transaction, input: AppendRecords): Promise<RunState> {
  const { team, run, writer, head, frames, leftOut, remarks, alerts, numbers, nowMs } = input;
  const changes = gatherRecords(head, frames, { leftOut, remarks, nowMs });
  const { points, lastStep } = countPoints(frames);
  const { rewoundTo } = input;
  const linesAfter = numbers.give(changes.lines.length);
  const checkpointsAfter = numbers.give(changes.checkpoints.length);
  const { end } = changes;
  const state = end?.state ?? stateAfter(head.state, input.revive);
  await Promise.all([
    sql`
      update run set
        stream_offset = stream_offset + ${frames.length},
        points = points + ${points - leftOut},
        series = series + ${input.addedSeries},
        numbers_given = ${numbers.given()},
        dropped_points = least(dropped_points + ${changes.dropped}, ${Number.MAX_SAFE_INTEGER}),
        last_step = ${rewoundTo === null ? sql`greatest(last_step, ${lastStep}::float8)` : rewoundTo},
        seen_at_ms = ${nowMs},
        state = ${state}
        ${changes.config === null ? sql`` : sql`, config = ${orderedJson(sql, changes.config)}`}
        ${changes.tags === null ? sql`` : sql`, tags = ${changes.tags}::text[]`}
        ${end === null ? sql`` : sql`, finished_at_ms = ${end.timeMs}, error = ${jsonb(sql, end.error)}`}
        ${end === null && state !== head.state ? sql`, finished_at_ms = null, error = null` : sql``}
      where id = ${run} and team_id = ${team}`,
    ...(end === null
      ? []
      : [sql`update writer set ended_at_ms = ${end.timeMs} where run_id = ${run} and id = ${writer}`]),
    ...(changes.writerConfig === null
      ? []
      : [
          sql`
            update writer set config = ${orderedJson(sql, changes.writerConfig)}
            where run_id = ${run} and id = ${writer}`,
        ]),
    ...(changes.lines.length === 0 ? [] : [insertLines(sql, team, run, changes.lines, linesAfter)]),
    ...(changes.checkpoints.length === 0
      ? []
      : [insertCheckpoints(sql, team, run, changes.checkpoints, checkpointsAfter)]),
    ...(alerts.length === 0 ? [] : [insertAlerts(sql, team, run, alerts)]),
  ]);
  return state;
}

function stateAfter(before: RunState, revive: boolean): RunState {
  return before === "stalled" || revive ? "running" : before;
}

function countPoints(frames: readonly Frame[]): { points: number; lastStep: number | null } {
  let points = 0;
  let lastStep: number | null = null;
  for (const group of frames.flatMap((frame) => frame.groups)) {
    points += group.steps.length * group.names.length;
    for (const step of group.steps) if (lastStep === null || step > lastStep) lastStep = step;
  }
  return { points, lastStep };
}

function insertLines(sql: Transaction, team: string, run: string, lines: Changes["lines"], after: number) {
  return sql`
    insert into console_line (team_id, run_id, number, time_ms, stream, text)
    select ${team}, ${run}::uuid, ${after}::bigint + place, time_ms, stream, text
    from unnest(${lines.map((line) => line.timeMs)}::float8[], ${lines.map((line) => line.stream)}::text[],
      ${lines.map((line) => storable(line.text))}::text[])
      with ordinality as line (time_ms, stream, text, place)`;
}

function insertCheckpoints(
  sql: Transaction,
  team: string,
  run: string,
  checkpoints: Changes["checkpoints"],
  after: number,
) {
  return sql`
    insert into checkpoint (team_id, run_id, number, step, time_ms, metrics, weights)
    select ${team}, ${run}::uuid, ${after}::bigint + place, step, time_ms, metrics::jsonb, weights::jsonb
    from unnest(${checkpoints.map((one) => one.step)}::float8[], ${checkpoints.map((one) => one.timeMs)}::float8[],
      ${checkpoints.map((one) => storableJson(one.metrics))}::text[],
      ${checkpoints.map((one) => (one.weights === undefined ? null : storableJson(one.weights)))}::text[])
      with ordinality as one (step, time_ms, metrics, weights, place)`;
}

function insertAlerts(sql: Transaction, team: string, run: string, alerts: readonly ScriptAlert[]) {
  return sql`
    insert into alert (id, team_id, run_id, title, text, level, step, time_ms)
    select id, ${team}, ${run}::uuid, title, text, level, step, time_ms
    from unnest(${alerts.map(({ id }) => id)}::uuid[], ${alerts.map(({ title }) => storable(title))}::text[],
      ${alerts.map(({ text }) => storable(text))}::text[], ${alerts.map(({ level }) => level)}::text[],
      ${alerts.map(({ step }) => step ?? null)}::float8[], ${alerts.map(({ timeMs }) => timeMs)}::float8[])
      as one (id, title, text, level, step, time_ms)`;
}
