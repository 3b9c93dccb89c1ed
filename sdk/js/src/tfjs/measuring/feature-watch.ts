import { systemClock } from "@tailbone/base/clock";
import { checkFeature } from "@tailbone/probes/check-feature";
import type { FeatureData } from "@tailbone/probes/feature-data";
import { isJoint, type JointData } from "@tailbone/probes/joint";
import { unmeasured } from "@tailbone/probes/measure-feature";
import { TailboneError } from "@tailbone/protocol/errors";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import type { Warnings } from "../../own-output";
import { backendsForMeasuring } from "../pick-backend";
import type { WatchedRun } from "../watched-run";
import { Measurer, withTask } from "./measurer";
import { MeasuringPace } from "./measuring-pace";
import { MeasuringThread } from "./measuring-thread";
import type { MeasuringReply, TaskChange } from "./messages";
import { SnapshotQueue } from "./snapshot-queue";

/**
 * Has a model's features measured at its checkpoints, on another thread: the training waits for a copy of the weights
 * and no longer. A model that cannot be rebuilt there is measured in place. What cannot be measured in time is left
 * out, and a reading says so.
 *
 *   starting -> measuring elsewhere -> (the thread dies) nothing more
 *      +-> measuring in place
 */
export class FeatureWatch {
  readonly #run: WatchedRun;
  readonly #model: LayersModel;
  #features: readonly (FeatureData | JointData)[];
  readonly #warnings: Warnings;
  readonly #seed: number;
  readonly #queue = new SnapshotQueue();
  readonly #thread: MeasuringThread;
  /** What is to be said before the first snapshot that was taken after a step is sent. */
  #changes: { readonly after: number; readonly change: TaskChange }[] = [];
  #lastTaken = -1;
  #isReady = false;
  #sentAtMs = 0;
  readonly #pace = new MeasuringPace();
  #inPlace: Measurer | null = null;
  #isDead = false;
  /** Snapshots whose weights are being read. */
  #reading = 0;
  /** When the run's end waits no longer; null: the run goes on. */
  #endsAtMs: number | null = null;
  #resolveDone: () => void = () => {};
  /** Resolves when the run is being finished and nothing is left to be measured. */
  readonly done = new Promise<void>((resolve) => {
    this.#resolveDone = resolve;
  });

