import type { Snapshot } from "./messages";

/** Snapshots that wait while another one is measured. */
const MOST_WAITING = 8;
/** As long as there are more than two, they take no more than this. */
const MOST_BYTES = 128 * 1024 * 1024;

/**
 * What waits to be measured, in the order of the training. When more waits than is held, the snapshot is left out whose
 * neighbours lie closest to each other on a logarithmic axis of steps: what is known of a life suffers least. Neither
 * the newest is left out, nor the untrained model (step 0), which the others are seen against.
 */
export class SnapshotQueue {
  #waiting: Snapshot[] = [];
  #measuring: number | null = null;

  /** Step of what is being measured; null: nothing is. */
  get measuring(): number | null {
    return this.#measuring;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#measuring === null;
  }

  /** Adds a snapshot; returns the one that is left out for it, if any. */
  add(snapshot: Snapshot): Snapshot | null {
    this.#waiting.push(snapshot);
    return this.#isFull() ? this.#leaveOut() : null;
  }

  /**
   * Leaves out all but `most`, one after the other by the same rule, and returns them. The untrained model and the
   * newest stay in any case.
   */
  thin(most: number): Snapshot[] {
    const leftOut: Snapshot[] = [];
    while (this.#waiting.length > most) {
      const one = this.#leaveOut();
      if (one === null) break;
      leftOut.push(one);
    }
    return leftOut;
  }

  #leaveOut(): Snapshot | null {
    const steps = [this.#measuring ?? 0, ...this.#waiting.map(({ step }) => step)];
    let [least, narrowest] = [-1, Number.POSITIVE_INFINITY];
    for (const [index, { step }] of this.#waiting.slice(0, -1).entries()) {
      const gap = Math.log1p(steps[index + 2] ?? 0) - Math.log1p(steps[index] ?? 0);
      if (step > 0 && gap < narrowest) [least, narrowest] = [index, gap];
    }
    return least < 0 ? null : (this.#waiting.splice(least, 1)[0] ?? null);
  }

  #isFull(): boolean {
    const bytes = this.#waiting.reduce(
      (sum, { weights }) => sum + weights.reduce((all, one) => all + one.byteLength, 0),
      0,
    );
    return this.#waiting.length > MOST_WAITING || (this.#waiting.length > 2 && bytes > MOST_BYTES);
  }

  /** The next to be measured, if nothing is being measured. */
  next(): Snapshot | null {
    if (this.#measuring !== null) return null;
    const snapshot = this.#waiting.shift() ?? null;
    this.#measuring = snapshot?.step ?? null;
    return snapshot;
  }

  /** What was being measured is done. */
  done(): void {
    this.#measuring = null;
  }

  /** Everything that waits or is being measured, as steps; nothing does afterwards. */
  clear(): number[] {
    const steps = [this.#measuring, ...this.#waiting.map(({ step }) => step)].filter((step) => step !== null);
    this.#waiting = [];
    this.#measuring = null;
    return steps;
  }
}
