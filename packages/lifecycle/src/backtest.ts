import type { LifecycleEvent, SettingsChange } from "@tailbone/protocol/lifecycle";
import type { Reading } from "@tailbone/protocol/reading";
import { declareFeature, finishLife, reduceReading, startLife } from "./run-life";

/** A feature with the readings that there are of it, in the order in which they came. */
export interface PastFeature {
  readonly name: string;
  readonly layer: string | null;
  readonly settings: SettingsChange;
  readonly readings: readonly Omit<Reading, "feature">[];
}

/**
 * What would have been said of features with these settings: the reducer over their readings, step by step, at each
 * step in the order of the features. `hasEnded`: what is decided at the end of a training is decided as well.
 */
export function backtest(features: readonly PastFeature[], hasEnded: boolean): LifecycleEvent[] {
  let life = startLife();
  for (const { name, ...declared } of features) life = declareFeature(life, name, declared);
  const readings = features
    .flatMap(({ name, readings: own }) => own.map((reading) => ({ ...reading, feature: name })))
    .sort((a, b) => a.step - b.step);
  const events: LifecycleEvent[] = [];
  for (const reading of readings) {
    const next = reduceReading(life, reading);
    life = next.life;
    events.push(...next.events);
  }
  return hasEnded ? [...events, ...finishLife(life).events] : events;
}
