import type { Estimate } from "@tailbone/protocol/reading";
import * as tf from "@tensorflow/tfjs-core";
import { type Curvature, codeLengths, curvatureOf, type Standardised, standardise } from "./logistic";
import { type Random, shuffledIndices } from "./random";
import { pickRows, type Rows } from "./rows";

/**
 * Shares of the data after which the probe is fitted anew (Voita and Titov 2020); small data begin where there is
 * something to fit.
 */
const SHARES = [0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.0625, 0.125, 0.25, 0.5];
/** L2 strengths of the probe, of which the data choose one. */
const STRENGTHS = [1, 10, 100] as const;
/**
 * Half an interval in standard errors. Examples share the probe that codes them: with 1.96, simulated intervals held
 * the truth 84 to 94 times in 100.
 */
const Z = 1.3 * 1.96;

export interface Encoded {
  readonly estimate: Estimate;
  /** How many examples are left once each class has as many as the rarest. */
  readonly balanced: number;
  /** H(Y) - H(Y | activations) over H(Y), of the probe that was fitted on half of the data, on the other half. */
  readonly vInformation: number;
}

/**
 * How much of a feature a linear probe reads from activations, beyond what it reads of shuffled labels: online code
 * length, as a share of the labels' entropy. L = n1 log2 K - sum of log2 p_i(next block), the probe reset for each
 * block (Voita and Titov 2020, "Information-Theoretic Probing with Minimum Description Length"). The probe's L2
 * strength is the one that, fitted on the first eighth, codes the second one best; saying which costs its bits too. The
 * control is that of Hewitt and Liang 2019 where types of inputs don't repeat. Classes are balanced by leaving out; the
 * interval is over the examples' code lengths.
 */
export function measureEncoded(rows: Rows, labels: Int32Array, classes: number, random: Random): Encoded {
  const order = balancedOrder(labels, classes, random);
  const data = pickRows(rows, order);
  const own = Int32Array.from(order, (index) => labels[index] ?? 0);
  const shuffled = Int32Array.from(shuffledIndices(own.length, random), (index) => own[index] ?? 0);
  const entropy = Math.log2(classes);
  const { code, control } = withCurvatures(data, classes, (x, curvatures) => ({
    code: onlineCode(x, own, classes, curvatures),
    control: onlineCode(x, shuffled, classes, curvatures),
  }));
  const controlShare = Math.max(0, 1 - mean(control) / entropy);
  const saved = code.map((bits) => 1 - bits / entropy);
  const value = mean(saved) - controlShare;
  const half = (Z * deviation(saved)) / Math.sqrt(saved.length);
  const clip = (number: number): number => Math.min(1, Math.max(0, number));
  return {
    estimate: {
      value: clip(value),
      low: clip(value - half),
      high: clip(value + half),
      n: saved.length,
      control: controlShare,
      unit: "share of the feature's entropy",
    },
    balanced: own.length,
    vInformation: mean(saved.subarray(Math.floor(saved.length / 2))),
  };
}

/** A probe is fitted on no fewer examples; twice as many are needed to see what it reads. */
export const leastToFit = (classes: number): number => Math.max(4 * classes, 32);

/** Where the probe is fitted anew: on how many examples, each time. There is at least one such place. */
function withCurvatures<T>(
  data: Rows,
  classes: number,
  use: (x: Standardised, curvatures: readonly Curvature[]) => T,
): T {
  const least = leastToFit(classes);
  const cuts = new Set(SHARES.map((share) => Math.max(least, Math.round(share * data.count))));
  const x = standardise(data);
  const curvatures = [...cuts].filter((cut) => cut < data.count).map((cut) => curvatureOf(x, cut));
  try {
    return use(x, curvatures);
  } finally {
    tf.dispose([x, ...curvatures.map(({ vectors }) => vectors)]);
  }
}

/** Code length of each example in bits; the first block costs log2 K each. */
function onlineCode(
  x: Standardised,
  labels: Int32Array,
  classes: number,
  curvatures: readonly Curvature[],
): Float64Array {
  const count = labels.length;
  const codeBlock = (curvature: Curvature, strength: number): Float64Array => {
    const next = curvatures[curvatures.indexOf(curvature) + 1];
    return codeLengths(x, labels, classes, { curvature, to: next?.from ?? count, strength });
  };
  const strength = chooseStrength(curvatures, count, codeBlock);
  const lengths = new Float64Array(count).fill(Math.log2(classes));
  for (const curvature of curvatures) lengths.set(codeBlock(curvature, strength), curvature.from);
  return lengths.map((bits) => bits + Math.log2(STRENGTHS.length) / count);
}

/** Chosen on the block behind an eighth of the data: what comes after it is seen by no choice. */
function chooseStrength(
  curvatures: readonly Curvature[],
  count: number,
  codeBlock: (curvature: Curvature, strength: number) => Float64Array,
): number {
  const eighth = curvatures.findLast(({ from }) => from <= Math.round(count / 8)) ?? curvatures[0];
  if (eighth === undefined) return STRENGTHS[0];
  const costs = STRENGTHS.map((strength) => mean(codeBlock(eighth, strength)));
  return STRENGTHS[costs.indexOf(Math.min(...costs))] ?? STRENGTHS[0];
}

/** Examples in random order, class after class in turn, as many of each as the smallest class has. */
function balancedOrder(labels: Int32Array, classes: number, random: Random): Uint32Array {
  const byClass = Array.from({ length: classes }, (): number[] => []);
  for (const index of shuffledIndices(labels.length, random)) byClass[labels[index] ?? 0]?.push(index);
  const least = Math.min(...byClass.map((members) => members.length));
  const order = new Uint32Array(least * classes);
  for (let turn = 0; turn < least; turn++) {
    for (const [k, members] of byClass.entries()) order[turn * classes + k] = members[turn] ?? 0;
  }
  return order;
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function deviation(values: Float64Array): number {
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / Math.max(1, values.length - 1));
}
