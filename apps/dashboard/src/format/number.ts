import { formatCount, SPACE } from "@tailbone/lifecycle/say-number";

// Sentences of the hub and pages have one way to write numbers.
export { formatCount, formatPercent, formatScientific, formatStep, formatValue } from "@tailbone/lifecycle/say-number";

export const BYTE_UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** A size in bytes, in powers of 1000: `1.5 GB`. */
export function formatBytes(bytes: number): string {
  const power = Math.min(BYTE_UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)}${SPACE}${BYTE_UNITS[power]}`;
}

/** One noun or the other: `1 run`, `2 runs`. */
export function formatPlural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
