import type { Run } from "@tailbone/protocol/run";

/** Where a run was at some moment. */
export interface PaceSample {
  readonly step: number;
  readonly atMs: number;
}

/** How far back the pace is measured: long enough to be calm, short enough to follow a change. */
const WINDOW_MS = 15_000;
const SHORTEST_MS = 500;

/** Adds where the run is now, and forgets what lies too far back. */
export function addSample(
  samples: readonly PaceSample[],
  run: Pick<Run, "lastStep" | "seenAtMs">,
): readonly PaceSample[] {
  if (run.lastStep === null) return samples;
  const newest = samples.at(-1);
  if (newest !== undefined && (run.seenAtMs <= newest.atMs || run.lastStep < newest.step)) return samples;
  const sample = { step: run.lastStep, atMs: run.seenAtMs };
  return [...samples.filter(({ atMs }) => sample.atMs - atMs <= WINDOW_MS), sample];
}

/** Steps per second over the samples; null before there are enough of them. */
export function paceOf(samples: readonly PaceSample[]): number | null {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || last.atMs - first.atMs < SHORTEST_MS) return null;
  return ((last.step - first.step) / (last.atMs - first.atMs)) * 1000;
}

/** Milliseconds until the last step, if the pace stays; null when that is not known. */
export function remainingMs(
  { lastStep, totalSteps }: Pick<Run, "lastStep" | "totalSteps">,
  pace: number | null,
): number | null {
  if (lastStep === null || totalSteps === null || pace === null || pace <= 0) return null;
  return (Math.max(0, totalSteps - 1 - lastStep) / pace) * 1000;
}
