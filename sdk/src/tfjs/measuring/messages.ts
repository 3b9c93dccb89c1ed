import type { FeatureData } from "@tailbone/probes/feature-data";
import type { Reading } from "@tailbone/protocol/reading";

/** What the measuring thread begins with. */
export interface MeasuringInput {
  /** The model's topology, as `model.toJSON` gives it. */
  readonly topology: object;
  readonly features: readonly FeatureData[];
  readonly seed: number;
  /** The training script, beside which backends are looked for. */
  readonly script: string | undefined;
}

/** A model as it was after `step` steps: its weights in the order of `model.getWeights()`. */
export interface Snapshot {
  readonly step: number;
  readonly weights: readonly Float32Array[];
}

export type MeasuringReply =
  | { readonly type: "ready" }
  /** The model cannot be rebuilt here. */
  | { readonly type: "unable"; readonly reason: string }
  | { readonly type: "measured"; readonly step: number; readonly readings: readonly Reading[] };
