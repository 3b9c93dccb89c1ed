import type { CustomCallbackArgs } from "@tensorflow/tfjs-layers";
import type { Metrics } from "../run";
import type { StepWatcher } from "./step-watcher";
import type { WatchedRun } from "./watched-run";

/** What `model.fit` calls as it goes. TensorFlow.js has read the metrics by then. */
export function fitCallback(run: WatchedRun, watcher: StepWatcher): CustomCallbackArgs {
  return {
    onTrainBegin: async () => {
      await watcher.beginTraining();
    },
    onBatchBegin: () => watcher.beginStep(),
    onBatchEnd: async (_batch, { batch: _, size, ...metrics } = {}) => {
      await watcher.endStep(metrics, size ?? null);
    },
    onEpochEnd: (_epoch, logs = {}) => {
      run.log(epochMetrics(logs), { step: Math.max(watcher.nextStep - 1, 0) });
    },
  };
}

/** Those of the validation have a name of their own; the others are means over the epoch. */
function epochMetrics(logs: Readonly<Record<string, number>>): Metrics {
  return Object.fromEntries(
    Object.entries(logs).map(([name, value]) => [name.startsWith("val_") ? name : `epoch/${name}`, value]),
  );
}
