import { addSteps, type LegStart, type LegTimes, placeLegs, succeeds } from "@tailbone/series/legs";
import type { Points, Summary } from "@tailbone/series/summary";
import { writer as writerTable } from "../schema/run";
import { type RowOf, selectColumns } from "../schema/select-columns";
import type { Client, Transaction } from "../server/database";

const columns = selectColumns(writerTable, "leg", "startedAtMs", "lastAtMs");

/** The legs of a run before and after the frames that one of them is appending. */
export interface RunLegs {
  /** The one that appends. */
  readonly leg: number;
  readonly before: readonly LegTimes[];
  readonly after: readonly LegTimes[];
  /** It turns out to have been written beside one that seemed to go on from it: what counts changes in every series. */
  readonly isUntied: boolean;
}

/** What new points of a leg are in their series. */
export interface LegCount {
  /** Those that count: the very same when all do. */
  readonly line: Points | null;
  /** Those that a later leg has logged anew already. */
  readonly abandoned: number;
  /** The series' legs as they are stored. */
  readonly legs: readonly number[];
  /** `legs` or `abandoned` differ from what is stored. */
  readonly changes: boolean;
  /** What counts of the other legs is another than before: the series is to be counted anew. */
  readonly moves: boolean;
  /** A later leg has points of the series: these are not what the training does now. */
  readonly isOld: boolean;
  /** The leg begins here, and goes back over steps of one that it goes on from. */
  readonly isRewound: boolean;
}

/** A run's legs with their times, in their order. */
export function readLegs(sql: Client | Transaction, run: string) {
  return sql<RowOf<typeof columns>[]>`select ${columns.list(sql)} from writer where run_id = ${run} order by leg`;
}

/** The run's legs when `leg` has sealed a frame at this time. */
export function moveLegs(before: readonly LegTimes[], leg: number, sealedAtMs: number): RunLegs {
  const own = before.find((one) => one.leg === leg);
  if (own === undefined || own.lastAtMs >= sealedAtMs) return { leg, before, after: before, isUntied: false };
  const moved = { ...own, lastAtMs: sealedAtMs };
  return {
    leg,
    before,
    after: before.map((one) => (one === own ? moved : one)),
    isUntied: before.some((one) => succeeds(one, own) && !succeeds(one, moved)),
  };
}

/** The legs of a series from how they are stored. */
export function toLegStarts(
  legs: readonly number[],
  { count, stepFrom }: Pick<Summary, "count" | "stepFrom">,
): readonly LegStart[] {
  if (legs.length === 0) return count > 0 ? [{ leg: 1, fromStep: stepFrom }] : [];
  return Array.from({ length: legs.length / 2 }, (_, index) => ({
    leg: legs[2 * index] ?? 1,
    fromStep: legs[2 * index + 1] ?? 0,
  }));
}

const encodeLegs = (starts: readonly LegStart[]): number[] =>
  starts.length === 1 && starts[0]?.leg === 1 ? [] : starts.flatMap(({ leg, fromStep }) => [leg, fromStep]);

/** What new points of the leg that appends are in a series that stands as `row`. */
export function countLegs(
  row: (Pick<Summary, "count" | "stepFrom" | "stepTo"> & { legs: readonly number[] }) | undefined,
  points: Points,
  { leg, before, after }: RunLegs,
): LegCount {
  const all = { line: points, abandoned: 0, legs: [], changes: false, moves: false, isOld: false, isRewound: false };
  if (after.length === 1 && leg === 1) return all;
  const known = row === undefined ? [] : toLegStarts(row.legs, row);
  const starts = addSteps(known, leg, points.steps);
  const legs = encodeLegs(starts);
  const isNew = starts !== known;
  if (starts.length === 1) return { ...all, legs, changes: isNew && legs.length > 0 };
  const own = after.find((one) => one.leg === leg);
  const others = after.filter((one) => one.leg !== leg && starts.some((start) => start.leg === one.leg));
  const later = own === undefined ? [] : others.filter((one) => succeeds(one, own));
  const cut = starts.reduce(
    (least, start) => (later.some((one) => one.leg === start.leg) ? Math.min(least, start.fromStep) : least),
    Number.POSITIVE_INFINITY,
  );
  const line = pointsBelow(points, cut);
  const abandoned = points.steps.length - (line?.steps.length ?? 0);
  const isFirst = !known.some((one) => one.leg === leg);
  const fromStep = starts.find((one) => one.leg === leg)?.fromStep ?? 0;
  return {
    line,
    abandoned,
    legs,
    changes: isNew || abandoned > 0,
    moves: isNew && hasMoved(placeLegs(known, before), placeLegs(starts, after)),
    isOld: later.length > 0,
    isRewound:
      isFirst &&
      own !== undefined &&
      others.some((one) => succeeds(own, one)) &&
      row !== undefined &&
      row.stepTo >= fromStep,
  };
}

function hasMoved(before: ReturnType<typeof placeLegs>, after: ReturnType<typeof placeLegs>): boolean {
  return before.some(({ leg, cut }) => after.find((one) => one.leg === leg)?.cut !== cut);
}

function pointsBelow(points: Points, cut: number): Points | null {
  if (cut === Number.POSITIVE_INFINITY || points.steps.every((step) => step < cut)) return points;
  const pick = (column: Float64Array): Float64Array => column.filter((_, index) => (points.steps[index] ?? cut) < cut);
  const steps = pick(points.steps);
  return steps.length === 0 ? null : { steps, timesMs: pick(points.timesMs), values: pick(points.values) };
}
