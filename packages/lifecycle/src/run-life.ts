import type { LifecycleEvent, SettingsChange } from "@tailbone/protocol/lifecycle";
import type { Reading } from "@tailbone/protocol/reading";
import {
  counts,
  decideFeature,
  type FeatureLife,
  finishFeature,
  pendingEvidence,
  startFeature,
  watchFeature,
} from "./feature-life";
import { completeSettings, DEFAULT_SETTINGS } from "./settings";

/**
 * The lives of all features of a run, in the order in which they were declared. Plain JSON: each life is stored between
 * frames.
 */
export interface RunLife {
  readonly features: readonly (readonly [name: string, life: FeatureLife])[];
}

export interface Lived {
  readonly life: RunLife;
  readonly events: readonly LifecycleEvent[];
}

export const startLife = (): RunLife => ({ features: [] });

export const featuresOf = ({ features }: RunLife): string[] => features.map(([name]) => name);

const find = ({ features }: RunLife, name: string): FeatureLife | undefined =>
  features.find(([other]) => other === name)?.[1];

function put(life: RunLife, name: string, feature: FeatureLife): RunLife {
  const isKnown = life.features.some(([other]) => other === name);
  const features = isKnown
    ? life.features.map((entry): readonly [string, FeatureLife] => (entry[0] === name ? [name, feature] : entry))
    : [...life.features, [name, feature] as const];
  return { ...life, features };
}

/**
 * Adds a feature; one that is there already gets this layer and these settings from here on. What is not set stays at
 * its default.
 */
export function declareFeature(
  life: RunLife,
  name: string,
  { settings = {}, layer = null }: { settings?: SettingsChange; layer?: string | null } = {},
): RunLife {
  const whole = completeSettings(settings);
  const known = find(life, name);
  return put(life, name, known === undefined ? startFeature(whole, layer) : { ...known, settings: whole, layer });
}

/** Takes one reading in. A feature that was not declared is, with the default thresholds. */
export function reduceReading(before: RunLife, reading: Reading): Lived {
  const name = reading.feature;
  const life = find(before, name) === undefined ? declareFeature(before, name) : before;
  const feature = find(life, name) ?? startFeature(DEFAULT_SETTINGS, null);
  const watched = watchFeature(feature, reading);
  const seen = put(life, name, watched);
  if (!counts(feature, reading)) return { life: seen, events: [] };
  const { life: decided, events } = decideFeature(name, watched, reading, logThreshold(seen, watched));
  return { life: put(seen, name, decided), events };
}

/** The training has ended: what is decided only then is decided. A run that is resumed goes on from there. */
export function finishLife(before: RunLife): Lived {
  let life = before;
  const events: LifecycleEvent[] = [];
  for (const [name, feature] of before.features) {
    const end = finishFeature(name, feature);
    life = put(life, name, end.life);
    events.push(...end.events);
  }
  return { life, events };
}

/**
 * A feature's state, whether it is in doubt, and between which steps it began (null: with the first reading). Null:
 * there is no such feature.
 */
export function stateOf(life: RunLife, name: string): Pick<FeatureLife, "state" | "doubt" | "since"> | null {
  const feature = find(life, name);
  return feature === undefined ? null : { state: feature.state, doubt: feature.doubt, since: feature.since };
}

/**
 * What a feature's evidence must reach, as a logarithm: with K features, K / (k alpha), where k is how many of them
 * e-BH rejects (Wang and Ramdas 2022, "False discovery rate control with e-values"). One feature: 1 / alpha.
 */
function logThreshold({ features }: RunLife, feature: FeatureLife): number {
  const count = features.length;
  const scaled = features
    .map(([, one]) => (pendingEvidence(one) ?? Number.NEGATIVE_INFINITY) + Math.log(one.settings.alpha))
    .sort((a, b) => b - a);
  let rejected = 1;
  for (const [index, log] of scaled.entries()) if (log >= Math.log(count / (index + 1))) rejected = index + 1;
  return Math.log(count / rejected) - Math.log(feature.settings.alpha);
}
