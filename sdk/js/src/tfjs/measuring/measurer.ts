import type { FeatureData } from "@tailbone/probes/feature-data";
import { isJoint, type JointData, measureJointly } from "@tailbone/probes/joint";
import { measureFeature, unmeasured } from "@tailbone/probes/measure-feature";
import type { Reading } from "@tailbone/protocol/reading";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import type { TaskChange } from "./messages";

/** Measures features of one model, checkpoint by checkpoint; remembers what the untrained model showed. */
export class Measurer {
  #features: readonly (FeatureData | JointData)[];
  readonly #seed: number;
  readonly #untrained = new Map<string, number>();

  constructor(features: readonly (FeatureData | JointData)[], seed: number) {
    this.#features = features;
    this.#seed = seed;
  }

  /** From now on a feature is seen against other task data. */
  setTask({ feature, task }: TaskChange): void {
    this.#features = withTask(this.#features, { feature, task });
  }

  /** Readings of all features of the model as it is now. A feature that fails gives a marked reading. */
  async measure(model: LayersModel, step: number): Promise<Reading[]> {
    const readings: Reading[] = [];
    for (const feature of this.#features) {
      const { name } = feature;
      const untrained = this.#untrained.get(name) ?? null;
      const reading = await this.#measureOne(model, feature, step, untrained).catch((error: unknown) =>
        unmeasured({ name, step }, "not_measurable", error instanceof Error ? error.message : String(error)),
      );
      if (step === 0 && reading.encoded !== null) this.#untrained.set(name, reading.encoded.value);
      readings.push(step === 0 ? { ...reading, untrained: reading.encoded?.value ?? null } : reading);
    }
    return readings;
  }

  #measureOne(
    model: LayersModel,
    feature: FeatureData | JointData,
    step: number,
    untrained: number | null,
  ): Promise<Reading> {
    const seed = this.#seed;
    if (!isJoint(feature)) return measureFeature({ model, feature, step, seed, untrained });
    const single = this.#features.flatMap((one) => (isJoint(one) ? [] : [one]));
    return measureJointly(model, feature, single, { step, seed });
  }
}

/** The features, one of them with other task data. */
export function withTask<T extends FeatureData | JointData>(
  features: readonly T[],
  { feature, task }: TaskChange,
): readonly T[] {
  return features.map((one) => (one.name === feature && !isJoint(one) ? { ...one, task } : one));
}
