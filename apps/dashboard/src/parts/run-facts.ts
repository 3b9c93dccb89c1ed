import type { Run } from "@tailbone/protocol/run";

/** How long a run took, or has taken until it was last heard of. */
export const durationMs = (run: Pick<Run, "startedAtMs" | "finishedAtMs" | "seenAtMs">): number =>
  (run.finishedAtMs ?? run.seenAtMs) - run.startedAtMs;
