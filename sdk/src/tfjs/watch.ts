import { checkFeature } from "@tailbone/probes/feature-data";
import { TailboneError } from "@tailbone/protocol/errors";
import * as tf from "@tensorflow/tfjs-core";
import type { CustomCallbackArgs, LayersModel } from "@tensorflow/tfjs-layers";
import { Warnings } from "../own-output";
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
   * Runs one SGD step of a hand-written loop and logs it: `loss` (what `fn` returned, if that is a number or a tensor of one element),
   * `lr`, `step_ms` (of `fn` alone), `examples_per_s` (at that speed), and every so many steps `grad_norm/<layer>`, `weight_norm/<layer>` and
   * both over all layers (`…/global`), of the weights before the step. Until the next step, `run.log` without a step
   * means this one, and what it logs under these names takes their place.
   *
   * Gradients are seen as the optimizer applies them. It is the one of the options, of the compiled model, or the one that
   * minimises within `fn`; where there is none (weights assigned by hand, or `applyGradients` called on an optimizer that was not given
   * in the options) there are no gradient norms and no `lr`.
   *
   * Resolves with what `fn` returned, after the checkpoint's evaluation if one is due. An error of `fn` passes through unchanged, and
   * its step is not counted. Without checkpoints that evaluate or save, a loop of synchronous steps need not await it.
   */
  step<T>(fn: () => T | Promise<T>): Promise<T>;

  /** For `model.fit`: one step a batch, with the same series, the model's metrics, and at the end of each epoch `epoch/…` and `val_…`. */
  callback(): CustomCallbackArgs;
}

/**
 * Watches a TensorFlow.js model while it trains: a sequential, functional or recurrent LayersModel, on any backend. Throws a
 * TailboneError for wrong options; from then on nothing of it throws: what fails is told once on stderr.
 */
export function watch(run: WatchedRun, model: LayersModel, options: WatchOptions = {}): Watched {
  const checked = parseWatchOptions(options);
  if (tf.getBackend() === "wasm") registerTrainingKernels();
  const warnings = new Warnings();
  const features = watchFeatures(run, model, checked, warnings);
  const watcher = new StepWatcher(run, model, { ...checked, features }, warnings);
  return {
    get nextStep() {
      return watcher.nextStep;
    },
    step: (fn) => watcher.watch(fn),
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
  for (const { data } of features) checkFeature(data, model);
  return new FeatureWatch(
    run,
    model,
    features.map(({ data }) => data),
    seed,
    warnings,
  );
}
