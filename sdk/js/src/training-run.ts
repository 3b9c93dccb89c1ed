import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { systemClock } from "@tailbone/base/clock";
import type { RunRecord } from "@tailbone/protocol/records";
import { captureConsole } from "./console-capture";
import { DrainDisplay } from "./drain-progress";
import { type Ending, watchExits } from "./exits";
import { say, Warnings } from "./own-output";
import { Recorder } from "./recorder";
import type { RingWriter } from "./ring/ring-writer";
import type {
  AlertOptions,
  CheckpointOptions,
  FeatureDeclaration,
  FinishOptions,
  LogOptions,
  Metrics,
  ReadingOptions,
  Run,
  WorkEnd,
} from "./run";
import {
  type Moment,
  makeAlert,
  makeCheckpoint,
  makeConfig,
  makeFeature,
  makeReading,
  makeTags,
} from "./script-records";
import type { WriterThread } from "./writer-thread";

/** How long a process that ends by itself may be held up by the hand-over. */
const EXIT_LIMIT_MS = 2000;
/** How long `finish` waits for a hub that has never been reached. */
const STRANGER_LIMIT_MS = 2000;
const POLL_MS = 15;
/** What takes no longer needs no word. */
const TELL_AFTER_MS = 1500;

export interface TrainingRunOptions {
  readonly id: string;
  readonly name: string;
  readonly project: string;
  readonly url: string;
  readonly lastStep: number | null;
  readonly ring: RingWriter;
  readonly thread: WriterThread;
  readonly spoolDir: string;
  readonly mode: "online" | "offline";
  readonly captureConsole: boolean;
  readonly finishTimeoutMs: number;
  readonly quiet: boolean;
}

/**
 * A run that is really written down: all that a script can call, each with its guard, and the order in which a run
 * ends.
 */
export class TrainingRun implements Run {
  readonly id: string;
  readonly name: string;
  readonly project: string;
  readonly url: string;
  readonly lastStep: number | null;
  readonly #options: TrainingRunOptions;
  readonly #warnings = new Warnings();
  readonly #recorder: Recorder;
  readonly #stopCapture: () => void;
  readonly #stopWatching: () => void;
  /** What is waited for at the end, and what to do when there is no more time. */
  readonly #works = new Map<Promise<void>, WorkEnd>();
  #finishing: Promise<void> | null = null;
  /** From now on nothing more is taken. */
  #isClosed = false;
  #isEnded = false;
  #isDraining = false;

  constructor(options: TrainingRunOptions) {
    this.id = options.id;
    this.name = options.name;
    this.project = options.project;
    this.url = options.url;
    this.lastStep = options.lastStep;
    this.#options = options;
    this.#recorder = new Recorder(
      options.ring,
      this.#warnings,
      options.lastStep === null ? 0 : Math.floor(options.lastStep) + 1,
    );
    this.#stopCapture = options.captureConsole
      ? captureConsole((stream, text) =>
          this.#recorder.record({ type: "console", timeMs: systemClock.wallMs(), stream, text }),
        )
      : () => {};
    void options.thread.ended.then(() => {
      const { failure } = options.thread;
      if (failure === null || this.#finishing !== null) return;
      say(
        `its worker thread died (${failure.message}). The training goes on, but what it logs from now on is not kept; what was written before is in ${options.spoolDir}.`,
      );
    });
    this.#stopWatching = watchExits({ endNow: (ending) => this.#endNow(ending), drain: () => this.#drain() });
  }

  log(metrics: Metrics, options?: LogOptions): void {
    try {
      if (!this.#isClosed) this.#recorder.log(metrics, options);
      else this.#warnTooLate("log");
    } catch (error) {
      this.#warnFailed("log", error);
    }
  }

  pinStep(step: number, defaults?: Metrics): void {
    this.#guard("pinStep", () => this.#recorder.pinStep(step, defaults));
  }

  config(values: Readonly<Record<string, unknown>>): void {
    this.#say("config", (moment) => makeConfig(values, moment));
  }

  tags(...tags: string[]): void {
    this.#guard("tags", () => {
      const { made, leftOut } = makeTags(tags, this.#moment());
      if (leftOut !== null) this.#warnings.once("tags", leftOut);
      if (made !== null) this.#recorder.record(made);
    });
  }

  alert(options: AlertOptions): void {
    this.#say("alert", (moment) => makeAlert(options, moment));
  }

  checkpoint(options: CheckpointOptions): void {
    this.#say("checkpoint", (moment) => makeCheckpoint(options, moment));
  }

  feature(name: string, declaration: FeatureDeclaration = {}): void {
    this.#say("feature", (moment) => makeFeature(name, declaration, moment));
  }

  reading(options: ReadingOptions): void {
    this.#say("reading", (moment) => makeReading(options, moment));
  }

