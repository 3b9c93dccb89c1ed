import { checkFeature } from "@tailbone/probes/check-feature";
import { isJoint, membersOf } from "@tailbone/probes/joint";
import { TailboneError } from "@tailbone/protocol/errors";
import * as tf from "@tensorflow/tfjs-core";
import type { CustomCallbackArgs, LayersModel } from "@tensorflow/tfjs-layers";
import { Warnings } from "../own-output";
import { registerChainedOps } from "./chained-ops";
import { readTask, type TaskOptions } from "./feature";
import { fitCallback } from "./fit-callback";
import { FeatureWatch } from "./measuring/feature-watch";
import { StepWatcher } from "./step-watcher";
import { registerTrainingKernels } from "./wasm-kernels/register";
import { type CheckedWatchOptions, parseWatchOptions, type WatchOptions } from "./watch-options";
import type { WatchedRun } from "./watched-run";

/** A model that is watched while it trains. */
export interface Watched {
  /** Number of the step that comes next. */
  readonly nextStep: number;

  /**
   * Runs one SGD step of a hand-written loop and logs it: `loss` (what `fn` returned, if that is a number or a tensor
   * of one element), `lr`, `step_ms` (of `fn` alone), `examples_per_s` (at that speed), and every so many steps
   * `grad_norm/<layer>`, `weight_norm/<layer>` and both over all layers (`…/global`), of the weights before the step.
   * Until the next step, `run.log` without a step means this one, and what it logs under these names takes their place.
   *
   * Gradients are seen as the optimizer applies them. It is the one of the options, of the compiled model, or the one
   * that minimises within `fn`; where there is none (weights assigned by hand, or `applyGradients` called on an
   * optimizer that was not given in the options) there are no gradient norms and no `lr`.
   *
   * Resolves with what `fn` returned, after the checkpoint's evaluation if one is due. An error of `fn` passes through
   * unchanged, and its step is not counted. Without checkpoints that evaluate or save, a loop of synchronous steps need
   * not await it.
   */
  step<T>(fn: () => T | Promise<T>): Promise<T>;

  /**
   * From the next checkpoint on, a feature is seen against these task data: when the training's own data change, so
   * that its benefit is that for what is learnt now; or for fresh examples at each checkpoint. Data that don't fit are
   * told on stderr, and the old ones stay.
   */
  setTask(feature: string, task: TaskOptions): void;

  /**
   * For `model.fit`: one step a batch, with the same series, the model's metrics, and at the end of each epoch
   * `epoch/…` and `val_…`.
   */
  callback(): CustomCallbackArgs;
}

/**
 * Watches a TensorFlow.js model while it trains: a sequential, functional or recurrent LayersModel, on any backend.
 * Throws a TailboneError for wrong options; from then on nothing of it throws: what fails is told once on stderr.
 */
export function watch(run: WatchedRun, model: LayersModel, options: WatchOptions = {}): Watched {
  const checked = parseWatchOptions(options);
  if (tf.getBackend() === "wasm") registerTrainingKernels();
  registerChainedOps();
  const warnings = new Warnings();
  const features = watchFeatures(run, model, checked, warnings);
  const watcher = new StepWatcher(run, model, { ...checked, features }, warnings);
  return {
    get nextStep() {
      return watcher.nextStep;
    },
    step: (fn) => watcher.watch(fn),
    setTask: (name, task) => features?.setTask(name, () => readTask(name, task)),
    callback: () => fitCallback(run, watcher),
  };
}

/** Throws for a feature that does not fit the model, before anything is trained. */
function watchFeatures(
  run: WatchedRun,
  model: LayersModel,
  checked: CheckedWatchOptions,
  warnings: Warnings,
): FeatureWatch | null {
  const { features, seed } = checked;
  if (features.length === 0) return null;
  const twice = features.find(({ name }, index) => features.findIndex((other) => other.name === name) < index);
  if (twice !== undefined) {
    throw new TailboneError("bad_request", `Two features are called "${twice.name}".`, "Give each a name of its own.");
  }
  const all = features.map(({ data }) => data);
  const single = all.flatMap((data) => (isJoint(data) ? [] : [data]));
  for (const data of single) checkFeature(data, model);
  for (const data of all) if (isJoint(data)) membersOf(data, single);
  return new FeatureWatch(run, model, all, seed, warnings);
}
