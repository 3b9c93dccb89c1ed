import { type Rows, row, type TensorData } from "./rows";

/** What a model is trained on, by the name of its loss. */
export const LOSSES = ["softmaxCrossEntropy", "sigmoidCrossEntropy", "meanSquaredError"] as const;
export type LossName = (typeof LOSSES)[number];

/** Outputs as the measures want them: log-probabilities for classes, logits for yes and no, values for numbers. */
export interface Outcome {
  /** Loss of each example: nats, or mean squared error. */
  readonly losses: (outputs: Rows) => Float64Array;
  /** How much each example's output changes: KL divergence in nats, or mean squared change. */
  readonly divergences: (clean: Rows, changed: Rows) => Float64Array;
  /** Loss of the best output that is the same for all examples. */
  readonly chance: number;
}

type PerExample = (output: Float32Array, other: Float32Array) => number;

/** How a model's outputs are to be read. */
export interface OutputForm {
  /** They are probabilities already, not logits. */
  readonly isProbability: boolean;
  /** Values an example. */
  readonly width: number;
  /** Values along the last axis: the classes, where there is one for each position of a sequence. */
  readonly last: number;
}

/**
 * How a model's outputs are judged. For classes of sequences, [examples, positions, classes], an example's loss and
 * divergence are the means over its positions. Targets are as wide as the outputs, or, for classes, hold the class of
 * each position.
 */
export function outcomeOf(loss: LossName, targets: TensorData, { isProbability, width, last }: OutputForm): Outcome {
  const positions = loss === "softmaxCrossEntropy" ? Math.max(1, Math.round(width / Math.max(1, last))) : 1;
  const count = (targets.shape[0] ?? 0) * positions;
  const y: Rows = { count, width: targets.values.length / count, values: Float32Array.from(targets.values) };
  const wanted = loss === "softmaxCrossEntropy" && y.width === 1 ? oneHot(y, last) : y;
  const { prepare, lossOf, divergence, chance } = KINDS[loss](isProbability);
  const split = (outputs: Rows): Rows => ({
    ...outputs,
    count: outputs.count * positions,
    width: outputs.width / positions,
  });
  const join = (values: Float64Array): Float64Array =>
    positions === 1
      ? values
      : Float64Array.from({ length: values.length / positions }, (_, index) =>
          values
            .subarray(index * positions, (index + 1) * positions)
            .reduce((sum, value) => sum + value / positions, 0),
        );
  return {
    losses: (outputs) => join(each(split(outputs), (output, index) => lossOf(prepare(output), row(wanted, index)))),
    divergences: (clean, changed) => {
      const others = split(changed);
      return join(each(split(clean), (output, index) => divergence(prepare(output), prepare(row(others, index)))));
    },
    chance: chance(y),
  };
}

interface Kind {
  readonly prepare: (output: Float32Array) => Float32Array;
  readonly lossOf: PerExample;
  readonly divergence: PerExample;
  readonly chance: (targets: Rows) => number;
}

const KINDS: Readonly<Record<LossName, (isProbability: boolean) => Kind>> = {
  softmaxCrossEntropy: (isProbability) => ({
    prepare: isProbability ? (output) => output.map((p) => Math.log(Math.max(p, 1e-12))) : logSoftmax,
    lossOf: (logP, target) => -dot(target, logP),
    divergence: (logP, logQ) => logP.reduce((sum, log, k) => sum + Math.exp(log) * (log - (logQ[k] ?? 0)), 0),
    chance: (targets) => {
      const shares = targets.width === 1 ? classShares(targets) : meanRow(targets);
      return -shares.reduce((sum, p) => sum + (p > 0 ? p * Math.log(p) : 0), 0);
    },
  }),
  sigmoidCrossEntropy: (isProbability) => ({
    prepare: isProbability ? (output) => output.map(logit) : (output) => output,
    lossOf: (z, target) => meanOf(z, (value, k) => softplus(value) - (target[k] ?? 0) * value),
    divergence: (z, w) => z.reduce((sum, value, k) => sum + bernoulliDivergence(value, w[k] ?? 0), 0),
    chance: (targets) => {
      const shares = meanRow(targets);
      return shares.reduce((sum, p) => sum + entropy2(p), 0) / shares.length;
    },
  }),
  meanSquaredError: () => ({
    prepare: (output) => output,
    lossOf: (value, target) => meanOf(value, (one, k) => (one - (target[k] ?? 0)) ** 2),
    divergence: (value, other) => meanOf(value, (one, k) => (one - (other[k] ?? 0)) ** 2),
    chance: (targets) => {
      const centre = meanRow(targets);
      let sum = 0;
      for (let index = 0; index < targets.count; index++) {
        sum += meanOf(row(targets, index), (one, k) => (one - (centre[k] ?? 0)) ** 2);
      }
      return sum / targets.count;
    },
  }),
};

function each(rows: Rows, of: (output: Float32Array, index: number) => number): Float64Array {
  return Float64Array.from({ length: rows.count }, (_, index) => of(row(rows, index), index));
}

function logSoftmax(logits: Float32Array): Float32Array {
  const largest = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const total = largest + Math.log(logits.reduce((sum, value) => sum + Math.exp(value - largest), 0));
  return logits.map((value) => value - total);
}

const dot = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, k) => sum + (value === 0 ? 0 : value * (b[k] ?? 0)), 0);

const meanOf = (values: Float32Array, of: (value: number, k: number) => number): number =>
  values.reduce((sum, value, k) => sum + of(value, k), 0) / values.length;

const softplus = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
const logit = (p: number): number => Math.log(Math.max(p, 1e-12)) - Math.log(Math.max(1 - p, 1e-12));
const entropy2 = (p: number): number => (p <= 0 || p >= 1 ? 0 : -p * Math.log(p) - (1 - p) * Math.log(1 - p));

/** KL divergence of two coins, given their logits. */
function bernoulliDivergence(z: number, w: number): number {
  return sigmoid(z) * (softplus(-w) - softplus(-z)) + sigmoid(-z) * (softplus(w) - softplus(z));
}

function meanRow(rows: Rows): Float64Array {
  const mean = new Float64Array(rows.width);
  for (let index = 0; index < rows.count; index++) {
    const values = row(rows, index);
    for (let k = 0; k < rows.width; k++) mean[k] = (mean[k] ?? 0) + (values[k] ?? 0) / rows.count;
  }
  return mean;
}

function classShares({ values, count }: Rows): Float64Array {
  const shares = new Float64Array(1 + values.reduce((a, b) => Math.max(a, b), 0));
  for (const label of values) shares[label] = (shares[label] ?? 0) + 1 / count;
  return shares;
}

function oneHot({ values, count }: Rows, width: number): Rows {
  const hot = new Float32Array(count * width);
  for (let index = 0; index < count; index++) hot[index * width + (values[index] ?? 0)] = 1;
  return { count, width, values: hot };
}
