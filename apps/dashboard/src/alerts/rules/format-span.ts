const UNITS = [
  ["week", 7 * 86_400_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000],
] as const;

/** How often, by the largest unit that holds it without a rest: `an hour`, `a day`, `in 90 minutes`. */
export function formatSpan(spanMs: number): string {
  const [unit, unitMs] = UNITS.find(([, ms]) => spanMs >= ms && spanMs % ms === 0) ?? ["second", 1000];
  const count = spanMs / unitMs;
  if (count !== 1) return `in ${count} ${unit}s`;
  return unit === "hour" ? "an hour" : `a ${unit}`;
}
