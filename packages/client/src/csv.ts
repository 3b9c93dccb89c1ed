import type { RawPage } from "./raw-points";

/** What spreadsheets take for the beginning of a formula, also in its full-width forms. */
const FORMULA = /^[\s\0]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;

/**
 * A text as a cell of CSV (RFC 4180). Where a spreadsheet would calculate it, an apostrophe stands before it; numbers
 * are no texts and stay as they are.
 */
export function csvCell(name: string): string {
  const text = FORMULA.test(name) ? `'${name}` : name;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const RAW_CSV_HEAD = "series,step,time_ms,value,leg,abandoned\n";

/** One row a point; values are numbers, NaN, Infinity or -Infinity. */
export function rawCsv({ series, steps, timesMs, values, legs, abandoned }: RawPage): string {
  const name = csvCell(series);
  let text = "";
  for (const [index, step] of steps.entries()) {
    text += `${name},${step},${timesMs[index]},${values[index]},${legs[index]},${abandoned[index]}\n`;
  }
  return text;
}
