import { systemClock } from "@tailbone/base/clock";
import type { RunRecord } from "@tailbone/protocol/records";
import { flattenMetrics, SeriesNames } from "./flatten";
import type { Warnings } from "./own-output";
import type { RingWriter } from "./ring/ring-writer";
import { type Shape, Shapes } from "./ring/shapes";
import type { LogOptions, Metrics, ScalarTensor } from "./run";
import { TensorReads } from "./tensor-reads";

/** Names in one shape; a call with more is written as several at the same step and time. */
const SHAPE_NAMES = 1000;
/** Shapes beyond this are taken apart into single series: a script whose metrics come in ever new combinations. */
const MAX_SHAPES = 4096;

interface Pin {
  readonly step: number;
  readonly timeMs: number;
  readonly numbers: Map<string, number>;
  readonly tensors: Map<string, ScalarTensor>;
}

/** Puts what a script logs into the ring: finds its step, its shape and its values. */
export class Recorder {
  readonly #ring: RingWriter;
  readonly #warnings: Warnings;
  readonly #shapes = new Shapes();
  readonly #names: SeriesNames;
  readonly #reads: TensorReads;
  #lastShape: Shape | null = null;
  /** The largest step so far, rounded down, plus one. */
  #nextStep: number;
  #pin: Pin | null = null;
  #pinCount = 0;
  /** What the script has logged at the pinned step, apart from the shapes that carry the pin's count. */
  readonly #pinnedNames = new Set<string>();

  constructor(ring: RingWriter, warnings: Warnings, nextStep: number) {
    this.#ring = ring;
    this.#warnings = warnings;
    this.#names = new SeriesNames(warnings);
    this.#reads = new TensorReads(warnings);
    this.#nextStep = nextStep;
  }

  /** The step of what is logged now without one, if it is not the first of its step. */
  get currentStep(): number {
    return this.#pin?.step ?? Math.max(0, this.#nextStep - 1);
  }

