import type { Run } from "@tailbone/protocol/run";
import { isSystemSeries } from "../charts/groups";

/** The series of which some run has a last value, by name. */
export function knownSeries(runs: readonly Run[]): string[] {
  const names = new Set(runs.flatMap(({ last }) => Object.keys(last)));
  return [...names].filter((name) => !isSystemSeries(name)).sort(new Intl.Collator("en", { numeric: true }).compare);
}

/** What one wants to know of a run first. */
const FIRST = [/^loss$/, /loss/i, /acc/i, /perplexity|bleu|f1|reward|score/i];
const MOST = 3;

/** Columns for who has chosen none: the losses and accuracies, then whatever there is, three in all. */
export function chooseSeries(known: readonly string[]): string[] {
  const rank = (name: string): number => {
    const place = FIRST.findIndex((pattern) => pattern.test(name));
    return (place === -1 ? FIRST.length : place) + (name.includes("/") ? FIRST.length : 0);
  };
  return known.toSorted((a, b) => rank(a) - rank(b)).slice(0, MOST);
}
