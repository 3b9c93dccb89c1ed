export { TailboneError } from "@tailbone/protocol/errors";
export { init } from "./init";
export type { InitOptions, Mode } from "./init-options";
export type {
  AlertOptions,
  CheckpointOptions,
  EstimateOptions,
  FeatureDeclaration,
  FinishOptions,
  LogOptions,
  Metrics,
  MetricValue,
  ReadingOptions,
  Run,
  ScalarTensor,
} from "./run";
