import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import type { Warnings } from "../own-output";
import { isCheckpoint } from "./checkpoint-schedule";
import { type SavedWeights, saveModel } from "./saved-model";
import type { StepMetrics } from "./step-metrics";
import { type CheckedCheckpoints, defaultWeightsDir, type Evaluation } from "./watch-options";
import type { WatchedRun } from "./watched-run";

/** Measures a model at its checkpoints, and keeps its weights if that is wanted. */
export class Checkpoints {
  readonly #run: WatchedRun;
  readonly #model: LayersModel;
  readonly #options: CheckedCheckpoints;
  readonly #warnings: Warnings;
  readonly #dir: string;
  /** The save that is under way: one at a time, so that copies of a large model don't pile up. */
  #saving: Promise<void> | null = null;
  #lastSaved: string | null = null;

  constructor(run: WatchedRun, model: LayersModel, options: CheckedCheckpoints, warnings: Warnings) {
    this.#run = run;
    this.#model = model;
    this.#options = options;
    this.#warnings = warnings;
    this.#dir = options.dir ?? defaultWeightsDir(run.id);
  }

  isAt(step: number): boolean {
    return isCheckpoint(step, this.#options);
  }

  /**
   * Takes a checkpoint of the model as it is now, after `step` steps; `metrics` are those of the step before. Returns
   * what the training has to wait for: its own evaluation, and the save before this one if that is still being written.
   * Null if there is nothing. Rejects only as the evaluation does.
   */
  take(step: number, metrics: StepMetrics): Promise<void> | null {
    // Begun at once: the caller may dispose of its tensors.
    const values = readMetrics(metrics).catch((error: unknown) => {
      this.#warn(`The metrics of step ${step} cannot be read`, error);
      return {};
    });
    const { evaluate } = this.#options;
    if (evaluate === undefined && this.#saving === null) {
      this.#record(step, values, {});
      return null;
    }
    return this.#takeSlowly(step, values, evaluate);
  }

  async #takeSlowly(
    step: number,
    values: Promise<Evaluation>,
    evaluate: CheckedCheckpoints["evaluate"],
  ): Promise<void> {
    await this.#saving;
    this.#record(step, values, (await evaluate?.()) ?? {});
  }

  #record(step: number, values: Promise<Evaluation>, evaluation: Evaluation): void {
    const record = async (): Promise<void> => {
      if (Object.keys(evaluation).length > 0) this.#run.log(evaluation, { step });
      const weights = await this.#save(step);
      const taken = { step, metrics: { ...(await values), ...evaluation } };
      this.#run.checkpoint(weights === null ? taken : { ...taken, weights });
    };
    const work = record().catch((error: unknown) => this.#warn(`The checkpoint of step ${step} is left out`, error));
    try {
      this.#run.waitFor(work);
    } catch (error) {
      this.#warn("A checkpoint cannot be waited for", error);
    }
  }

  async #save(step: number): Promise<(SavedWeights & { readonly path: string }) | null> {
    if (this.#options.save === "never") return null;
    const path = join(this.#dir, `step-${step}`);
    const saved = saveModel(this.#model, path);
    const saving = saved.then(
      () => this.#forgetOlder(path),
      (error: unknown) => this.#warn(`The weights of step ${step} could not be saved in ${this.#dir}`, error),
    );
    this.#saving = saving.finally(() => {
      this.#saving = null;
    });
    await this.#saving;
    return saved.then(
      (weights) => ({ ...weights, path }),
      () => null,
    );
  }

  async #forgetOlder(path: string): Promise<void> {
    const older = this.#lastSaved;
    this.#lastSaved = path;
    if (this.#options.save !== "last" || older === null || older === path) return;
    await rm(older, { recursive: true, force: true }).catch((error: unknown) =>
      this.#warn(`The older weights in ${older} could not be removed`, error),
    );
  }

  #warn(what: string, error: unknown): void {
    this.#warnings.once(
      "checkpoint",
      `${what}: ${error instanceof Error ? error.message : error}. The training goes on.`,
    );
  }
}

async function readMetrics(metrics: StepMetrics): Promise<Evaluation> {
  const values = await Promise.all(
    Object.entries(metrics).map(async ([name, value]): Promise<[string, number]> => {
      if (typeof value === "number") return [name, value];
      const copy = value.clone();
      copy.kept = true;
      const [number] = await copy.data().finally(() => copy.dispose());
      return [name, Number(number)];
    }),
  );
  return Object.fromEntries(values);
}
