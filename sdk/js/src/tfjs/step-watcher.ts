import { systemClock } from "@tailbone/base/clock";
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import type { Warnings } from "../own-output";
import { BatchTap } from "./batch-tap";
import { Checkpoints } from "./checkpoints";
import { type Gradients, GradientTap, readLearningRate } from "./gradient-tap";
import { findLayerVariables, type LayerVariables } from "./layer-variables";
import type { FeatureWatch } from "./measuring/feature-watch";
import { gradientNorms, weightNorms } from "./norms";
import { readStepResult, type StepMetrics } from "./step-metrics";
import type { CheckedWatchOptions } from "./watch-options";
import type { WatchedRun } from "./watched-run";

/** The step that is being made. */
interface OpenStep {
  readonly step: number;
  readonly startedAtMs: number;
  /** What watching has taken of the time since then. */
  overheadMs: number;
  readonly close: () => void;
}

type StepWatcherOptions = Omit<CheckedWatchOptions, "features" | "seed"> & { readonly features: FeatureWatch | null };

/** Measures the steps of one model, and logs them. Its own failures are told and never thrown. */
export class StepWatcher {
  readonly #run: WatchedRun;
  readonly #model: LayersModel;
  readonly #options: StepWatcherOptions;
  readonly #warnings: Warnings;
  readonly #checkpoints: Checkpoints | null;
  readonly #gradients: GradientTap;
  readonly #batches: BatchTap | null;
  readonly #isResumed: boolean;
  #nextStep: number;
  #open: OpenStep | null = null;
  /** Between the beginning of `watch` and its end. */
  #isBusy = false;
  #hasBegun = false;
  #lastCheckpoint = -1;

  constructor(run: WatchedRun, model: LayersModel, options: StepWatcherOptions, warnings: Warnings) {
    this.#run = run;
    this.#model = model;
    this.#options = options;
    this.#warnings = warnings;
    this.#checkpoints =
      options.checkpoints === false ? null : new Checkpoints(run, model, options.checkpoints, warnings);
    this.#gradients = new GradientTap(options.optimizer ?? model.optimizer ?? null);
    this.#batches = options.batchSize === undefined ? new BatchTap(model) : null;
    this.#nextStep = options.firstStep ?? (run.lastStep === null ? 0 : Math.floor(run.lastStep) + 1);
    // Then the run before has taken the checkpoint that lies where this one begins.
    this.#isResumed = this.#nextStep > 0;
    const { features } = options;
    if (features === null) return;
    run.waitFor(features.done, {
      hurry: (limitMs) => {
        this.#endTraining();
        features.end(limitMs);
      },
      giveUp: () => features.giveUp(),
    });
  }

  get nextStep(): number {
    return this.#nextStep;
  }

  /** See `Watched.step`. */
  async watch<T>(fn: () => T | Promise<T>): Promise<T> {
    if (this.#isBusy) {
      this.#warnings.once(
        "overlap",
        "A step was begun before the one before it had ended; it is made, but not measured. Await watched.step(…).",
      );
      return fn();
    }
    this.#isBusy = true;
    try {
      const before = this.beginTraining();
      if (before !== null) await before;
      this.beginStep();
      const pending = fn();
      const result = isPromise(pending) ? await pending : pending;
      const after = this.endStep(readStepResult(result, this.#model, this.#warnings), null);
      if (after !== null) await after;
      return result;
    } finally {
      this.#isBusy = false;
      this.#closeStep();
    }
  }

  /** Takes the checkpoint of step 0, once. Returns what is to be waited for, as all of these. */
  beginTraining(): Promise<void> | null {
    if (this.#hasBegun) return null;
    this.#hasBegun = true;
    return this.#isResumed ? null : this.#takeCheckpoint({});
  }

  beginStep(): void {
    this.#closeStep();
    this.#guard("begin", () => {
      const step = this.#nextStep;
      this.#options.features?.poll();
      this.#run.pinStep(step);
      const layers = this.#isMeasured(step) ? findLayerVariables(this.#model) : null;
      if (layers !== null) this.#logWeightNorms(step, layers);
      const closeGradients = this.#gradients.open((gradients) => this.#see(gradients, layers));
      const closeBatches = this.#batches?.open();
      const close = (): void => {
        closeBatches?.();
        closeGradients();
      };
      this.#open = { step, startedAtMs: systemClock.monotonicMs(), overheadMs: 0, close };
    });
  }

