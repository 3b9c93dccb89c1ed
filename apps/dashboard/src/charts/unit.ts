import { formatBytes, formatValue } from "../format/number";

/**
 * What the numbers of a series count. Of a user's own series nothing is known; the SDK's system metrics are its own.
 */
export type Unit = "plain" | "bytes" | "percent";

export function unitOf(series: string): Unit {
  if (series === "system/process_memory") return "bytes";
  return /^system\/(cpu|process_cpu|memory|gpu\/\d+\/(utilization|memory))$/.test(series) ? "percent" : "plain";
}

/** A value with its unit. */
export function formatIn(unit: Unit, value: number): string {
  if (!Number.isFinite(value) || unit === "plain") return formatValue(value);
  return unit === "bytes" ? formatBytes(value) : `${formatValue(value)} %`;
}
