import type { Condition } from "@tailbone/protocol/rules";
import type { SeriesMemory } from "./rule-state";

export type SeriesCondition = Extract<Condition, { series: string }>;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const short = (value: number): string => String(Number(value.toPrecision(4)));

function remember(memory: SeriesMemory, value: number, length: number): void {
  memory.window.push(value);
  if (memory.window.length > length) memory.window.splice(0, memory.window.length - length);
}

/**
 * Takes one point into `memory`. Returns the evidence, in words, while the condition holds, else null. A point that is
 * not finite counts for `nan` alone.
 */
export function holdsAt(condition: SeriesCondition, memory: SeriesMemory, step: number, value: number): string | null {
  if (condition.type === "nan") return Number.isFinite(value) ? null : `its value is ${value}`;
  if (!Number.isFinite(value)) return null;
  switch (condition.type) {
    case "threshold": {
      const { op, value: limit, points } = condition;
      remember(memory, value, points);
      const isBeyond = (one: number): boolean => (op === "above" ? one > limit : one < limit);
      if (memory.window.length < points || !memory.window.every(isBeyond)) return null;
      return `${points === 1 ? "a value" : `${points} values in a row`} ${op} ${short(limit)}, the last is ${short(value)}`;
    }
    case "change": {
      const { by, points } = condition;
      remember(memory, value, 2 * points);
      if (memory.window.length < 2 * points) return null;
      const before = mean(memory.window.slice(0, points));
      const now = mean(memory.window.slice(points));
      if (Math.abs(now - before) <= by * Math.abs(before)) return null;
      return `the mean of ${points} values went from ${short(before)} to ${short(now)}`;
    }
    case "divergence": {
      const { factor, points } = condition;
      remember(memory, value, points);
      if (memory.window.length < points) return null;
      const now = mean(memory.window);
      if (memory.best === null || now < memory.best) memory.best = now;
      if (memory.best <= 0 || now <= factor * memory.best) return null;
      return `the mean of ${points} values is ${short(now)}; at its lowest it was ${short(memory.best)}`;
    }
    case "plateau": {
      const { goal, by, steps } = condition;
      const gain =
        memory.best === null ? Number.POSITIVE_INFINITY : goal === "lower" ? memory.best - value : value - memory.best;
      if (gain > by) {
        memory.best = value;
        memory.bestStep = step;
      }
      if (memory.best === null || memory.bestStep === null || step - memory.bestStep < steps) return null;
      return `the best value, ${short(memory.best)}, is of step ${memory.bestStep}`;
    }
  }
}

/** A point of a series with a value that has a place on an axis. */
export interface FinitePoint {
  readonly step: number;
  readonly value: number;
}

export const sayNotFinite = (name: string, step: number, value: number): string =>
  `${name} is ${value} at step ${step}`;

/** Where a series ceased to be finite, and what it was last. */
export function sayLastFinite(step: number, value: number, finite: FinitePoint | null): string {
  const before =
    finite === null
      ? "No finite value before it is known."
      : `The last finite one was ${short(finite.value)}, at step ${finite.step}.`;
  return `At step ${step} its value is ${value}. ${before}`;
}

/** What a condition over a series says when it holds; what is not finite has words of its own. */
export function describe(condition: Exclude<SeriesCondition, { type: "nan" }>, name: string): string {
  switch (condition.type) {
    case "threshold":
      return `${name} is ${condition.op} ${short(condition.value)}`;
    case "change":
      return `${name} has changed by more than ${short(condition.by * 100)} %`;
    case "divergence":
      return `${name} diverges`;
    case "plateau":
      return `${name} no longer gets better`;
  }
}
