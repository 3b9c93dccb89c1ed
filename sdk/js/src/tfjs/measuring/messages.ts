import type { FeatureData } from "@tailbone/probes/feature-data";
import type { JointData } from "@tailbone/probes/joint";
import type { Reading } from "@tailbone/protocol/reading";
import type { BackendName } from "../pick-backend";

/** What the measuring thread begins with. */
export interface MeasuringInput {
  /** The model's topology, as `model.toJSON` gives it. */
  readonly topology: object;
  readonly features: readonly (FeatureData | JointData)[];
  readonly seed: number;
  /** Backends to compute on, in the order in which they are tried. */
  readonly backends: readonly BackendName[];
  /** The training script, beside which backends are looked for. */
  readonly script: string | undefined;
}

/** A model as it was after `step` steps: its weights in the order of `model.getWeights()`. */
export interface Snapshot {
  readonly step: number;
  readonly weights: readonly Float32Array[];
}

/** Other data to see a feature against, for the snapshots that follow. */
export interface TaskChange {
  readonly feature: string;
  readonly task: FeatureData["task"];
}

export type MeasuringOrder =
  | { readonly type: "measure"; readonly snapshot: Snapshot }
  | { readonly type: "task"; readonly change: TaskChange };

export type MeasuringReply =
  /** `isSlow`: it computes in plain JavaScript. */
  | { readonly type: "ready"; readonly isSlow: boolean }
  /** The model cannot be rebuilt here. */
  | { readonly type: "unable"; readonly reason: string }
  | { readonly type: "measured"; readonly step: number; readonly readings: readonly Reading[] };
