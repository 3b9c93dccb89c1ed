import type { Warnings } from "./own-output";
import type { ScalarTensor } from "./run";

/** Reads under way beyond this are made at once: a loop that never yields would otherwise keep tensors without end. */
const MAX_PENDING = 2048;

interface Read {
  readonly names: readonly string[];
  readonly copies: readonly ScalarTensor[];
  readonly write: (names: readonly string[], values: readonly number[]) => void;
  readonly done: Promise<void>;
}

/**
 * Reads logged tensors back without stalling a step: `data()` resolves once the backend has computed them. Each is a
 * clone that outlives the script's own, and is disposed of when it has been read.
 */
export class TensorReads {
  readonly #pending = new Set<Read>();
  readonly #warnings: Warnings;

  constructor(warnings: Warnings) {
    this.#warnings = warnings;
  }

  /** Calls `write` with all values once they are there. */
  read(tensors: ReadonlyMap<string, ScalarTensor>, write: Read["write"]): void {
    const names = [...tensors.keys()];
    const copies = [...tensors.values()].map((tensor) => {
      const copy = tensor.clone();
      copy.kept = true;
      return copy;
    });
    const done = Promise.all(copies.map((copy) => copy.data())).then(
      (values) => this.#finish(read, values),
      (error: unknown) => this.#fail(read, error),
    );
    const read: Read = { names, copies, write, done };
    this.#pending.add(read);
    if (this.#pending.size > MAX_PENDING) this.#readOldestNow();
  }

  /** Resolves when all reads under way are made. */
  async settle(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all([...this.#pending].map(({ done }) => done));
  }

  /** Makes all reads under way at once: for an end at which nothing can be awaited any more. */
  readNow(): void {
    for (const read of [...this.#pending]) this.#readNow(read);
  }

  #readOldestNow(): void {
    const [oldest] = this.#pending;
    if (oldest === undefined) return;
    this.#warnings.once(
      "tensor-backlog",
      `More than ${MAX_PENDING} logged tensors wait to be read, because the loop never yields; the oldest are read at once, which stalls the step. Await something in the loop, such as tf.nextFrame().`,
    );
    this.#readNow(oldest);
  }

  #readNow(read: Read): void {
    try {
      this.#finish(
        read,
        read.copies.map((copy) => copy.dataSync()),
      );
    } catch (error) {
      this.#fail(read, error);
    }
  }

  #finish(read: Read, values: readonly ArrayLike<number>[]): void {
    if (!this.#pending.delete(read)) return;
    read.write(
      read.names,
      values.map((value) => Number(value[0])),
    );
    for (const copy of read.copies) copy.dispose();
  }

  #fail(read: Read, error: unknown): void {
    if (!this.#pending.delete(read)) return;
    this.#warnings.once(
      "tensor-read",
      `The tensor logged as ${JSON.stringify(read.names[0])} cannot be read: ${error instanceof Error ? error.message : error}. It is left out.`,
    );
  }
}
