import type { Run } from "../run";

/** What `watch` needs of a run. */
export type WatchedRun = Pick<
  Run,
  "id" | "lastStep" | "log" | "pinStep" | "checkpoint" | "feature" | "reading" | "waitFor"
>;
