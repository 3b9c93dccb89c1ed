import type { Frame } from "@tailbone/protocol/frame";
import type { Feature } from "@tailbone/protocol/http";
import type { FeatureRecord, ReadingRecord } from "@tailbone/protocol/records";

export type FeatureReading = Feature["readings"][number];
export type Features = readonly Feature[];

/** Adds what new frames say of features and their readings; of two readings of one step the later one counts. */
export function addReadings(known: Features, frames: readonly Frame[]): Features {
  let features = known;
  for (const { records } of frames) {
    for (const record of records) {
      if (record.type === "feature") features = declare(features, record);
      if (record.type === "reading") features = addReading(features, record);
    }
  }
  return features;
}

const undeclared = (name: string): Feature => ({
  name,
  layer: null,
  settings: {},
  state: "absent",
  doubt: null,
  readings: [],
});

/** The features with one of them changed; it is put behind them if it is new. */
function change(features: Features, name: string, to: (feature: Feature) => Feature): Features {
  if (!features.some((one) => one.name === name)) return [...features, to(undeclared(name))];
  return features.map((one) => (one.name === name ? to(one) : one));
}

const declare = (features: Features, { name, layer, settings }: FeatureRecord): Features =>
  change(features, name, (feature) => ({ ...feature, layer, settings }));

function addReading(features: Features, { type: _type, feature: name, ...reading }: ReadingRecord): Features {
  return change(features, name, (feature) => {
    const others = feature.readings.filter(({ step }) => step !== reading.step);
    const place = others.findLastIndex(({ step }) => step < reading.step) + 1;
    return { ...feature, readings: others.toSpliced(place, 0, reading) };
  });
}
