import type { Estimate } from "@tailbone/protocol/reading";

/** Half of a 95 % interval of a normal distribution, in standard errors. */
const HALF_WIDTH = 1.96;
/** An interval without width (a value clipped at its bound) is taken to be at least this wide, in standard errors. */
const LEAST_ERROR = 1e-4;
/** Effects, in standard errors, that the bets are made for. */
const BETS = [0.5, 1, 2, 4];
const MOST_Z = 40;

/**
 * One reading's evidence for a direction: its e-value, as a logarithm, whether its value and its 95 % interval lie
 * beyond the boundary, and whether the whole interval lies on the other side.
 */
export interface Evidence {
  readonly logE: number;
  readonly isTowards: boolean;
  readonly isBeyond: boolean;
  readonly isAgainst: boolean;
}

/** Evidence that what is estimated is above a boundary, against "at or below it". */
export function evidenceAbove({ value, low, high }: Estimate, boundary: number): Evidence {
  return {
    logE: logEValue((value - boundary) / errorOf(value - low)),
    isTowards: value > boundary,
    isBeyond: low > boundary,
    isAgainst: high <= boundary,
  };
}

/** Evidence that what is estimated is below a boundary (an equivalence test), against "at or above it". */
export function evidenceBelow({ value, low, high }: Estimate, boundary: number): Evidence {
  return {
    logE: logEValue((boundary - value) / errorOf(high - value)),
    isTowards: value < boundary,
    isBeyond: high < boundary,
    isAgainst: low >= boundary,
  };
}

/** Evidence for both at once, against "one of them does not hold": the smaller e-value is valid under either. */
export function evidenceForBoth(a: Evidence, b: Evidence): Evidence {
  return {
    logE: Math.min(a.logE, b.logE),
    isTowards: a.isTowards && b.isTowards,
    isBeyond: a.isBeyond && b.isBeyond,
    isAgainst: a.isAgainst || b.isAgainst,
  };
}

const errorOf = (halfWidth: number): number => Math.max(halfWidth / HALF_WIDTH, LEAST_ERROR);

/**
 * Logarithm of an e-value for a normal z: the mean of exp(l z - l^2 / 2) over the bets l. Its expectation is at most 1
 * where the mean of z is at most 0 (Ville's mixture; Grünwald, de Heide and Koolen 2024, "Safe testing").
 */
export function logEValue(z: number): number {
  const bounded = Math.max(-MOST_Z, Math.min(MOST_Z, z));
  const logs = BETS.map((bet) => bet * bounded - (bet * bet) / 2);
  return logSumExp(logs) - Math.log(logs.length);
}

/** log(exp(a) + exp(b) + …), without overflow. */
export function logSumExp(logs: readonly number[]): number {
  const largest = Math.max(...logs);
  if (largest === Number.NEGATIVE_INFINITY) return largest;
  return largest + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - largest), 0));
}
