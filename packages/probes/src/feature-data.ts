import type { SettingsChange } from "@tailbone/protocol/lifecycle";
import type { Ablation, Concept } from "./eraser";
import type { LossName } from "./outcome";
import type { TensorData } from "./rows";

/** A feature and the data to look for it: plain data and names, so that another thread can measure it. */
export interface FeatureData {
  readonly name: string;
  /** Where it is looked for, and erased if there is no swap; one of a model within the model is `outer/inner`. */
  readonly layer: string;
  /**
   * To find it: inputs, and the feature's class of each, from 0 on. Independent of the task's label, or that is
   * measured.
   */
  readonly probe: {
    readonly inputs: TensorData;
    readonly labels: Int32Array;
    /** Classes of a feature that should not matter, in the same inputs: an erasure's control. */
    readonly irrelevant: Int32Array | null;
  };
  /**
   * To see what it is good for: as in training, held out. `swapped`: the same inputs, each with another example's
   * feature.
   */
  readonly task: {
    readonly inputs: TensorData;
    readonly targets: TensorData;
    readonly swapped: TensorData | null;
    /** The same inputs with something irrelevant of another example: the swap's control. */
    readonly irrelevant: TensorData | null;
  };
  readonly loss: LossName;
  /** How it is taken away at the layer, where there is no swap. */
  readonly ablation: Ablation;
  readonly settings: SettingsChange;
}

const countClasses = (labels: Int32Array): number => 1 + labels.reduce((a, b) => Math.max(a, b), 0);

/** How many classes the labels of a feature have. */
export const classesOf = ({ probe }: FeatureData): number => countClasses(probe.labels);

/** The feature that should not matter, if one was given. */
export const irrelevantOf = ({ probe: { irrelevant } }: FeatureData): Concept | null =>
  irrelevant === null ? null : { labels: irrelevant, classes: countClasses(irrelevant) };

/** Fewer examples than max(20 d, 1000) leave a probe unsure; d: width of the layer. */
export const enoughExamples = (width: number): number => Math.max(20 * width, 1000);
