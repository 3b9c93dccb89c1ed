/** One figure of a benchmark; `ratio` is `value` over what the named baseline reached in the same run. */
export interface Figure {
  bench: string;
  metric: string;
  value: number;
  unit: string;
  baseline?: string;
  ratio?: number;
  [detail: string]: string | number | undefined;
}

/** Prints a figure as one line of JSON, with as many digits as mean something. */
export function report(figure: Figure): void {
  const rounded = Object.entries(figure).map(([name, value]) => [
    name,
    typeof value === "number" ? Number(value.toPrecision(4)) : value,
  ]);
  process.stdout.write(`${JSON.stringify(Object.fromEntries(rounded))}\n`);
}

/** The value below which the share `p` of the sample lies (nearest rank). */
export function quantile(values: ArrayLike<number>, p: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(p * sorted.length) - 1))] ?? Number.NaN;
}
