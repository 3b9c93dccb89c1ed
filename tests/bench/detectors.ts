import { hasChanged, IDLE, watchReading } from "@tailbone/lifecycle/change-detector";
import { evidenceAbove, logSumExp } from "@tailbone/lifecycle/evidence";

/** How often one of `n` fresh examples was right at a checkpoint, against a boundary of one half. */
export interface Sample {
  readonly step: number;
  readonly right: number;
  readonly n: number;
}

/**
 * A detector's view of one series: after each sample, how strongly it thinks that the rate is above one half. It alarms
 * at its threshold.
 */
export interface Detector {
  readonly name: string;
  /** As it is used. */
  readonly threshold: number;
  readonly start: () => (sample: Sample) => number;
}

const BOUNDARY = 0.5;
const zOf = ({ right, n }: Sample): number => (right / n - BOUNDARY) / (0.5 / Math.sqrt(n));

/**
 * Ours: mixture e-values of an estimate with its interval, Shiryaev-Roberts, and two readings beyond the boundary in a
 * row.
 */
const tailbone: Detector = {
  name: "tailbone",
  threshold: Math.log(1000),
  start: () => {
    let detector = IDLE;
    return ({ step, right, n }) => {
      const value = right / n;
      const half = 1.96 * Math.sqrt(Math.max(value * (1 - value), 1e-6) / n);
      const estimate = { value, low: value - half, high: value + half, n, control: null, unit: "" };
      detector = watchReading(detector, step, evidenceAbove(estimate, BOUNDARY));
      return hasChanged(detector, 2, Number.NEGATIVE_INFINITY) ? (detector.logR ?? 0) : Number.NEGATIVE_INFINITY;
    };
  },
};

/** Bets on each example: e = mean over l in {.1, .3, 1} of the product of 1 + l (x - 1/2). */
const perExample: Detector = {
  name: "e-SR per example",
  threshold: Math.log(1000),
  start: () => {
    let logR = Number.NEGATIVE_INFINITY;
    return ({ right, n }) => {
      const bets = [0.1, 0.3, 1].map((l) => right * Math.log1p(l / 2) + (n - right) * Math.log1p(-l / 2));
      logR = logSumExp(bets) - Math.log(bets.length) + logSumExp([0, logR]);
      return logR;
    };
  },
};

const cusum: Detector = {
  name: "CUSUM k=.5",
  threshold: 5,
  start: () => {
    let sum = 0;
    return (sample) => {
      sum = Math.max(0, sum + zOf(sample) - 0.5);
      return sum;
    };
  },
};

const oneInterval: Detector = { name: "one 95 % interval", threshold: 1.96, start: () => zOf };

const twoIntervals: Detector = {
  name: "two consecutive intervals",
  threshold: 1.96,
  start: () => {
    let before = Number.NEGATIVE_INFINITY;
    return (sample) => {
      const z = zOf(sample);
      const both = Math.min(before, z);
      before = z;
      return both;
    };
  },
};

/** Of the rate at each checkpoint, with the usual tolerance of .005 and threshold of 50. */
const pageHinkley: Detector = {
  name: "Page-Hinkley",
  threshold: 50,
  start: () => {
    let [count, mean, sum, least] = [0, 0, 0, 0];
    return ({ right, n }) => {
      const x = right / n;
      count++;
      mean += (x - mean) / count;
      sum += x - mean - 0.005;
      least = Math.min(least, sum);
      return sum - least;
    };
  },
};

export const DETECTORS: readonly Detector[] = [tailbone, perExample, cusum, oneInterval, twoIntervals, pageHinkley];
