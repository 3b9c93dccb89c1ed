import assert from "node:assert";
import { CONTROL, mapRing, RECORD, type RingMemory, SHAPE } from "./layout";

/** Where the ring's contents go, in the order in which they were written. */
export interface RingSink {
  /** `values(i)` is the value of the shape's i-th series. */
  readonly points: (shape: number, names: readonly string[], step: number, timeMs: number, values: RowOfValues) => void;
  /** `json`: a RunRecord, as JSON. */
  readonly record: (json: string) => void;
}
export type RowOfValues = (index: number) => number;

const utf8 = new TextDecoder();

/** The worker's end of the ring. */
export class RingReader {
  readonly control: Int32Array;
  readonly #slots: Float64Array;
  readonly #bytes: Uint8Array;
  readonly #mask: number;
  readonly #shapes: (readonly string[])[] = [];
  #tail: number;

  constructor(memory: RingMemory) {
    this.control = memory.control;
    this.#slots = memory.slots;
    this.#bytes = memory.bytes;
    this.#mask = memory.slots.length - 1;
    this.#tail = Atomics.load(memory.control, CONTROL.tail);
  }

  static over(shared: SharedArrayBuffer): RingReader {
    return new RingReader(mapRing(shared));
  }

  /** Position of the next record to read. */
  get tail(): number {
    return this.#tail;
  }

  /**
   * Reads at most `limit` slots of what is there now, gives them back to the writer, and returns whether that was
   * anything.
   */
  drain(sink: RingSink, limit = this.#slots.length / 8): boolean {
    const head = Atomics.load(this.control, CONTROL.head);
    const end = (this.#tail + Math.min(limit, (head - this.#tail) | 0)) | 0;
    let isAny = false;
    while (((end - this.#tail) | 0) > 0) {
      this.#readOne(sink);
      isAny = true;
    }
    if (isAny) {
      Atomics.store(this.control, CONTROL.tail, this.#tail);
      Atomics.notify(this.control, CONTROL.tail);
    }
    return isAny;
  }

  /** Points that the writer has dropped since this was last asked. */
  takeDropped(): number {
    return Atomics.exchange(this.control, CONTROL.dropped, 0);
  }

  #at(offset: number): number {
    const value = this.#slots[(this.#tail + offset) & this.#mask];
    assert(value !== undefined);
    return value;
  }

  #readOne(sink: RingSink): void {
    const kind = this.#at(0);
    if (kind >= 0) {
      const names = this.#shapes[kind];
      assert(names !== undefined, `the ring holds points of the unknown shape ${kind}`);
      sink.points(kind, names, this.#at(1), this.#at(2), (index) => this.#at(3 + index));
      this.#tail = (this.#tail + 3 + names.length) | 0;
      return;
    }
    const byteLength = this.#at(1);
    const text = this.#readText(byteLength);
    if (kind === SHAPE) this.#shapes.push(JSON.parse(text));
    else {
      assert(kind === RECORD, `the ring holds a record of the unknown kind ${kind}`);
      sink.record(text);
    }
    this.#tail = (this.#tail + 2 + Math.ceil(byteLength / 8)) | 0;
  }

  #readText(byteLength: number): string {
    const start = ((this.#tail + 2) & this.#mask) * 8;
    const copy = new Uint8Array(byteLength);
    const first = Math.min(byteLength, this.#bytes.byteLength - start);
    copy.set(this.#bytes.subarray(start, start + first));
    copy.set(this.#bytes.subarray(0, byteLength - first), first);
    return utf8.decode(copy);
  }
}
