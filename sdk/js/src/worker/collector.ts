import type { Clock } from "@tailbone/base/clock";
import { type RunRecord, recordSchema } from "@tailbone/protocol/records";
import { CONTROL } from "../ring/layout";
import type { RingReader, RingSink, RowOfValues } from "../ring/ring-reader";
import { FrameBuilder } from "./frame-builder";
import type { Outbox } from "./outbox";
import { tell } from "./tell";

/** Read at once from the ring; small against a frame's limits, so that a frame is sealed in time. */
const DRAIN_SLOTS = 16 * 1024;

/** Takes what the training has logged out of the ring, and seals it into frames for the outbox. */
export class Collector {
  readonly #reader: RingReader;
  readonly #outbox: Outbox;
  readonly #builder = new FrameBuilder();
  readonly #sink: RingSink;
  readonly #clock: Clock;
  /** When the oldest thing in the builder came, by the monotonic clock. */
  #sinceMs = 0;
  /** The step of the newest point of the script. */
  #step: number;
  #lostToDisk = 0;
  #hasToldDropped = false;

  constructor(reader: RingReader, outbox: Outbox, clock: Clock) {
    this.#reader = reader;
    this.#outbox = outbox;
    this.#clock = clock;
    this.#step = 0;
    this.#sink = {
      points: (shape, names, step, timeMs, values) => {
        this.#step = step;
        this.#builder.addPoints(shape, names, step, timeMs, values);
      },
      record: (json) => this.#builder.addRecord(recordSchema.parse(JSON.parse(json)), json.length),
    };
  }

  /** The run's current step, for points that the worker itself adds. */
  get step(): number {
    return this.#step;
  }

  set step(step: number) {
    this.#step = step;
  }

  /** Everything that was in the ring is in a frame. */
  get isEmpty(): boolean {
    return this.#builder.isEmpty && this.#reader.tail === Atomics.load(this.#reader.control, CONTROL.head);
  }

  /** Points of the worker's own, at the current step. */
  add(shape: string, names: readonly string[], timeMs: number, values: RowOfValues): void {
    this.#builder.addPoints(shape, names, this.#step, timeMs, values);
  }

  /** Empties the ring; seals what is older than `ageMs`. */
  collect(ageMs: number): void {
    const nowMs = this.#clock.monotonicMs();
    if (this.#builder.isEmpty) this.#sinceMs = nowMs;
    while (this.#reader.drain(this.#sink, DRAIN_SLOTS)) if (this.#builder.isFull) this.#seal();
    this.#addDropped(this.#reader.takeDropped(), "ring_full");
    if (!this.#builder.isEmpty && nowMs - this.#sinceMs >= ageMs) this.#seal();
  }

  #seal(): void {
    this.#sinceMs = this.#clock.monotonicMs();
    if (this.#outbox.isFull) this.#lostToDisk += this.#builder.discardPoints();
    else if (this.#lostToDisk > 0) {
      this.#addDropped(this.#lostToDisk, "disk_full");
      this.#lostToDisk = 0;
    }
    if (this.#builder.isEmpty) return;
    const { sequence, bytes } = this.#builder.seal(this.#clock.wallMs());
    this.#outbox.put({ sequence, bytes });
  }

  #addDropped(points: number, reason: "ring_full" | "disk_full"): void {
    if (points === 0) return;
    const record: RunRecord = { type: "dropped", timeMs: this.#clock.wallMs(), points, reason };
    this.#builder.addRecord(record, JSON.stringify(record).length);
    if (this.#hasToldDropped) return;
    this.#hasToldDropped = true;
    tell(
      reason === "ring_full"
        ? "points come faster than they can be written down; some are dropped, and the run's page says how many. Log less often."
        : "points were dropped, because neither disk nor memory had room; the run's page says how many.",
    );
  }
}
