/** Writes a line to stdout: what the command was asked for. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Writes a line to stderr: what a person may want to know besides. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Rows as columns of equal width, the heads in capitals. */
export function formatTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [heads.map((head) => head.toUpperCase()), ...rows];
  const widths = heads.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** A number in as few characters as say what matters. */
export function formatNumber(value: number | string): string {
  return typeof value === "number" ? String(Number(value.toPrecision(6))) : value;
}