  /** See `Run.log`. */
  log(metrics: Metrics, options: LogOptions | undefined): void {
    if (options !== undefined && typeof options !== "object") this.#warnOptions(options);
    const step = options?.step ?? this.#pin?.step ?? this.#nextStep;
    const timeMs = options?.timeMs ?? systemClock.wallMs();
    if (!this.#isPlace(step, timeMs)) return;
    const shape = this.#lastShape;
    let outcome = shape === null ? "mismatch" : this.#ring.writeMetrics(shape, step, timeMs, metrics);
    if (outcome === "mismatch") {
      const other = this.#shapes.findKeys(metrics);
      if (other !== null && other !== shape) {
        outcome = this.#ring.writeMetrics(other, step, timeMs, metrics);
        this.#lastShape = other;
      }
    }
    if (outcome === "mismatch") this.#logSlowly(metrics, step, timeMs);
    else if (this.#lastShape !== null && step === this.#pin?.step) this.#lastShape.pin = this.#pinCount;
    if (step >= this.#nextStep) this.#nextStep = Math.floor(step) + 1;
  }

  /** See `Run.pinStep`. */
  pinStep(step: number, defaults: Metrics | undefined): void {
    this.flushPin();
    const timeMs = systemClock.wallMs();
    if (!this.#isPlace(step, timeMs)) return;
    if (step !== this.#pin?.step) {
      this.#pinCount++;
      this.#pinnedNames.clear();
    }
    const flat = flattenMetrics(defaults ?? {}, this.#names, this.#warnings);
    const pin: Pin = { step, timeMs, numbers: flat.numbers, tensors: new Map() };
    // Their owner may dispose of them before the next pin.
    for (const [name, tensor] of flat.tensors) {
      const copy = tensor.clone();
      copy.kept = true;
      pin.tensors.set(name, copy);
    }
    this.#pin = pin;
  }

  /** Logs the pin's defaults, but for what the script has logged itself; the pin stays. */
  flushPin(): void {
    const pin = this.#pin;
    if (pin === null) return;
    this.#pin = { ...pin, numbers: new Map(), tensors: new Map() };
    for (const { pin: count, names } of this.#shapes.all) {
      if (count === this.#pinCount) for (const name of names) this.#pinnedNames.add(name);
    }
    for (const name of this.#pinnedNames) {
      pin.numbers.delete(name);
      pin.tensors.get(name)?.dispose();
      pin.tensors.delete(name);
    }
    this.#write([...pin.numbers.keys()], [...pin.numbers.values()], pin.step, pin.timeMs);
    this.#readTensors(pin.tensors, pin.step, pin.timeMs);
    for (const copy of pin.tensors.values()) copy.dispose();
    if (pin.step >= this.#nextStep) this.#nextStep = Math.floor(pin.step) + 1;
  }

  record(record: RunRecord): void {
    if (this.#ring.writeRecord(record)) return;
    this.#warnings.once(
      `record-${record.type}`,
      `There was no room for a record (${record.type}) in the ring; it is left out. Log less often.`,
    );
  }

  /** Resolves when every logged tensor has been read. */
  settle(): Promise<void> {
    return this.#reads.settle();
  }

  /** Reads every logged tensor at once. */
  settleNow(): void {
    this.#reads.readNow();
  }

  #warnOptions(options: unknown): void {
    this.#warnings.once(
      "log-options",
      `log() was given ${String(options)} where its options go; the step is counted instead. Say log(metrics, { step }).`,
    );
  }

  #isPlace(step: unknown, timeMs: unknown): boolean {
    if (!Number.isFinite(step)) {
      this.#warnings.once(
        "step",
        `A step must be a finite number; ${String(step)} is none, and what was logged at it is left out.`,
      );
      return false;
    }
    if (!Number.isFinite(timeMs)) {
      this.#warnings.once(
        "time",
        `timeMs must be milliseconds since 1970; ${String(timeMs)} is not, and what was logged at it is left out.`,
      );
      return false;
    }
    return true;
  }

  #logSlowly(metrics: unknown, step: number, timeMs: number): void {
    const { numbers, tensors } = flattenMetrics(metrics, this.#names, this.#warnings);
    if (step === this.#pin?.step)
      for (const name of [...numbers.keys(), ...tensors.keys()]) this.#pinnedNames.add(name);
    const names = [...numbers.keys()];
    this.#write(names, [...numbers.values()], step, timeMs);
    if (tensors.size === 0 && names.length > 0) this.#lastShape = this.#shapes.find(names);
    this.#readTensors(tensors, step, timeMs);
    this.#countOverflow();
  }

  #readTensors(tensors: ReadonlyMap<string, ScalarTensor>, step: number, timeMs: number): void {
    if (tensors.size > 0) this.#reads.read(tensors, (names, values) => this.#write(names, values, step, timeMs));
  }

  #write(names: readonly string[], values: readonly number[], step: number, timeMs: number): void {
    if (names.length === 0) return;
    const size = names.length > SHAPE_NAMES ? SHAPE_NAMES : this.#isNewCombination(names) ? 1 : names.length;
    for (let start = 0; start < names.length; start += size) {
      const part = size === names.length ? names : names.slice(start, start + size);
      const shape = this.#shapes.find(part) ?? this.#addShape(part);
      if (shape === null) this.#ring.countDropped(part.length);
      else
        this.#ring.writeValues(shape, step, timeMs, size === names.length ? values : values.slice(start, start + size));
    }
  }

  /** One combination of names too many: its series are written one by one. */
  #isNewCombination(names: readonly string[]): boolean {
    return this.#shapes.all.length >= MAX_SHAPES && this.#shapes.find(names) === null;
  }

  /** Null: there is no room to tell the worker of it. */
  #addShape(names: readonly string[]): Shape | null {
    return this.#ring.writeShape(names) ? this.#shapes.add(names) : null;
  }

  #countOverflow(): void {
    if (this.#names.overflow === 0) return;
    this.record({ type: "dropped", timeMs: systemClock.wallMs(), points: this.#names.overflow, reason: "too_large" });
    this.#names.overflow = 0;
  }
}
