import { encodeFrame, type Frame, type Group } from "@tailbone/protocol/frame";
import type { RunRecord } from "@tailbone/protocol/records";
import type { RowOfValues } from "../ring/ring-reader";

/*
 * A frame is sealed before it reaches any limit of the wire: half of its bytes (4 MiB) and of its values leave room for
 * one more record of the largest kind.
 */
const SEAL_BYTES = 2 * 1024 * 1024;
const SEAL_VALUES = 125_000;
const SEAL_RECORD_BYTES = 512 * 1024;
const SEAL_RECORDS = 5000;
const SEAL_GROUPS = 2000;

const FIRST_POINTS = 64;

/** Columns of one shape, growing. Row-major: a row is step, timeMs and one value a series. */
class OpenGroup {
  readonly #names: readonly string[];
  readonly #width: number;
  #rows: Float64Array;
  #points = 0;

  constructor(names: readonly string[]) {
    this.#names = names;
    this.#width = names.length + 2;
    this.#rows = new Float64Array(FIRST_POINTS * this.#width);
  }

  add(step: number, timeMs: number, values: RowOfValues): void {
    const start = this.#points * this.#width;
    if (start === this.#rows.length) {
      const larger = new Float64Array(this.#rows.length * 2);
      larger.set(this.#rows);
      this.#rows = larger;
    }
    this.#rows[start] = step;
    this.#rows[start + 1] = timeMs;
    for (let index = 2; index < this.#width; index++) this.#rows[start + index] = values(index - 2);
    this.#points++;
  }

  seal(): Group {
    const column = (offset: number): Float64Array => {
      const values = new Float64Array(this.#points);
      for (let point = 0; point < values.length; point++) {
        values[point] = this.#rows[point * this.#width + offset] ?? Number.NaN;
      }
      return values;
    };
    return {
      names: this.#names,
      steps: column(0),
      timesMs: column(1),
      values: this.#names.map((_, index) => column(index + 2)),
    };
  }
}

/** Gathers points and records and seals them into frames with consecutive sequences, none over a limit of the wire. */
export class FrameBuilder {
  #groups = new Map<string | number, OpenGroup>();
  #records: RunRecord[] = [];
  #bytes = 0;
  #values = 0;
  #recordBytes = 0;
  #sequence: number;
  /** Points of all frames that were sealed. */
  #pointsThrough = 0;

  constructor(firstSequence = 0) {
    this.#sequence = firstSequence;
  }

  get isEmpty(): boolean {
    return this.#values === 0 && this.#records.length === 0;
  }

  /** It must be sealed before anything else is added. */
  get isFull(): boolean {
    return (
      this.#bytes + this.#recordBytes >= SEAL_BYTES ||
      this.#values >= SEAL_VALUES ||
      this.#recordBytes >= SEAL_RECORD_BYTES ||
      this.#records.length >= SEAL_RECORDS ||
      this.#groups.size >= SEAL_GROUPS
    );
  }

  /** `shape` tells sets of names apart: equal shapes have equal names. */
  addPoints(shape: string | number, names: readonly string[], step: number, timeMs: number, values: RowOfValues): void {
    let group = this.#groups.get(shape);
    if (group === undefined) {
      group = new OpenGroup(names);
      this.#groups.set(shape, group);
      // The bound of UTF-8 in UTF-16 units, without encoding.
      for (const name of names) this.#bytes += 2 + 3 * name.length;
    }
    group.add(step, timeMs, values);
    this.#values += names.length;
    this.#bytes += 8 * (names.length + 2);
  }

  /** `byteLength`: of the record as JSON. */
  addRecord(record: RunRecord, byteLength: number): void {
    this.#records.push(record);
    this.#recordBytes += byteLength;
  }

  /** Forgets all points and console lines, and returns how many points that were. What is small and dear stays. */
  discardPoints(): number {
    const points = this.#values;
    this.#groups = new Map();
    this.#bytes = 0;
    this.#values = 0;
    this.#records = this.#records.filter(({ type }) => type !== "console");
    return points;
  }

  /** What has been added since the last time, encoded as the next frame. */
  seal(sealedAtMs: number): { sequence: number; points: number; bytes: Uint8Array } {
    this.#pointsThrough += this.#values;
    const frame: Frame = {
      sequence: this.#sequence,
      sealedAtMs,
      groups: [...this.#groups.values()].map((group) => group.seal()),
      records: this.#records,
      pointsThrough: this.#pointsThrough,
    };
    const sealed = { sequence: this.#sequence, points: this.#values, bytes: encodeFrame(frame) };
    this.#sequence++;
    this.#groups = new Map();
    this.#records = [];
    this.#bytes = 0;
    this.#values = 0;
    this.#recordBytes = 0;
    return sealed;
  }
}
