import { SEALED_POINTS } from "./chunk";

/** How many chunks of one level make one of the next. */
export const FAN_OUT = 16;

/** An unsealed chunk as the plan sees it: how many points it has, and how often its points were merged already. */
export interface Unsealed {
  readonly level: number;
  readonly count: number;
}

/**
 * Which chunks at the end of a series become one, now that another was appended. As a counter carries, FAN_OUT
 * neighbours of one level become one of the next; and as soon as the unsealed ones hold SEALED_POINTS points together,
 * they all become one that is never touched again. So a point is rewritten three times at most (levels 0 to 2, then
 * sealed), and a series never ends in more than 3 * FAN_OUT chunks that are not sealed.
 *
 * `tail`: the unsealed chunks in the order of their arrival, the new one last. Returns how many of them, counted from
 * the end, to merge, and the level of what they become; null when there is nothing to do.
 */
export function planMerge(tail: readonly Unsealed[]): { length: number; level: number } | null {
  const points = tail.reduce((sum, chunk) => sum + chunk.count, 0);
  if (tail.length > 1 && points >= SEALED_POINTS) {
    return { length: tail.length, level: 1 + tail.reduce((highest, chunk) => Math.max(highest, chunk.level), 0) };
  }
  const last = tail.length - 1;
  let start = last;
  let level = tail[last]?.level ?? 0;
  for (;;) {
    let from = start;
    while (from > 0 && start - from < FAN_OUT - 1 && tail[from - 1]?.level === level) from--;
    if (start - from < FAN_OUT - 1) break;
    start = from;
    level++;
  }
  return start === last || tail.length === 0 ? null : { length: tail.length - start, level };
}
