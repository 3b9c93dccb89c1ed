import { systemClock } from "@tailbone/base/clock";
import type { RunRecord } from "@tailbone/protocol/records";
import { CONTROL, LINK, mapRing, RECORD, type RingMemory, SHAPE } from "./layout";
import type { Shape } from "./shapes";

/** How long the training may wait for room, in all, until the ring is half empty again. */
const PATIENCE_MS = 100;

const utf8 = new TextEncoder();

/**
 * The training's end of the ring. When there is no room: waits for the worker, at most 100 ms in all until the ring is
 * half empty again, then drops the newest records and counts their points.
 */
export class RingWriter {
  readonly control: Int32Array;
  readonly #slots: Float64Array;
  readonly #bytes: Uint8Array;
  readonly #mask: number;
  /** Where the next record begins; the same as the shared head. */
  #head: number;
  /** The worker's position as last seen: there is at least this much room. */
  #tail: number;
  #patienceMs = PATIENCE_MS;
  #dropped = 0;

  constructor(memory: RingMemory) {
    this.control = memory.control;
    this.#slots = memory.slots;
    this.#bytes = memory.bytes;
    this.#mask = memory.slots.length - 1;
    this.#head = Atomics.load(memory.control, CONTROL.head);
    this.#tail = Atomics.load(memory.control, CONTROL.tail);
  }

  static over(shared: SharedArrayBuffer): RingWriter {
    return new RingWriter(mapRing(shared));
  }

  /** Position behind the last record, as an Int32 that wraps. */
  get head(): number {
    return this.#head;
  }

  /** Points dropped so far because the ring was full. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * Writes one point for each key of `metrics`, if they are exactly the shape's names in its order and all values are
   * numbers. `mismatch`: they are not, and nothing is written. The hot path: no allocation, no call but into V8's own.
   */
  writeMetrics(
    shape: Shape,
    step: number,
    timeMs: number,
    metrics: Readonly<Record<string, unknown>>,
  ): "written" | "mismatch" | "dropped" {
    const { names } = shape;
    const length = names.length + 3;
    if (!this.#hasRoom(length) && !this.#waitForRoom(length)) {
      this.countDropped(names.length);
      return "dropped";
    }
    const slots = this.#slots;
    const mask = this.#mask;
    const head = this.#head;
    let index = 0;
    for (const name in metrics) {
      if (name !== names[index]) return "mismatch";
      const value = metrics[name];
      // A getter among the metrics may itself have logged; then this place is taken.
      if (typeof value !== "number" || head !== this.#head) return "mismatch";
      slots[(head + 3 + index) & mask] = value;
      index++;
    }
    if (index !== names.length) return "mismatch";
    slots[head & mask] = shape.id;
    slots[(head + 1) & mask] = step;
    slots[(head + 2) & mask] = timeMs;
    this.#publish(length);
    return "written";
  }

  /** Writes `values[i]` as a point of the shape's i-th series. False: dropped, and counted. */
  writeValues(shape: Shape, step: number, timeMs: number, values: readonly number[]): boolean {
    const length = shape.names.length + 3;
    if (!this.#hasRoom(length) && !this.#waitForRoom(length)) {
      this.countDropped(shape.names.length);
      return false;
    }
    const slots = this.#slots;
    const head = this.#head;
    slots[head & this.#mask] = shape.id;
    slots[(head + 1) & this.#mask] = step;
    slots[(head + 2) & this.#mask] = timeMs;
    for (let index = 0; index < values.length; index++) {
      slots[(head + 3 + index) & this.#mask] = values[index] ?? Number.NaN;
    }
    this.#publish(length);
    return true;
  }

  /** Defines the next shape id; must come before the first points of that shape. False: there was no room. */
  writeShape(names: readonly string[]): boolean {
    return this.#writeJson(SHAPE, names);
  }

  /** False: there was no room for it. */
  writeRecord(record: RunRecord): boolean {
    return this.#writeJson(RECORD, record);
  }

  countDropped(points: number): void {
    this.#dropped += points;
    Atomics.add(this.control, CONTROL.dropped, points);
  }

  #writeJson(kind: number, value: unknown): boolean {
    const json = utf8.encode(JSON.stringify(value));
    const length = 2 + Math.ceil(json.byteLength / 8);
    if (length > this.#slots.length) return false;
    if (!this.#hasRoom(length) && !this.#waitForRoom(length)) return false;
    this.#slots[this.#head & this.#mask] = kind;
    this.#slots[(this.#head + 1) & this.#mask] = json.byteLength;
    const start = ((this.#head + 2) & this.#mask) * 8;
    const first = Math.min(json.byteLength, this.#bytes.byteLength - start);
    this.#bytes.set(json.subarray(0, first), start);
    this.#bytes.set(json.subarray(first), 0);
    this.#publish(length);
    return true;
  }

  #hasRoom(length: number): boolean {
    if (((this.#head - this.#tail) | 0) + length <= this.#slots.length) return true;
    this.#tail = Atomics.load(this.control, CONTROL.tail);
    const used = (this.#head - this.#tail) | 0;
    if (used <= this.#slots.length / 2) this.#patienceMs = PATIENCE_MS;
    return used + length <= this.#slots.length;
  }

  #waitForRoom(length: number): boolean {
    while (this.#patienceMs > 0 && Atomics.load(this.control, CONTROL.link) !== LINK.dead) {
      const started = systemClock.monotonicMs();
      Atomics.wait(this.control, CONTROL.tail, this.#tail, this.#patienceMs);
      this.#patienceMs -= systemClock.monotonicMs() - started;
      if (this.#hasRoom(length)) return true;
    }
    return false;
  }

  #publish(length: number): void {
    this.#head = (this.#head + length) | 0;
    Atomics.store(this.control, CONTROL.head, this.#head);
  }
}
