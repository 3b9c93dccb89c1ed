import type { LifeSettings } from "@tailbone/protocol/lifecycle";
import type { Estimate } from "@tailbone/protocol/reading";
import type { Span } from "../charts/axis";
import type { FeatureReading } from "../live/features";

export const EVIDENCE_SERIES = ["encoded", "used", "benefit"] as const;
export type EvidenceSeries = (typeof EVIDENCE_SERIES)[number];

export const estimateOf = (reading: FeatureReading, series: EvidenceSeries): Estimate | null => reading[series];

/** What a series says, in a line. */
export const SERIES_MEANING: Readonly<Record<EvidenceSeries, string>> = {
  encoded: "share of its entropy that a probe reads, beyond the control",
  used: "share of what the output depends on",
  benefit: "share of what the model has learnt that would be lost without it",
};

export interface Threshold {
  readonly value: number;
  readonly says: string;
}

export function thresholdsIn(series: EvidenceSeries, limits: LifeSettings): Threshold[] {
  if (series === "encoded") {
    return [
      { value: limits.encodedOn, says: "on" },
      { value: limits.encodedOff, says: "off" },
    ];
  }
  if (series === "used") return [{ value: limits.usedOff, says: "off" }];
  const on = { value: limits.benefitOn, says: "on" };
  return limits.benefitOn === limits.benefitOff ? [on] : [on, { value: limits.benefitOff, says: "off" }];
}

/** From zero, or what lies below, to the largest end of an interval; `encoded` always to 1. */
export function rangeOfSeries(series: EvidenceSeries, readings: readonly FeatureReading[], limits: LifeSettings): Span {
  const estimates = readings.flatMap((reading) => estimateOf(reading, series) ?? []);
  const values = estimates.flatMap(({ low, high, control }) => [low, high, control ?? 0]);
  const from = Math.min(0, ...values);
  const most = Math.max(...values, ...thresholdsIn(series, limits).map(({ value }) => value * 1.25), 0);
  const to = series === "encoded" ? Math.max(1, most) : most;
  const room = (to - from) * 0.06;
  return { from: from < 0 ? from - room : -room, to: to + room };
}
