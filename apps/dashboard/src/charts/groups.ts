/** Series with the same text before their first slash. */
export interface SeriesGroup {
  /** Empty: series without a slash. */
  readonly prefix: string;
  readonly series: readonly string[];
}

const prefixOf = (series: string): string => series.slice(0, Math.max(0, series.indexOf("/")));

const alphabetical = new Intl.Collator("en", { numeric: true });

/** By name, numbers by their size; but the loss, which everybody looks for, comes first. */
export const byName = (a: string, b: string): number =>
  Number(b === "loss") - Number(a === "loss") || alphabetical.compare(a, b) || Number(a > b) - Number(a < b);

/** Groups by prefix, those without one first; within a group by name. */
export function groupSeries(names: readonly string[]): SeriesGroup[] {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const prefix = prefixOf(name);
    groups.set(prefix, [...(groups.get(prefix) ?? []), name]);
  }
  return [...groups]
    .map(([prefix, series]) => ({ prefix, series: series.sort(byName) }))
    .sort((a, b) => byName(a.prefix, b.prefix));
}

/** The series that the SDK measures of host and process; they have a tab of their own. */
export const isSystemSeries = (series: string): boolean => series.startsWith("system/");

/** Series in whose name every word of a search occurs. */
export function searchSeries(names: readonly string[], search: string): string[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return names.filter((name) => words.every((word) => name.toLowerCase().includes(word)));
}
