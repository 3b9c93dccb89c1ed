import type { Field, Filter, Value } from "./filter";
import { describe } from "./keys";
import { readNumber } from "./values";

/** What stands for itself without quotes, wherever it is. */
const PLAIN = /^[\p{L}\p{N}_][\p{L}\p{N}_.\-/+%]*$/u;
const KEYWORDS = new Set(["OR", "AND", "NOT", "null"]);

const quote = (text: string): string => `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
const isPlain = (text: string): boolean => PLAIN.test(text) && !text.includes("..") && !KEYWORDS.has(text);
const printText = (text: string): string => (isPlain(text) ? text : quote(text));
const printPattern = (source: string): string => `/${source.replaceAll("/", "\\/")}/`;

/** Writes a filter so that reading it gives the same filter. */
export function printFilter(filter: Filter): string {
  switch (filter.type) {
    case "or":
      return filter.of.map((one) => (one.type === "or" ? `(${printFilter(one)})` : printFilter(one))).join(" OR ");
    case "and":
      return filter.of.map((one) => printTight(one)).join(" ");
    case "not":
      return printNot(filter.of);
    case "compare":
      return printComparison(filter, filter.operator);
    case "within":
      return `${printField(filter.field)}:${filter.low.text}..${filter.high.text}`;
    case "any":
      return `${printField(filter.field)}:[${filter.values.map((value) => printValue(filter.field, value)).join(", ")}]`;
    case "has":
      return `has:${printField(filter.field)}`;
    case "is":
      return `is:${filter.flag}`;
    case "word":
      return printText(filter.text);
    case "match":
      return `${filter.field === null ? "" : `${printField(filter.field)}~`}${printPattern(filter.source)}`;
  }
}

/** A filter that asks for each of these words, whatever signs are in them. */
export const printWords = (words: readonly string[]): string => words.map(printText).join(" ");

const printTight = (filter: Filter): string =>
  filter.type === "and" || filter.type === "or" ? `(${printFilter(filter)})` : printFilter(filter);

function printNot(filter: Filter): string {
  if (filter.type === "compare" && filter.operator === "=") return printComparison(filter, "!=");
  if (filter.type === "match" && filter.field !== null) {
    return `${printField(filter.field)}!~${printPattern(filter.source)}`;
  }
  return `-${printTight(filter)}`;
}

function printComparison({ field, value }: Extract<Filter, { type: "compare" }>, operator: string): string {
  // Of a run's own texts the whole is asked for by quotes.
  const isWhole = describe(field).kind === "text" && operator !== ":";
  return `${printField(field)}${operator}${isWhole ? quote(value.text) : printValue(field, value)}`;
}

function printValue(field: Field, value: Value): string {
  if (value.type !== "text") return value.text;
  const isMistaken = describe(field).kind === "any" && readNumber({ text: value.text, isQuoted: false }) !== null;
  return isMistaken ? quote(value.text) : printText(value.text);
}

export function printField(field: Field): string {
  if (field.type === "key") return field.key;
  if (field.type === "config") return `config.${printText(field.name)}`;
  const step = field.step === null ? "" : `@${field.step}`;
  return `${field.aggregate}(${printText(field.name)}${step})`;
}
