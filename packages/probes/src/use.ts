import type { Estimate } from "@tailbone/protocol/reading";
import { bootstrap, type Interval } from "./bootstrap";
import type { Outcome } from "./outcome";
import { seededRandom, shuffledIndices } from "./random";
import { pickRows, type Rows } from "./rows";

/**
 * A model's outputs for the same examples: as they are, with the feature changed, and with something changed that shall
 * not matter.
 */
export interface Interventions {
  readonly clean: Rows;
  readonly changed: Rows;
  /** Several controls are averaged. None: the intervention has no side damage, as a swap. */
  readonly controls: readonly Rows[];
  /** As `changed`, by interventions fitted with one part of their data left out, each part in its turn. */
  readonly refits?: readonly Rows[];
}

export interface Use {
  readonly used: Estimate;
  readonly benefit: Estimate;
  /** (L_chance - L) / L_chance. */
  readonly learnt: number;
  /** (1 + how many controls change the outputs as much) / (controls + 1); null without controls. */
  readonly p: number | null;
}

/** Least share of the loss at chance that counts as learnt, so that benefit is not divided by nothing. */
const LEAST = 0.05;

/**
 * What an intervention does: `used` = D(clean || changed) / D(clean || all swapped), where all is swapped by taking
 * another example's output; `benefit` = [L(changed) - L(clean)] / max(L_chance - L(clean), .05 L_chance). Where there
 * are controls, their mean is taken off both. Intervals are over examples, all numbers of one paired.
 */
export function measureUse(
  { clean, changed, controls, refits = [] }: Interventions,
  outcome: Outcome,
  seed: number,
  hasIntervals = true,
): Use {
  const shuffle = seededRandom(seed);
  const random = hasIntervals ? shuffle : null;
  const others = pickRows(clean, shuffledIndices(clean.count, shuffle));
  const everything = outcome.divergences(clean, others);
  const effect = outcome.divergences(clean, changed);
  const effects = controls.map((control) => outcome.divergences(clean, control));
  const damage = average(effects, clean.count);
  const loss = outcome.losses(clean);
  const lossChanged = outcome.losses(changed);
  const losses = controls.map((control) => outcome.losses(control));
  const lossControl = controls.length === 0 ? loss : average(losses, clean.count);
  const { chance } = outcome;
  const share = (part: number, whole: number): number => (whole > 1e-12 ? part / whole : 0);
  const benefitOf = (difference: number, cleanLoss: number): number =>
    difference / Math.max(chance - cleanLoss, LEAST * chance, 1e-12);
  const used = bootstrap([effect, damage, everything], ([e = 0, d = 0, all = 0]) => share(e - d, all), random);
  const benefit = bootstrap([lossChanged, lossControl, loss], ([c = 0, d = 0, l = 0]) => benefitOf(c - d, l), random);
  const meanLoss = mean(loss);
  const shares = effects.map((each) => share(mean(each), mean(everything)));
  const costs = losses.map((each) => benefitOf(mean(each) - meanLoss, meanLoss));
  const unsure = (part: (outputs: Rows) => number, ofControls: readonly number[]): number =>
    hasIntervals ? varianceOfMean(ofControls) + jackknife(refits.map(part)) : 0;
  const { value, low, high } = widen(
    used,
    unsure((outputs) => share(mean(outcome.divergences(clean, outputs)), mean(everything)), shares),
  );
  return {
    used: toEstimate(
      { value: clip(value), low: clip(low), high: clip(high) },
      clean.count,
      controls.length === 0 ? null : meanOf(shares),
      "share of what the output depends on",
    ),
    benefit: toEstimate(
      widen(
        benefit,
        unsure((outputs) => benefitOf(mean(outcome.losses(outputs)) - meanLoss, meanLoss), costs),
      ),
      clean.count,
      controls.length === 0 ? null : meanOf(costs),
      "share of what the model has learnt",
    ),
    learnt: chance > 0 ? (chance - meanLoss) / chance : 0,
    p:
      controls.length === 0
        ? null
        : (1 + effects.filter((each) => mean(each) >= mean(effect)).length) / (effects.length + 1),
  };
}

/** An interval that is unsure for another reason as well, of this variance. */
function widen({ value, low, high }: Interval, variance: number): Interval {
  const half = 1.96 * Math.sqrt(variance);
  return { value, low: value - Math.hypot(value - low, half), high: value + Math.hypot(high - value, half) };
}

const squaresAround = (values: readonly number[]): number => {
  const centre = meanOf(values);
  return values.reduce((sum, each) => sum + (each - centre) ** 2, 0);
};

const varianceOfMean = (values: readonly number[]): number =>
  values.length < 2 ? 0 : squaresAround(values) / (values.length * (values.length - 1));

/** Variance of a statistic from what it is without one part of the data, for each part. */
const jackknife = (without: readonly number[]): number =>
  without.length < 2 ? 0 : (squaresAround(without) * (without.length - 1)) / without.length;

const toEstimate = ({ value, low, high }: Interval, n: number, control: number | null, unit: string): Estimate => ({
  value,
  low,
  high,
  n,
  control,
  unit,
});

const clip = (value: number): number => Math.min(1, Math.max(0, value));
const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function average(columns: readonly Float64Array[], count: number): Float64Array {
  return Float64Array.from(
    { length: count },
    (_, index) => columns.reduce((sum, column) => sum + (column[index] ?? 0), 0) / Math.max(1, columns.length),
  );
}
