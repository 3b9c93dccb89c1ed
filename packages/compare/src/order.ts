import { headsAtMost, shareInterval } from "./distribution";
import type { Onset } from "./survival";

/** What one run says of two features: when each emerged (null: not by its last step). */
export interface PairOfOnsets {
  readonly first: Onset | null;
  readonly second: Onset | null;
  readonly lastStep: number;
}

export type Precedence = "first" | "second" | "tie";

/**
 * Which emerged earlier in a run. Only where their intervals don't overlap is that known: the one was seen by a step
 * after which the other came. What had not come by the last step came later. All else is a tie.
 */
export function precedenceOf({ first, second, lastStep }: PairOfOnsets): Precedence {
  if (isBefore(first, second, lastStep)) return "first";
  return isBefore(second, first, lastStep) ? "second" : "tie";
}

const isBefore = (one: Onset | null, other: Onset | null, lastStep: number): boolean =>
  one !== null && (other === null ? one.by <= lastStep : other.after !== null && one.by <= other.after);

/** Fewer decided runs than this can't tell an order at all. */
export const FEWEST_DECIDED = 5;

export interface OrderFound {
  readonly first: number;
  readonly second: number;
  readonly ties: number;
  /** The share of decided runs in which the first came first, with its 95 % interval (Clopper and Pearson). */
  readonly share: { readonly value: number; readonly low: number; readonly high: number } | null;
  /** Of the two-sided sign test over the decided runs; null where they are too few. */
  readonly p: number | null;
}

/** How consistently one feature emerges before another, over the runs of a group. */
export function compareOrder(runs: readonly PairOfOnsets[]): OrderFound {
  const found = runs.map(precedenceOf);
  const count = (what: Precedence): number => found.filter((one) => one === what).length;
  const [first, second, ties] = [count("first"), count("second"), count("tie")];
  const decided = first + second;
  return {
    ...{ first, second, ties },
    share: decided === 0 ? null : { value: first / decided, ...shareInterval(first, decided) },
    p: decided < FEWEST_DECIDED ? null : signTest(first, decided),
  };
}

/** Two-sided sign test: how often a fair coin would be as one-sided (Conover 1999, section 3.4). */
export const signTest = (heads: number, n: number): number =>
  Math.min(1, 2 * headsAtMost(Math.min(heads, n - heads), n));

/** What may be said of an order, and what not. */
export function sayOrder({ first, second, ties, p }: OrderFound): string {
  const decided = first + second;
  const seen = `The first came before the second in ${first} of ${decided} runs that tell (${ties} do not).`;
  if (p === null) return `${seen} Fewer than ${FEWEST_DECIDED} can't tell an order.`;
  if (p > 0.05) return `${seen} That shows no order: a coin does as much in ${Math.round(p * 100)} of 100 cases.`;
  return `${seen} That order is consistent, which does not say that the one brings the other about.`;
}

/** P-values of several pairs, each as if it had been the only one asked for (Holm 1979). In the order given. */
export function adjustHolm(ps: readonly number[]): number[] {
  const order = ps.map((_, index) => index).toSorted((a, b) => (ps[a] ?? 1) - (ps[b] ?? 1));
  const adjusted = new Array<number>(ps.length);
  let most = 0;
  for (const [rank, index] of order.entries()) {
    most = Math.max(most, Math.min(1, (ps[index] ?? 1) * (ps.length - rank)));
    adjusted[index] = most;
  }
  return adjusted;
}
