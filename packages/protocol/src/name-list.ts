/*
 * A list of names in a URL: separated by commas; a comma within a name is written `%2C`, and a percent sign `%25`.
 */

export const formatNameList = (names: readonly string[]): string =>
  names.map((name) => name.replaceAll("%", "%25").replaceAll(",", "%2C")).join(",");

/** Undoes `formatNameList`; a percent sign that begins neither of the two stands for itself. */
export const parseNameList = (list: string): string[] =>
  list.split(",").map((name) => name.replaceAll(/%2C/gi, ",").replaceAll("%25", "%"));
