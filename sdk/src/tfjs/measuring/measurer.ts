import type { FeatureData } from "@tailbone/probes/feature-data";
import { measureFeature } from "@tailbone/probes/measure-feature";
import type { Reading } from "@tailbone/protocol/reading";
import type { LayersModel } from "@tensorflow/tfjs-layers";

/** Measures features of one model, checkpoint by checkpoint; remembers what the untrained model showed. */
export class Measurer {
  readonly #features: readonly FeatureData[];
  readonly #seed: number;
  readonly #untrained = new Map<string, number>();

  constructor(features: readonly FeatureData[], seed: number) {
    this.#features = features;
    this.#seed = seed;
  }

  /** Readings of all features of the model as it is now. A feature that fails gives a marked reading. */
  async measure(model: LayersModel, step: number): Promise<Reading[]> {
    const readings: Reading[] = [];
    for (const feature of this.#features) {
      const untrained = this.#untrained.get(feature.name) ?? null;
      const reading = await measureFeature({ model, feature, step, seed: this.#seed, untrained }).catch(
        (error: unknown) =>
          emptyReading(
            feature.name,
            step,
            "not_measurable",
            `Not measured: ${error instanceof Error ? error.message : error}.`,
          ),
      );
      if (step === 0 && reading.encoded !== null) this.#untrained.set(feature.name, reading.encoded.value);
      readings.push(step === 0 ? { ...reading, untrained: reading.encoded?.value ?? null } : reading);
    }
    return readings;
  }
}

/** A reading that says why there is none. */
export function emptyReading(feature: string, step: number, mark: "not_measurable" | "skipped", note: string): Reading {
  return {
    feature,
    step,
    encoded: null,
    used: null,
    benefit: null,
    learnt: null,
    untrained: null,
    intervention: null,
    shift: null,
    marks: [mark],
    note,
  };
}
