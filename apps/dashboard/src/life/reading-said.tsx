import { judgeReading } from "@tailbone/lifecycle/judge-reading";
import { sayReading } from "@tailbone/lifecycle/say-reading";
import { completeSettings } from "@tailbone/lifecycle/settings";
import type { Feature } from "@tailbone/protocol/http";
import type { ReactNode } from "react";
import type { FeatureReading } from "../live/features";
import { isSkipped } from "./lanes";

/** What a reading of a feature shows, as the hub's own judge has it. */
export function saidOf(feature: Feature, reading: FeatureReading) {
  const { name, layer, readings } = feature;
  const settings = completeSettings(feature.settings);
  const hasServed = readings.some(
    (one) => one.step < reading.step && judgeReading(one, settings, { layer }).use === "used",
  );
  const isAlone = readings.filter((one) => !isSkipped(one)).length < 2;
  return sayReading(reading, { feature: name, layer, settings, isAlone, hasServed });
}

export interface ReadingSaidProps {
  feature: Feature;
  reading: FeatureReading;
  before?: ReactNode;
  isOpen?: boolean;
}

/** A reading in one line, with what it rests on folded beneath. */
export function ReadingSaid({ feature, reading, before, isOpen = false }: ReadingSaidProps) {
  const { line, evidence } = saidOf(feature, reading);
  if (evidence === "") {
    return (
      <p>
        {before}
        {line}
      </p>
    );
  }
  return (
    <details open={isOpen}>
      <summary className="w-fit cursor-pointer rounded" data-testid="reading-line">
        {before}
        {line}
      </summary>
      <p className="mt-1 pl-4 text-soft text-xs">{evidence}</p>
    </details>
  );
}