  waitFor(work: Promise<void>, end: WorkEnd = {}): void {
    this.#works.set(work, end);
    void work.finally(() => this.#works.delete(work));
  }

  finish({ state = "finished" }: FinishOptions = {}): Promise<void> {
    this.#finishing ??= this.#finish({ state: state === "failed" ? "failed" : "finished" });
    return this.#finishing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.finish();
  }

  #moment(): Moment {
    return { timeMs: systemClock.wallMs(), step: this.#recorder.currentStep };
  }

  /** Records what the script says, or tells why it cannot be. */
  #say(what: string, make: (moment: Moment) => RunRecord | string): void {
    this.#guard(what, () => {
      const made = make(this.#moment());
      if (typeof made === "string") this.#warnings.once(what, made);
      else this.#recorder.record(made);
    });
  }

  #guard(what: string, action: () => void): void {
    try {
      if (!this.#isClosed) action();
      else this.#warnTooLate(what);
    } catch (error) {
      this.#warnFailed(what, error);
    }
  }

  #warnTooLate(what: string): void {
    this.#warnings.once("too-late", `${what}() was called after finish(), and is left out. Finish the run last.`);
  }

  #warnFailed(what: string, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#warnings.once(`failed-${what}`, `${what}() could not take what it was given (${reason}); it is left out.`);
  }

  async #finish(ending: Ending): Promise<void> {
    const { thread, finishTimeoutMs } = this.#options;
    // Closed at once unless there is work to wait for, whose results are still to be taken.
    if (this.#works.size > 0) await this.#waitForWorks();
    for (const { giveUp } of this.#works.values()) giveUp?.();
    this.#isClosed = true;
    // What is done by then is delivered, however long the work has taken.
    const untilMs = systemClock.monotonicMs() + finishTimeoutMs;
    await Promise.race([this.#recorder.settle(), pause(finishTimeoutMs, undefined, { ref: false })]);
    if (!this.#isEnded) {
      this.#writeEnding(ending);
      thread.finish();
    }
    await this.#waitForDelivery(untilMs);
    this.#stopWatching();
    await thread.stop();
    this.#tellRest();
  }

  async #waitForWorks(): Promise<void> {
    const { finishTimeoutMs, quiet } = this.#options;
    for (const { hurry } of this.#works.values()) hurry?.(finishTimeoutMs);
    const telling = setTimeout(() => {
      const seconds = Math.ceil(finishTimeoutMs / 1000);
      if (!quiet) say(`waiting, ${seconds} s at most (finishTimeoutMs), for what is still measured or saved.`);
    }, TELL_AFTER_MS);
    await Promise.race([this.#settleWorks(), pause(finishTimeoutMs, undefined, { ref: false })]);
    clearTimeout(telling);
  }

  async #settleWorks(): Promise<void> {
    while (this.#works.size > 0) await Promise.all(this.#works.keys());
  }

  async #waitForDelivery(untilMs: number): Promise<void> {
    const { thread } = this.#options;
    const display = new DrainDisplay();
    const startedAtMs = systemClock.monotonicMs();
    let isEnded = false;
    void thread.ended.then(() => {
      isEnded = true;
    });
    let wasOpen = false;
    while (!isEnded && systemClock.monotonicMs() < untilMs) {
      const progress = thread.progress();
      wasOpen ||= progress.isOpen || progress.acked > 0;
      if (!wasOpen && thread.isDurable && systemClock.monotonicMs() - startedAtMs > STRANGER_LIMIT_MS) break;
      if (!this.#options.quiet) display.update(progress);
      await Promise.race([thread.ended, pause(POLL_MS)]);
    }
    display.close();
  }

  /** The last words, in order: what was pinned, what the console still holds, how it ended. */
  #writeEnding({ state, error }: Ending): void {
    this.#isEnded = true;
    this.#isClosed = true;
    this.#recorder.flushPin();
    this.#recorder.settleNow();
    this.#stopCapture();
    const record: RunRecord = { type: "finish", timeMs: systemClock.wallMs(), state };
    this.#recorder.record(error === undefined ? record : { ...record, error });
  }

  #endNow(ending: Ending): void {
    this.#stopWatching();
    try {
      if (!this.#isEnded) this.#writeEnding(ending);
      this.#finishing ??= Promise.resolve();
      this.#options.thread.finishNow(EXIT_LIMIT_MS);
      this.#tellRest();
    } catch (error) {
      say(`the run could not be ended in order: ${error instanceof Error ? error.stack : error}`);
    }
  }

  /** The loop is empty, but the run was not finished: deliver what there is, so that the exit need not wait for it. */
  #drain(): void {
    if (this.#isDraining || this.#finishing !== null) return;
    this.#isDraining = true;
    const { thread, finishTimeoutMs } = this.#options;
    const until = systemClock.monotonicMs() + finishTimeoutMs;
    const wait = async (): Promise<void> => {
      await this.#recorder.settle();
      while (thread.progress().isOpen && !thread.isDelivered && systemClock.monotonicMs() < until) await pause(POLL_MS);
    };
    void wait();
  }

  /** Says what is not stored yet, and where it lies. */
  #tellRest(): void {
    const { thread, mode, spoolDir, quiet, ring } = this.#options;
    if (ring.dropped > 0)
      say(`${ring.dropped} points of ${this.project} / ${this.name} were dropped; the run's page says so.`);
    if (thread.isDelivered) return;
    const command = `tailbone sync ${JSON.stringify(join(spoolDir, "../.."))}`;
    if (mode === "online")
      say(
        `${this.project} / ${this.name} is not all delivered yet. The rest is safe in ${spoolDir}. Deliver it with: ${command}`,
      );
    else if (!quiet) say(`${this.project} / ${this.name} was written to ${spoolDir}. Deliver it with: ${command}`);
  }
}
