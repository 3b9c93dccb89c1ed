import type { SettingsChange } from "@tailbone/protocol/lifecycle";
import type { Reading } from "@tailbone/protocol/reading";
import type { AlertLevel } from "@tailbone/protocol/records";

/** What of a TensorFlow.js tensor the SDK uses; any tensor of one element has it, whatever its backend. */
export interface ScalarTensor {
  readonly size: number;
  readonly isDisposed: boolean;
  /** Keeps the tensor alive beyond the `tf.tidy` in which it was made. */
  kept?: boolean;
  clone(): ScalarTensor;
  data(): Promise<ArrayLike<number>>;
  dataSync(): ArrayLike<number>;
  dispose(): void;
}

/**
 * A value to log: a number (NaN and infinities are kept), a boolean (0 or 1), a tensor of one element, which is read
 * back without stalling the step, or an object of values: `{ eval: { loss } }` is the series `eval/loss`.
 */
export type MetricValue = number | boolean | bigint | ScalarTensor | Metrics;
export interface Metrics {
  readonly [name: string]: MetricValue;
}

export interface LogOptions {
  /**
   * Any finite number; may come late, twice, or be fractional. Default: the largest step so far plus one, or the pinned
   * step.
   */
  readonly step?: number;
  /** Milliseconds since 1970. Default: now. */
  readonly timeMs?: number;
}

export interface AlertOptions {
  readonly title: string;
  readonly text?: string;
  /** Default: `info`. */
  readonly level?: AlertLevel;
}

export interface CheckpointOptions {
  readonly step: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** Where the weights lie, if they were saved, and how many bytes they take. */
  readonly weights?: { readonly path: string; readonly bytes: number };
}

/** A measured number with its 95 % interval: without one no verdict can rest on it. */
export interface EstimateOptions {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** From how many examples. Default: 1. */
  readonly n?: number;
  /** What the same measurement gave where nothing is to be found. */
  readonly control?: number | null;
  readonly unit?: string;
}

export interface FeatureDeclaration {
  /** Where it is looked for, if it is at a layer. */
  readonly layer?: string | null;
  /** Thresholds of its life; what is not set stays at its default. */
  readonly settings?: SettingsChange;
}

/** What was found out about a feature by the script's own means. Series that were not measured are left away. */
export interface ReadingOptions extends Partial<Omit<Reading, "feature" | "step" | "encoded" | "used" | "benefit">> {
  readonly feature: string;
  /** Default: the step of what is logged without one. */
  readonly step?: number;
  /** How much of the feature is there to be read: 0 is no better than the control, 1 is everything. */
  readonly encoded?: EstimateOptions | null;
  /** What share of what the output depends on is due to it, 0 to 1. */
  readonly used?: EstimateOptions | null;
  /** What share of what the model has learnt would be lost without it; may be negative. */
  readonly benefit?: EstimateOptions | null;
}

export interface FinishOptions {
  /** Default: `finished`. */
  readonly state?: "finished" | "failed";
}

/**
 * One training, as its script sees it. Nothing here throws or waits: bad use is told once on stderr, with what to do,
 * and the training goes on.
 */
export interface Run extends AsyncDisposable {
  readonly id: string;
  readonly name: string;
  readonly project: string;
  /** The run's page. */
  readonly url: string;
  /** The largest step that the run had when it was resumed; null for a new run, or when the hub could not be asked. */
  readonly lastStep: number | null;

  /**
   * Logs one point for each metric. It costs some hundred nanoseconds: the values go into a ring buffer in shared
   * memory, which a worker thread empties every few milliseconds, also while the loop never yields. When the ring is
   * full (the worker is starved), log waits for room, at most 100 ms in all until the ring is half empty again; beyond
   * that the newest points are dropped, counted, told once, and the run's page says how many.
   */
  log(metrics: Metrics, options?: LogOptions): void;

  /** Sets keys of the run's config; the others stay. */
  config(values: Readonly<Record<string, unknown>>): void;

  /** Adds tags. */
  tags(...tags: string[]): void;

  /** Raises an alert at the current step. */
  alert(alert: AlertOptions): void;

  /** Marks a step at which the model was measured. */
  checkpoint(checkpoint: CheckpointOptions): void;

  /**
   * Declares a feature whose life is followed, with its thresholds. A reading declares it by itself, with the default
   * ones.
   */
  feature(name: string, declaration?: FeatureDeclaration): void;

  /** Says what was found out about a feature at a step. It counts like a reading of `watch`. */
  reading(reading: ReadingOptions): void;

  /**
   * Ends the run: waits for readings and weights that are under way, at most for `finishTimeoutMs`, and delivers what
   * is left, with a progress bar. Resolves when all is stored, or after `finishTimeoutMs` more (sooner when the hub
   * cannot be reached), and then says where the rest lies. Never rejects. A second call is the same as the first.
   */
  finish(options?: FinishOptions): Promise<void>;

  /**
   * For `tailbone/tfjs`: until the next pin, `log` without a step uses this step. `defaults` are logged at it when the
   * next pin or the end comes, except for names that the script has logged at that step itself.
   *
   * Pinned again at the same step, what the script has logged since the first pin still counts.
   *
   * @internal
   */
  pinStep(step: number, defaults?: Metrics): void;

  /**
   * For `tailbone/tfjs`: `finish` waits for this work, within its time, and takes what the work still logs. Work never
   * rejects. `end` says what the work does about the run's end.
   *
   * @internal
   */
  waitFor(work: Promise<void>, end?: WorkEnd): void;
}

/** @internal */
export interface WorkEnd {
  /** The run is being finished: there are so many milliseconds more. */
  readonly hurry?: (limitMs: number) => void;
  /** There is no more time: what is missing may be logged. */
  readonly giveUp?: () => void;
}
