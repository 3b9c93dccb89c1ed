/*
 * A list of series' names in a query: separated by commas; a comma within a name is written `%2C`, and a percent sign
 * `%25`.
 */

export const formatSeriesNames = (names: readonly string[]): string =>
  names.map((name) => name.replaceAll("%", "%25").replaceAll(",", "%2C")).join(",");

/** Undoes `formatSeriesNames`; a percent sign that begins neither of the two stands for itself. */
export const parseSeriesNames = (list: string): string[] =>
  list.split(",").map((name) => name.replaceAll(/%2C/gi, ",").replaceAll("%25", "%"));
