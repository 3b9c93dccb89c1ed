import { resolve } from "node:path";
import { TailboneError } from "@tailbone/protocol/errors";
import type { Optimizer } from "@tensorflow/tfjs-core";
import { z } from "zod";
import { readEnvironment } from "../environment";
import type { Feature } from "./feature";

/** Results of an evaluation, by the name of their series: `{ "eval/accuracy": 0.93 }`. */
export type Evaluation = Readonly<Record<string, number>>;

export interface CheckpointsOptions {
  /** Steps 0, 1, 2, 4 … 512. Default: true. */
  readonly log?: boolean;
  /** Every so many steps, after the log-spaced ones if there are any. Default: 500. */
  readonly every?: number;
  /**
   * Save the model at checkpoints: `never` (default), `always` (each stays) or `last` (only the newest stays). It is
   * written to `dir`/step-N in TensorFlow.js' own format, while the training goes on; `savedModel` reads it back.
   */
  readonly save?: "never" | "always" | "last";
  /** Default: weights/<run id> in the data folder (TAILBONE_DATA, else `.tailbone` in the current folder). */
  readonly dir?: string;
  /**
   * Measures the model, as on held-out examples. What it returns is logged at the checkpoint's step and kept in its
   * record. The training waits for it, and an error that it throws passes through.
   */
  readonly evaluate?: () => Evaluation | Promise<Evaluation>;
}

export interface WatchOptions {
  /** Default: steps 0, 1, 2, 4 … 512, then every 500. `false`: none. */
  readonly checkpoints?: CheckpointsOptions | false;
  /** Features that are measured at each checkpoint, on a thread of their own. */
  readonly features?: readonly Feature[];
  /** For the random draws of measuring: the same seed gives the same readings. Default: 0. */
  readonly seed?: number;
  /** Gradient and weight norms every so many steps (and at 1, 2, 4 … 512). Default: every 10. `false`: none. */
  readonly norms?: { readonly every?: number } | false;
  /** Default: the model's own if it is compiled, else the one that minimises within a step. */
  readonly optimizer?: Optimizer;
  /** Examples a step, for `examples_per_s`. Default: what the model is given within a step. */
  readonly batchSize?: number;
  /** Number of the first step. Default: 0, or the step after the last one of a resumed run. */
  readonly firstStep?: number;
}

const every = z.number().int().positive();

const checkpointsSchema = z.strictObject({
  log: z.boolean().default(true),
  every: every.default(500),
  save: z.enum(["never", "always", "last"]).default("never"),
  dir: z.string().min(1).optional(),
  evaluate: z.custom<() => Evaluation | Promise<Evaluation>>((value) => typeof value === "function").optional(),
});

const optionsSchema = z.strictObject({
  checkpoints: z.union([z.literal(false), checkpointsSchema]).default(checkpointsSchema.parse({})),
  norms: z.union([z.literal(false), z.strictObject({ every: every.default(10) })]).default({ every: 10 }),
  features: z
    .array(
      z.custom<Feature>((value) => typeof value === "object" && value !== null && "data" in value, {
        error: "is made by feature(name, …)",
      }),
    )
    .default([]),
  seed: z.number().int().default(0),
  optimizer: z
    .custom<Optimizer>((value) => typeof value === "object" && value !== null && "applyGradients" in value, {
      error: "is an optimizer, such as tf.train.adam(1e-3)",
    })
    .optional(),
  batchSize: z.number().positive().optional(),
  firstStep: z.number().int().nonnegative().optional(),
});

/** Options as `watch` works with them: complete and checked. */
export type CheckedWatchOptions = z.infer<typeof optionsSchema>;
export type CheckedCheckpoints = z.infer<typeof checkpointsSchema>;

/** Throws a TailboneError that names the first wrong option. */
export function parseWatchOptions(options: WatchOptions): CheckedWatchOptions {
  const parsed = optionsSchema.safeParse(options);
  if (parsed.success) {
    if (parsed.data.checkpoints !== false || parsed.data.features.length === 0) return parsed.data;
    throw new TailboneError(
      "bad_request",
      "watch() was called with features, but without checkpoints.",
      "Features are measured at checkpoints: leave `checkpoints: false` away.",
    );
  }
  const issue = parsed.error.issues[0];
  throw new TailboneError(
    "bad_request",
    `watch() was called with wrong options: ${[issue?.path.join("."), issue?.message].filter(Boolean).join(": ")}.`,
    "Correct them; the types of WatchOptions say what each may be.",
  );
}

/** Where the weights of a run are saved unless the script says otherwise; absolute. */
export function defaultWeightsDir(runId: string): string {
  return resolve(readEnvironment().dataDir, "weights", runId);
}
