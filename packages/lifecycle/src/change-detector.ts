import { type Evidence, logSumExp } from "./evidence";

/** The largest logarithm that is kept: beyond it nothing is decided otherwise, and JSON has no infinities. */
const MOST_LOG = 700;

/**
 * A detector of one change, from reading to reading. `logR` is the logarithm of the Shiryaev-Roberts statistic R = e (1
 * + R), null before the first reading: as long as nothing changes, R - t has no positive drift, so that the mean time
 * to a false alarm at R >= 1/alpha is at least 1/alpha readings (Shin, Ramdas and Rinaldo 2024, "E-detectors").
 */
export interface ChangeDetector {
  readonly logR: number | null;
  /** Readings in a row whose value lies beyond the boundary. */
  readonly streak: number;
  /** Step of the last reading whose whole interval lay on the near side of the boundary; null: none yet. */
  readonly after: number | null;
  /** Step of the first one since then whose interval lay beyond the boundary. */
  readonly by: number | null;
}

export const IDLE: ChangeDetector = { logR: null, streak: 0, after: null, by: null };

/** A detector that starts after a reading of the state before. */
export const startDetector = (after: number | null): ChangeDetector => ({ ...IDLE, after });

export function watchReading(
  before: ChangeDetector,
  step: number,
  { logE, isTowards, isBeyond, isAgainst }: Evidence,
): ChangeDetector {
  const logR = Math.min(MOST_LOG, logE + (before.logR === null ? 0 : logSumExp([0, before.logR])));
  return {
    logR,
    streak: isTowards ? before.streak + 1 : 0,
    after: isAgainst ? step : before.after,
    by: isAgainst ? null : (before.by ?? (isBeyond ? step : null)),
  };
}

/**
 * Whether the change is taken for real: enough evidence, and enough readings in a row. `logThreshold`: log(1 / alpha)
 * or more.
 */
export function hasChanged({ logR, streak }: ChangeDetector, confirmations: number, logThreshold: number): boolean {
  return streak >= confirmations && logR !== null && logR >= logThreshold;
}
