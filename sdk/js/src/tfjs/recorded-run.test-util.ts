import { Warnings } from "../own-output";
import { Recorder } from "../recorder";
import { allocateRing } from "../ring/layout";
import { RingReader } from "../ring/ring-reader";
import { RingWriter } from "../ring/ring-writer";
import type { CheckpointOptions, LogOptions, Metrics, ReadingOptions, WorkEnd } from "../run";
import type { WatchedRun } from "./watched-run";

export type Point = readonly [step: number, value: number];

/**
 * A run up to its ring: steps, pins and tensors are treated as in a real one, and what comes out of the ring is kept.
 */
export class RecordedRun implements WatchedRun {
  readonly id = "recorded";
  readonly told: string[] = [];
  readonly checkpoints: CheckpointOptions[] = [];
  readonly features: string[] = [];
  readonly readings: ReadingOptions[] = [];
  readonly #works: Promise<void>[] = [];
  readonly #hurries: ((limitMs: number) => void)[] = [];
  readonly #series = new Map<string, Point[]>();
  readonly #reader: RingReader;
  readonly #recorder: Recorder;

  constructor(readonly lastStep: number | null = null) {
    const shared = allocateRing();
    this.#reader = RingReader.over(shared);
    const warnings = new Warnings((text) => this.told.push(text));
    this.#recorder = new Recorder(RingWriter.over(shared), warnings, lastStep === null ? 0 : lastStep + 1);
  }

  log(metrics: Metrics, options?: LogOptions): void {
    this.#recorder.log(metrics, options);
  }

  pinStep(step: number, defaults?: Metrics): void {
    this.#recorder.pinStep(step, defaults);
  }

  checkpoint(checkpoint: CheckpointOptions): void {
    this.checkpoints.push(checkpoint);
  }

  feature(name: string): void {
    this.features.push(name);
  }

  reading(reading: ReadingOptions): void {
    this.readings.push(reading);
  }

  waitFor(work: Promise<void>, end?: WorkEnd): void {
    this.#works.push(work);
    if (end?.hurry !== undefined) this.#hurries.push(end.hurry);
  }

  /** Everything that was logged, by series, once all is read and saved. */
  async finish(finishTimeoutMs = 60_000): Promise<ReadonlyMap<string, readonly Point[]>> {
    for (const hurry of this.#hurries) hurry(finishTimeoutMs);
    for (let waited = 0; waited < this.#works.length; ) waited += (await Promise.all(this.#works.slice(waited))).length;
    this.#recorder.flushPin();
    await this.#recorder.settle();
    const sink = {
      points: (_: number, names: readonly string[], step: number, __: number, values: (index: number) => number) => {
        for (const [index, name] of names.entries()) {
          const points = this.#series.get(name) ?? [];
          this.#series.set(name, [...points, [step, values(index)]]);
        }
      },
      record: () => {},
    };
    while (this.#reader.drain(sink));
    return this.#series;
  }
}
