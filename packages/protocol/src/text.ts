import { z } from "zod";

/**
 * Text as a database, a file and every peer can hold it: any character but NUL, which becomes its symbol (U+2400), and
 * no half of a surrogate pair, which becomes U+FFFD.
 */
export function storable(text: string): string {
  const whole = text.includes("\0") ? text.replaceAll("\0", "\u2400") : text;
  return whole.replace(/\p{Surrogate}/gu, "\ufffd");
}

/**
 * Every string of a record, a name or a request goes through this: what cannot be stored is replaced, and nothing lost
 * for its sake.
 */
export function text() {
  return z.string().overwrite(storable);
}

/** A JSON value whose texts (names of properties too) are storable. */
export function storableJson<T>(value: T): T;
export function storableJson(value: unknown): unknown {
  if (typeof value === "string") return storable(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((part: unknown) => storableJson(part));
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [storable(name), storableJson(part)]));
}
