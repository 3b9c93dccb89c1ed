import type { Frame } from "@tailbone/protocol/frame";

/**
 * Something that was read as a snapshot and is kept up to date by frames; `offset` is how many frames of the run it
 * includes.
 */
export interface Slot<T> {
  readonly offset: number;
  readonly value: T;
}

/** How many of the frames from offset `from` on a slot includes already. */
export function countIncluded(slot: Slot<unknown>, from: number): number {
  return Math.max(0, slot.offset - from);
}

/** Applies the frames from offset `from` on, each at most once. */
export function advanceSlot<T, F extends Frame>(
  slot: Slot<T>,
  frames: readonly F[],
  from: number,
  apply: (value: T, frames: readonly F[]) => T,
): Slot<T> {
  const included = countIncluded(slot, from);
  if (included >= frames.length) return slot;
  return { offset: from + frames.length, value: apply(slot.value, frames.slice(included)) };
}
