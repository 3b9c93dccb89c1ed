export type { BackendName, PickBackendOptions } from "./pick-backend";
export { pickBackend } from "./pick-backend";
export { savedModel } from "./saved-model";
export { registerTrainingKernels } from "./wasm-kernels/register";
export type { Watched } from "./watch";
export { watch } from "./watch";
export type { CheckpointsOptions, Evaluation, WatchOptions } from "./watch-options";
export type { WatchedRun } from "./watched-run";
