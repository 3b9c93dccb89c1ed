export { TailboneError } from "@tailbone/protocol/errors";
export { init } from "./init";
export type { InitOptions, Mode } from "./init-options";
export type {
  AlertOptions,
  CheckpointOptions,
  FinishOptions,
  LogOptions,
  Metrics,
  MetricValue,
  Run,
  ScalarTensor,
} from "./run";
