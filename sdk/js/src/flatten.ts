import { LIMITS, utf8Length } from "@tailbone/protocol/limits";
import type { Warnings } from "./own-output";
import type { ScalarTensor } from "./run";

/** What a script has handed to `log`, as series. */
export interface FlatMetrics {
  readonly numbers: Map<string, number>;
  readonly tensors: Map<string, ScalarTensor>;
}

const MAX_DEPTH = 8;

function isTensor(value: object): value is ScalarTensor {
  return (
    "dataId" in value &&
    "data" in value &&
    typeof value.data === "function" &&
    "dataSync" in value &&
    typeof value.dataSync === "function" &&
    "clone" in value &&
    typeof value.clone === "function"
  );
}

/** The names of a run's series: which are allowed, and how many there are. */
export class SeriesNames {
  readonly #known = new Map<string, boolean>();
  readonly #warnings: Warnings;
  #count = 0;

  constructor(warnings: Warnings) {
    this.#warnings = warnings;
  }

  /** Points of series that were not taken, because the run has too many. */
  overflow = 0;

  accept(name: string): boolean {
    let isGood = this.#known.get(name);
    if (isGood === undefined) {
      isGood = this.#check(name);
      // Names without end would grow this for ever.
      if (isGood || this.#known.size < 2 * LIMITS.seriesPerRun) this.#known.set(name, isGood);
      if (isGood) this.#count++;
    }
    return isGood;
  }

  #check(name: string): boolean {
    if (name === "") {
      this.#warnings.once(
        "name-empty",
        "log() was given a metric without a name; it is left out. Name it: log({ loss }).",
      );
      return false;
    }
    if (utf8Length(name) > LIMITS.seriesNameBytes || /\p{Cc}/u.test(name)) {
      this.#warnings.once(
        "name-bad",
        `The metric's name ${JSON.stringify(name.slice(0, 60))} is left out: names have at most ${LIMITS.seriesNameBytes} bytes and no control characters.`,
      );
      return false;
    }
    if (this.#count >= LIMITS.seriesPerRun) {
      this.overflow++;
      this.#warnings.once(
        "name-many",
        `A run holds at most ${LIMITS.seriesPerRun} series; further ones, such as ${JSON.stringify(name)}, are left out. Use the step, not the name, to count.`,
      );
      return false;
    }
    return true;
  }
}

/** Series and values of nested metrics; what cannot be logged is left out and told. */
export function flattenMetrics(metrics: unknown, names: SeriesNames, warnings: Warnings): FlatMetrics {
  const flat: FlatMetrics = { numbers: new Map(), tensors: new Map() };
  if (typeof metrics !== "object" || metrics === null || Array.isArray(metrics) || isTensor(metrics)) {
    warnings.once(
      "metrics",
      `log() takes an object such as { loss: 0.5 }; it was given ${describe(metrics)}, which is left out.`,
    );
    return flat;
  }
  flattenInto(flat, "", metrics, 1, names, warnings);
  return flat;
}

function flattenInto(
  flat: FlatMetrics,
  prefix: string,
  metrics: object,
  depth: number,
  names: SeriesNames,
  warnings: Warnings,
): void {
  for (const [key, value] of Object.entries(metrics)) {
    const name = prefix + key;
    if (typeof value === "object" && value !== null && !Array.isArray(value) && !isTensor(value)) {
      if (depth < MAX_DEPTH) flattenInto(flat, `${name}/`, value, depth + 1, names, warnings);
      else
        warnings.once(
          "depth",
          `The metric ${JSON.stringify(name)} is nested deeper than ${MAX_DEPTH} levels and is left out.`,
        );
      continue;
    }
    const tensor = typeof value === "object" && value !== null && isTensor(value) ? value : null;
    const number = toNumber(value);
    if (tensor === null && number === null) warnValue(name, value, warnings);
    else if (tensor?.isDisposed === true) {
      warnings.once(
        "tensor-disposed",
        `The tensor logged as ${JSON.stringify(name)} is already disposed; log it before disposing of it.`,
      );
    } else if (tensor !== null && tensor.size !== 1) {
      warnings.once(
        "tensor-size",
        `The tensor logged as ${JSON.stringify(name)} has ${tensor.size} elements; log() takes tensors of one, such as tensor.mean().`,
      );
    } else if (names.accept(name)) {
      if (tensor !== null) flat.tensors.set(name, tensor);
      else if (number !== null) flat.numbers.set(name, number);
    }
  }
}

function toNumber(value: unknown): number | null {
  if (typeof value === "number") return value;
  if (typeof value === "boolean" || typeof value === "bigint") return Number(value);
  return null;
}

function warnValue(name: string, value: unknown, warnings: Warnings): void {
  const what = describe(value);
  warnings.once(
    `value-${what}`,
    `The metric ${JSON.stringify(name)} was given ${what} and is left out; log() takes numbers, booleans, tensors of one element and objects of them.`,
  );
}

function describe(value: unknown): string {
  if (value === null) return "null";
  if (value === undefined) return "undefined";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return isTensor(value) ? "a tensor" : "an object";
  return `a ${typeof value}`;
}