  constructor(
    run: WatchedRun,
    model: LayersModel,
    features: readonly (FeatureData | JointData)[],
    seed: number,
    warnings: Warnings,
  ) {
    this.#run = run;
    this.#model = model;
    this.#features = features;
    this.#warnings = warnings;
    this.#seed = seed;
    for (const data of features) {
      const { name, settings } = data;
      run.feature(name, isJoint(data) ? { settings } : { layer: data.layer, settings });
    }
    const topology: object = JSON.parse(JSON.stringify(model.toJSON(null, false)));
    this.#thread = new MeasuringThread(
      { topology, features, seed, backends: backendsForMeasuring(), script: process.argv[1] },
      (reply) => this.#take(reply),
      (error) => this.#died(error),
    );
  }

  /** Takes what was measured meanwhile; called at every step. */
  poll(): void {
    if (!this.#isDead && this.#inPlace === null) this.#thread.poll();
  }

  /** See `Watched.setTask`. */
  setTask(feature: string, read: () => FeatureData["task"]): void {
    const change = this.#checkTask(feature, read);
    if (change === null) return;
    this.#features = withTask(this.#features, change);
    this.#inPlace?.setTask(change);
    this.#changes.push({ after: this.#lastTaken, change });
  }

  /** Null, and told, when it cannot be used: a training is not ended for that. */
  #checkTask(feature: string, read: () => FeatureData["task"]): TaskChange | null {
    try {
      const known = this.#features.find((one) => one.name === feature);
      if (known === undefined || isJoint(known)) {
        throw new TailboneError(
          "not_found",
          `There is no feature "${feature}" with task data.`,
          `There are: ${this.#features.map(({ name }) => name).join(", ")}.`,
        );
      }
      const task = read();
      checkFeature({ ...known, task }, this.#model);
      return { feature, task };
    } catch (error) {
      const { message, hint = "" } = error instanceof TailboneError ? error : { message: String(error) };
      this.#warnings.once(`task/${feature}`, `${message} ${hint} Its task data stay as they were.`);
      return null;
    }
  }

  /** Measures the model as it is now, after `step` steps. Returns what the training must wait for; null: nothing. */
  measure(step: number): Promise<void> | null {
    if (this.#isDead) return null;
    this.#lastTaken = step;
    if (this.#inPlace !== null) return this.#measureInPlace(this.#inPlace, step);
    const copies = this.#model.getWeights().map((weight) => weight.clone());
    // Where values are at hand this is a copy and no wait; on a GPU the training goes on while they are read.
    const read = Promise.all(copies.map(async (copy) => Float32Array.from(await copy.data()))).finally(() => {
      for (const copy of copies) copy.dispose();
      this.#reading--;
    });
    this.#reading++;
    this.#thread.hold();
    void read.then(
      (weights) => this.#enqueue(step, weights),
      (error: unknown) => {
        this.#leaveOut(step, "not_measurable", error instanceof Error ? error.message : String(error));
        this.#sendNext();
      },
    );
    return null;
  }

  #enqueue(step: number, weights: Float32Array[]): void {
    if (this.#isDead || this.#inPlace !== null) {
      this.#skip(step);
      this.#settle();
      return;
    }
    const leftOut = this.#queue.add({ step, weights });
    if (leftOut !== null) {
      this.#skip(leftOut.step);
      const { lastMs } = this.#pace;
      const each = lastMs === null ? "" : `: it takes ${(lastMs / 1000).toFixed(1)} s a checkpoint`;
      this.#warnings.once(
        "behind",
        `Measuring features is behind the training${each}. Checkpoints are left out, and marked on the page. Take checkpoints further apart, narrower layers, or fewer examples.`,
      );
    }
    this.#sendNext();
  }

  #sendNext(): void {
    if (!this.#isReady) return;
    this.#keepWhatFits();
    const snapshot = this.#queue.next();
    if (snapshot !== null) {
      for (const { after, change } of this.#changes) if (after < snapshot.step) this.#thread.setTask(change);
      this.#changes = this.#changes.filter(({ after }) => after >= snapshot.step);
      this.#sentAtMs = systemClock.monotonicMs();
      this.#thread.measure(snapshot);
    } else this.#settle();
  }

  #take(reply: MeasuringReply): void {
    if (this.#isDead) return;
    if (reply.type === "unable") {
      this.#goInPlace(reply.reason);
      return;
    }
    if (reply.type === "ready") {
      this.#isReady = true;
      if (reply.isSlow) {
        this.#warnings.once(
          "slow-backend",
          "Features are measured in plain JavaScript, ten times as slowly as need be: no other backend was found for the measuring thread. Install @tensorflow/tfjs-backend-wasm beside your script.",
        );
      }
    } else {
      this.#pace.add(systemClock.monotonicMs() - this.#sentAtMs);
      for (const reading of reply.readings) this.#run.reading(reading);
      this.#queue.done();
    }
    this.#sendNext();
  }

  #goInPlace(reason: string): void {
    this.#inPlace = new Measurer(this.#features, this.#seed);
    this.#warnings.once(
      "in-place",
      `The model cannot be rebuilt on another thread (${reason}). Its features are measured between steps instead, and the training waits for that.`,
    );
    for (const step of this.#queue.clear()) this.#skip(step);
    this.#settle();
  }

  async #measureInPlace(measurer: Measurer, step: number): Promise<void> {
    const startedAtMs = systemClock.monotonicMs();
    for (const reading of await measurer.measure(this.#model, step)) this.#run.reading(reading);
    const tookMs = Math.round(systemClock.monotonicMs() - startedAtMs);
    this.#warnings.once(
      "in-place-cost",
      `Measuring the features of step ${step} has held the training up for ${tookMs} ms.`,
    );
  }

  #died(error: Error): void {
    this.#isDead = true;
    this.#warnings.once(
      "measuring-died",
      `The thread that measures features died (${error.message}). The training goes on without readings.`,
    );
    for (const step of this.#queue.clear()) this.#leaveOut(step, "not_measurable", error.message);
    this.#settle();
  }

  #skip(step: number): void {
    this.#leaveOut(step, "skipped", "measuring was behind the training");
  }

  #leaveOut(step: number, mark: "not_measurable" | "skipped", why: string): void {
    for (const { name } of this.#features) this.#run.reading(unmeasured({ name, step }, mark, why));
  }

  /** The run is being finished: what waits is measured as far as there is time for it. */
  end(limitMs: number): void {
    this.#endsAtMs = systemClock.monotonicMs() + limitMs;
    this.poll();
    this.#keepWhatFits();
    this.#settle();
  }

  /** At the end no more is kept than there is time for. */
  #keepWhatFits(): void {
    if (this.#endsAtMs === null) return;
    const most = this.#pace.mostWithin(this.#endsAtMs - systemClock.monotonicMs());
    for (const { step } of this.#queue.thin(most)) this.#leaveOut(step, "skipped", "the run ended before it was done");
  }

  /** The run is finished, and there is no more time. */
  giveUp(): void {
    this.#isDead = true;
    for (const step of this.#queue.clear()) this.#leaveOut(step, "skipped", "the run ended before it was done");
    this.#settle();
  }

  #settle(): void {
    if (!this.#isDead && (!this.#queue.isEmpty || this.#reading > 0)) return;
    this.#thread.release();
    if (this.#endsAtMs !== null) this.#resolveDone();
  }
}
