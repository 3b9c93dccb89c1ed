import type { Run } from "@tailbone/protocol/run";

/** True when no more points are to be expected. */
export const isSettled = ({ state }: Pick<Run, "state">): boolean => state !== "running" && state !== "stalled";

/** How long a run took, or has taken until it was last heard of. */
export const durationMs = (run: Pick<Run, "startedAtMs" | "finishedAtMs" | "seenAtMs">): number =>
  (run.finishedAtMs ?? run.seenAtMs) - run.startedAtMs;
