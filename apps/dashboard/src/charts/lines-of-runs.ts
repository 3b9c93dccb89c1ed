import type { ChartFeeds } from "../live/chart-feeds";
import type { Line } from "./line";
import { runColour } from "./run-colour";

/** Lines of one panel that would be hard to tell apart by colour alone are told apart by their dashes too. */
const COLOURS = 8;
const DASHES = [null, "6 3", "1.5 3", "9 3 2 3"] as const;

export interface RunOfLines {
  readonly id: string;
  readonly name: string;
  readonly charts: ChartFeeds;
  readonly number: number;
  readonly originMs: number;
}

/** Series of one run as the lines of a panel: the first in the run's colour, the others in colours of their own. */
export function linesOfRun({ id, name, charts, number, originMs }: RunOfLines, series: readonly string[]): Line[] {
  const names = shortNames(series);
  return series.map((one, index) => ({
    key: one,
    run: { id, name },
    charts,
    series: one,
    name: names[index] ?? one,
    colour: runColour(number + index),
    dash: dashOf(index),
    originMs,
  }));
}

const dashOf = (index: number): string | null => DASHES[Math.floor(index / COLOURS) % DASHES.length] ?? null;

/** One series of several runs as the lines of a panel, each in its run's colour. */
export function linesOfRuns(runs: readonly RunOfLines[], series: string): Line[] {
  return runs.map(({ id, name, charts, number, originMs }, index) => ({
    key: id,
    run: { id, name },
    charts,
    series,
    name,
    colour: runColour(number),
    dash: dashOf(index),
    originMs,
  }));
}

/**
 * Names without the parts before and after slashes that all of them share: `train` and `val` of `train/loss` and
 * `val/loss`.
 */
export function shortNames(names: readonly string[]): string[] {
  const split = names.map((name) => name.split("/"));
  const shortest = Math.min(...split.map((parts) => parts.length));
  const shared = (at: (parts: readonly string[], index: number) => string | undefined, most: number): number => {
    let count = 0;
    while (count < most && new Set(split.map((parts) => at(parts, count))).size === 1) count++;
    return count;
  };
  if (names.length < 2) return [...names];
  const before = shared((parts, index) => parts[index], shortest - 1);
  const after = shared((parts, index) => parts[parts.length - 1 - index], shortest - 1 - before);
  return split.map((parts) => parts.slice(before, parts.length - after).join("/"));
}