  /** `examples`: how many there were in the step, if the caller knows. */
  endStep(metrics: StepMetrics, examples: number | null): Promise<void> | null {
    const endedAtMs = systemClock.monotonicMs();
    const open = this.#open;
    this.#closeStep();
    this.#nextStep++;
    if (open === null) return null;
    this.#guard("end", () => {
      const stepMs = Math.max(endedAtMs - open.startedAtMs - open.overheadMs, 0);
      const batchSize = this.#options.batchSize ?? examples ?? this.#batches?.size ?? null;
      const optimizer = this.#gradients.optimizer;
      const lr = optimizer === null ? null : readLearningRate(optimizer);
      this.#run.pinStep(open.step, {
        ...metrics,
        ...(lr === null ? {} : { lr }),
        step_ms: stepMs,
        ...(batchSize === null || stepMs === 0 ? {} : { examples_per_s: (1000 * batchSize) / stepMs }),
      });
    });
    return this.#takeCheckpoint(metrics);
  }

  #closeStep(): void {
    this.#open?.close();
    this.#open = null;
  }

  #takeCheckpoint(metrics: StepMetrics): Promise<void> | null {
    if (!this.#checkpoints?.isAt(this.#nextStep)) return null;
    this.#lastCheckpoint = this.#nextStep;
    const measured = this.#measureFeatures(this.#nextStep);
    const taken = this.#checkpoints.take(this.#nextStep, metrics);
    if (measured === null || taken === null) return measured ?? taken;
    return Promise.all([measured, taken]).then(() => {});
  }

  /** The run is being finished: the model's last state is a checkpoint, also where none was due. */
  #endTraining(): void {
    const step = this.#nextStep;
    if (!this.#hasBegun || this.#lastCheckpoint === step) return;
    this.#lastCheckpoint = step;
    const measured = this.#measureFeatures(step);
    if (measured !== null) this.#run.waitFor(measured);
    this.#guard("last checkpoint", () => this.#run.checkpoint({ step, metrics: {} }));
  }

  /** Returns what is to be waited for where features are measured in place. */
  #measureFeatures(step: number): Promise<void> | null {
    let measured: Promise<void> | null = null;
    this.#guard("features", () => {
      measured = this.#options.features?.measure(step) ?? null;
    });
    return measured;
  }

  #isMeasured(step: number): boolean {
    const { norms } = this.#options;
    return norms !== false && (step % norms.every === 0 || (step <= 512 && Number.isInteger(Math.log2(step))));
  }

  #logWeightNorms(step: number, layers: LayerVariables): void {
    tf.tidy(() => this.#run.log({ weight_norm: weightNorms(layers) }, { step }));
  }

  /** True if the gradients are of this model. `layers`: null if they are not to be measured at this step. */
  #see(gradients: Gradients, layers: LayerVariables | null): boolean {
    const open = this.#open;
    const startedAtMs = systemClock.monotonicMs();
    let isOurs = false;
    this.#guard("gradients", () => {
      isOurs = this.#model.trainableWeights.some((weight) => gradients.has(weight.name));
      if (!isOurs || layers === null || open === null) return;
      tf.tidy(() => this.#run.log({ grad_norm: gradientNorms(layers, gradients) }, { step: open.step }));
      open.overheadMs += systemClock.monotonicMs() - startedAtMs;
    });
    return isOurs;
  }

  #guard(what: string, action: () => void): void {
    try {
      action();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#warnings.once(`failed-${what}`, `A step could not be measured in full (${reason}). The training goes on.`);
    }
  }
}

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
