import type { ClassItem, ParsedPattern, Pattern } from "@tailbone/query/pattern";

/** RE2's sets are of ASCII. */
const SETS = { d: "0-9", w: "A-Za-z0-9_", s: " \\t\\n\\f\\r" } as const;

/**
 * A regular expression in PostgreSQL's words. It has neither references back nor captures nor anything that looks
 * around, so PostgreSQL answers whether a text fits by its automaton, in one pass over the text.
 */
export const printForPostgres = ({ pattern }: ParsedPattern): string => `***:${print(pattern)}`;

function print(pattern: Pattern): string {
  switch (pattern.type) {
    case "any":
      return "[^\\n]";
    case "start":
      return "^";
    case "end":
      return "$";
    case "boundary":
      return pattern.isNegated ? "\\Y" : "\\y";
    case "character":
      return escapeSign(pattern.character);
    case "class":
      return printClass(pattern.isNegated, pattern.items);
    case "sequence":
      return pattern.of.map((part) => (part.type === "alternatives" ? `(?:${print(part)})` : print(part))).join("");
    case "alternatives":
      return pattern.of.map(print).join("|");
    case "repeat":
      return `(?:${print(pattern.of)})${times(pattern.least, pattern.most)}`;
  }
}

function times(least: number, most: number | null): string {
  if (most !== null) return `{${least},${most}}`;
  return least === 0 ? "*" : `{${least},}`;
}

/** What is no digit, letter or space cannot stand beside other characters in one class of PostgreSQL's. */
function printClass(isNegated: boolean, items: readonly ClassItem[]): string {
  const others = items.flatMap((item) => (item.type === "set" && item.isNegated ? [`[^${SETS[item.set]}]`] : []));
  const own = items.flatMap((item) => (item.type === "set" && item.isNegated ? [] : [printItem(item)]));
  const inside = own.length === 0 ? [] : [`[${isNegated ? "^" : ""}${own.join("")}]`];
  return `(?:${[...others, ...inside].join("|")})`;
}

function printItem(item: ClassItem): string {
  if (item.type === "set") return SETS[item.set];
  return item.from === item.to ? escapeSign(item.from) : `${escapeSign(item.from)}-${escapeSign(item.to)}`;
}

/** A sign behind a backslash is itself; a letter or digit would be more than that. */
const escapeSign = (character: string): string => (/^[!-/:-@[-`{-~]$/.test(character) ? `\\${character}` : character);
