import { seededRandom } from "../support/random";
import { DETECTORS, type Detector, type Sample } from "./detectors";
import { quantile, report } from "./report";

const SERIES = 1000;
const CHECKPOINTS = 200;
const EXAMPLES = 256;
/** False alarms per 1000 checkpoints at which all detectors are compared. */
const MATCHED = [0.5, 1, 5];

/**
 * The true rate at each checkpoint; NaN: the checkpoint is missing. `changedAt`: when it begins to be above one half;
 * null: never.
 */
interface Truth {
  readonly rates: readonly number[];
  readonly changedAt: number | null;
}

type Shape = (random: () => number) => Truth;

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const series = (rate: (t: number) => number): number[] => Array.from({ length: CHECKPOINTS }, (_, t) => rate(t));
const begin = (random: () => number): number => 40 + Math.floor(60 * random());

/** Rises from one half by .15, with its middle `width` checkpoints after it begins. */
const rise =
  (width: number): Shape =>
  (random) => {
    const changedAt = begin(random);
    return {
      changedAt,
      rates: series((t) => (t < changedAt ? 0.5 : 0.5 + 0.15 * (2 * sigmoid((4 * (t - changedAt + 1)) / width) - 1))),
    };
  };

const SHAPES: Readonly<Record<string, Shape>> = {
  "fast sigmoid": rise(4),
  "slow sigmoid": rise(60),
  step: (random) => {
    const changedAt = begin(random);
    return { changedAt, rates: series((t) => (t < changedAt ? 0.5 : 0.56)) };
  },
  // Mirrored, as a decay is looked for: the share of wrong answers rises as a rate decays.
  decay: (random) => {
    const changedAt = begin(random);
    return { changedAt, rates: series((t) => (t < changedAt ? 0.5 : 1 - 0.5 * Math.exp(-(t - changedAt + 1) / 60))) };
  },
  "rise and fall": (random) => {
    const changedAt = begin(random);
    return {
      changedAt,
      rates: series((t) =>
        t < changedAt || t > changedAt + 30 ? 0.5 : 0.5 + 0.1 * Math.sin((Math.PI * (t - changedAt + 1)) / 32),
      ),
    };
  },
  "missing checkpoints": (random) => {
    const changedAt = begin(random);
    return { changedAt, rates: series((t) => (random() < 0.4 ? Number.NaN : t < changedAt ? 0.5 : 0.58)) };
  },
};

const NULLS: Readonly<Record<string, Shape>> = {
  flat: () => ({ changedAt: null, rates: series(() => 0.5) }),
  "drifting noise": (random) => {
    let drift = 0;
    return {
      changedAt: null,
      rates: series(() => {
        drift = 0.95 * drift + 0.02 * (random() - 0.5);
        return 0.5 - Math.abs(drift);
      }),
    };
  },
};

interface Series extends Truth {
  readonly samples: readonly (Sample | null)[];
}

/** The same series for every detector. */
function draw(shape: Shape, seed: number): Series[] {
  const random = seededRandom(seed);
  return Array.from({ length: SERIES }, () => {
    const truth = shape(random);
    const samples = truth.rates.map((rate, step) => {
      if (Number.isNaN(rate)) return null;
      let right = 0;
      for (let example = 0; example < EXAMPLES; example++) if (random() < rate) right++;
      return { step, right, n: EXAMPLES };
    });
    return { ...truth, samples };
  });
}

/** Alarms on series without a change; a detector that has alarmed starts anew. */
function falseAlarms(
  detector: Detector,
  threshold: number,
  all: readonly Series[],
): { alarms: number; checkpoints: number } {
  let [alarms, checkpoints] = [0, 0];
  for (const { samples } of all) {
    let look = detector.start();
    for (const sample of samples) {
      if (sample === null) continue;
      checkpoints++;
      if (look(sample) < threshold) continue;
      alarms++;
      look = detector.start();
    }
  }
  return { alarms, checkpoints };
}

/** The lowest threshold with at most this many false alarms per 1000 checkpoints. */
function tune(detector: Detector, perThousand: number, nulls: readonly Series[]): number {
  let [low, high] = [-5, 60];
  for (let round = 0; round < 18; round++) {
    const middle = (low + high) / 2;
    const { alarms, checkpoints } = falseAlarms(detector, middle, nulls);
    if ((1000 * alarms) / checkpoints > perThousand) low = middle;
    else high = middle;
  }
  return high;
}

interface Found {
  readonly recall: number;
  readonly early: number;
  readonly delays: readonly number[];
}

/** The first alarm of each series: early if it comes before the change, else found, with its delay in checkpoints. */
function detect(detector: Detector, threshold: number, all: readonly Series[]): Found {
  const delays: number[] = [];
  let early = 0;
  for (const { samples, changedAt } of all) {
    const look = detector.start();
    const alarm = samples.findIndex((sample) => sample !== null && look(sample) >= threshold);
    if (alarm < 0) continue;
    if (alarm < (changedAt ?? 0)) early++;
    else delays.push(alarm - (changedAt ?? 0));
  }
  return { recall: delays.length / all.length, early: early / all.length, delays };
}

/** 95 % interval of a share (Wilson 1927). */
function wilson(hits: number, count: number): { low: number; high: number } {
  const z = 1.96;
  const share = hits / count;
  const centre = share + (z * z) / (2 * count);
  const half = z * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count));
  const scale = 1 + (z * z) / count;
  return { low: Math.max(0, (centre - half) / scale), high: (centre + half) / scale };
}

/**
 * Our detector beside those that others use, as they are used and at the same rate of false alarms. Seeded: it prints
 * the same each time.
 */
export async function benchDetection(): Promise<void> {
  const bench = "detection";
  const nulls = Object.entries(NULLS).map(([shape, make], index) => ({ shape, all: draw(make, 1 + index) }));
  const planted = Object.entries(SHAPES).map(([shape, make], index) => ({ shape, all: draw(make, 100 + index) }));
  const flat = nulls[0]?.all ?? [];
  for (const detector of DETECTORS) {
    for (const { shape, all } of nulls) {
      const { alarms, checkpoints } = falseAlarms(detector, detector.threshold, all);
      const { low, high } = wilson(alarms, checkpoints);
      const value = (1000 * alarms) / checkpoints;
      report({
        bench,
        metric: "false_alarms_per_1000",
        value,
        unit: "per 1000 checkpoints",
        detector: detector.name,
        shape,
        low: 1000 * low,
        high: 1000 * high,
      });
    }
    const settings = [
      { at: "as used", threshold: detector.threshold },
      ...MATCHED.map((rate) => ({ at: `${rate} false alarms per 1000`, threshold: tune(detector, rate, flat) })),
    ];
    for (const { at, threshold } of settings) {
      for (const { shape, all } of planted) {
        const { recall, early, delays } = detect(detector, threshold, all);
        const of = { bench, detector: detector.name, shape, at };
        report({ ...of, metric: "recall", value: recall, unit: "share" });
        report({ ...of, metric: "median_delay", value: quantile(delays, 0.5), unit: "checkpoints" });
        report({ ...of, metric: "p90_delay", value: quantile(delays, 0.9), unit: "checkpoints" });
        report({ ...of, metric: "early_alarms", value: early, unit: "share" });
      }
    }
  }
}
