import { FILTER_LIMITS } from "./limits";

/**
 * A regular expression of the part of RE2's language that any engine can match without going back: characters, classes,
 * groups, alternatives, repetitions, the ends of the text and of words. There is nothing that refers to what was found
 * (`\1`) or looks around. Whether a text fits is all that is asked, so groups capture nothing and laziness is nothing.
 */
export type Pattern =
  | { readonly type: "any" | "start" | "end" }
  | { readonly type: "character"; readonly character: string }
  | { readonly type: "class"; readonly isNegated: boolean; readonly items: readonly ClassItem[] }
  /** The end of a word, or (negated) a place that is none. */
  | { readonly type: "boundary"; readonly isNegated: boolean }
  | { readonly type: "sequence" | "alternatives"; readonly of: readonly Pattern[] }
  | { readonly type: "repeat"; readonly of: Pattern; readonly least: number; readonly most: number | null };

/** One range of characters, or a named set: digits, word's characters, spaces; `negated`: all others. */
export type ClassItem =
  | { readonly type: "range"; readonly from: string; readonly to: string }
  | { readonly type: "set"; readonly set: "d" | "w" | "s"; readonly isNegated: boolean };

export interface ParsedPattern {
  readonly pattern: Pattern;
  readonly ignoresCase: boolean;
}

/** What is wrong with a regular expression, at which of its characters. */
export class PatternError extends Error {
  constructor(
    readonly at: number,
    message: string,
    readonly fits: readonly string[] = [],
  ) {
    super(message);
    this.name = "PatternError";
  }
}

const CONTROLS: Record<string, string> = { n: "\n", t: "\t", r: "\r", f: "\f", v: "\v" };

/** Reads a regular expression; `(?i)` before it: capitals and small letters are one. Throws `PatternError`. */
export function parsePattern(source: string): ParsedPattern {
  if (source.length > FILTER_LIMITS.patternLength) {
    throw new PatternError(
      FILTER_LIMITS.patternLength,
      `the regular expression is longer than ${FILTER_LIMITS.patternLength} characters`,
      ["a shorter one"],
    );
  }
  const ignoresCase = source.startsWith("(?i)");
  const reader = new PatternReader(source, ignoresCase ? 4 : 0);
  const pattern = reader.readWhole();
  if (countParts(pattern) > FILTER_LIMITS.patternParts) {
    throw new PatternError(0, "the regular expression is too large with its repetitions written out", [
      "fewer or shorter repetitions by number",
    ]);
  }
  return { pattern, ignoresCase };
}

/** How many parts it has once repetitions are written out. */
function countParts(pattern: Pattern): number {
  if (pattern.type === "repeat") return Math.max(1, pattern.most ?? pattern.least + 1) * countParts(pattern.of);
  if (pattern.type === "sequence" || pattern.type === "alternatives") {
    return pattern.of.reduce((sum, part) => sum + countParts(part), 1);
  }
  return 1;
}

class PatternReader {
  #depth = 0;

  constructor(
    private readonly source: string,
    private at: number,
  ) {}

  readWhole(): Pattern {
    const pattern = this.#alternatives();
    if (this.at < this.source.length) throw new PatternError(this.at, "this bracket closes nothing", ["\\)"]);
    return pattern;
  }

  #take(text: string): boolean {
    if (!this.source.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  /** The next whole character, which may be two units; empty at the end. */
  #next(): string {
    const code = this.source.codePointAt(this.at);
    if (code === undefined) return "";
    const character = String.fromCodePoint(code);
    this.at += character.length;
    return character;
  }

  #alternatives(): Pattern {
    const of = [this.#sequence()];
    while (this.#take("|")) of.push(this.#sequence());
    return of.length === 1 && of[0] !== undefined ? of[0] : { type: "alternatives", of };
  }

  #sequence(): Pattern {
    const of: Pattern[] = [];
    while (this.at < this.source.length && !/[|)]/.test(this.source.charAt(this.at))) of.push(this.#repeated());
    return { type: "sequence", of };
  }

  #repeated(): Pattern {
    const at = this.at;
    const part = this.#part();
    const times = this.#times();
    if (times === null) return part;
    if (part.type === "start" || part.type === "end" || part.type === "boundary") {
      throw new PatternError(at, "a place cannot be repeated", ["characters before the repetition"]);
    }
    this.#take("?");
    if (/[*+?]/.test(this.source.charAt(this.at))) {
      throw new PatternError(this.at, "what is repeated already is repeated again", ["brackets: (?:a*)*"]);
    }
    return { type: "repeat", of: part, ...times };
  }

  #times(): { least: number; most: number | null } | null {
    if (this.#take("*")) return { least: 0, most: null };
    if (this.#take("+")) return { least: 1, most: null };
    if (this.#take("?")) return { least: 0, most: 1 };
    const [whole, low = "", comma, high = ""] = /^\{(\d+)(?:(,)(\d*))?\}/.exec(this.source.slice(this.at)) ?? [];
    if (whole === undefined) return null;
    const least = Number(low);
    const most = comma === undefined ? least : high === "" ? null : Number(high);
    if (Math.max(least, most ?? 0) > FILTER_LIMITS.repeats || (most !== null && most < least)) {
      throw new PatternError(this.at, `${whole} is no number of repetitions`, [`{0,${FILTER_LIMITS.repeats}}`]);
    }
    this.at += whole.length;
    return { least, most };
  }

  #part(): Pattern {
    const at = this.at;
    const character = this.#next();
    switch (character) {
      case ".":
        return { type: "any" };
      case "^":
        return { type: "start" };
      case "$":
        return { type: "end" };
      case "(":
        return this.#group(at);
      case "[":
        return this.#class(at);
      case "\\":
        return this.#escape(at);
      case "*":
      case "+":
      case "?":
        throw new PatternError(at, "there is nothing before it to repeat", [`\\${character}`]);
      default:
        return { type: "character", character };
    }
  }

  #group(at: number): Pattern {
    if (this.#take("?") && !this.#take(":")) {
      throw new PatternError(at, "of groups with a question mark there is (?:…) alone", ["(…)", "(?:…)"]);
    }
    if (++this.#depth > FILTER_LIMITS.depth) {
      throw new PatternError(at, "brackets lie too deep within each other", ["fewer brackets"]);
    }
    const pattern = this.#alternatives();
    if (!this.#take(")")) throw new PatternError(at, "this bracket is not closed", [")"]);
    this.#depth--;
    return pattern;
  }

  #escape(at: number): Pattern {
    const item = this.#escaped(at);
    if (item.type === "set") return { type: "class", isNegated: false, items: [item] };
    if (item.type === "range") return { type: "character", character: item.from };
    return item;
  }

  #escaped(at: number): ClassItem | Extract<Pattern, { type: "boundary" }> {
    const character = this.#next();
    const small = character.toLowerCase();
    if (small === "d" || small === "w" || small === "s") {
      return { type: "set", set: small, isNegated: small !== character };
    }
    if (small === "b") return { type: "boundary", isNegated: character === "B" };
    const plain = CONTROLS[character] ?? (/[^A-Za-z0-9]/u.test(character) ? character : undefined);
    if (plain === undefined) {
      const what = character === "" ? "the regular expression ends with \\" : `\\${character} is not there`;
      throw new PatternError(at, what, ["\\d", "\\w", "\\s", "\\b", "\\ before a sign"]);
    }
    return { type: "range", from: plain, to: plain };
  }

  #class(at: number): Pattern {
    const isNegated = this.#take("^");
    const items: ClassItem[] = [];
    while (items.length === 0 || !this.#take("]")) {
      const start = this.at;
      const from = this.#classItem(at);
      const isRange = this.source.charAt(this.at) === "-" && !/^-(\]|$)/.test(this.source.slice(this.at));
      if (from.type === "set" || !isRange) {
        items.push(from);
        continue;
      }
      this.at++;
      const to = this.#classItem(at);
      const length = to.type === "set" ? -1 : (to.to.codePointAt(0) ?? 0) - (from.from.codePointAt(0) ?? 0);
      if (to.type === "set" || length < 0 || length > FILTER_LIMITS.rangeLength) {
        throw new PatternError(start, "it is no range of characters, or too long a one", ["a-z"]);
      }
      items.push({ type: "range", from: from.from, to: to.to });
    }
    if (isNegated && items.some((item) => item.type === "set" && item.isNegated)) {
      throw new PatternError(at, "what is no character of a set cannot be left out", ["\\d, \\w or \\s within [^…]"]);
    }
    return { type: "class", isNegated, items };
  }

  #classItem(open: number): ClassItem {
    const at = this.at;
    if (this.#take("[:")) throw new PatternError(at, "classes have no names here", ["\\d", "\\w", "\\s", "a-z"]);
    const character = this.#next();
    if (character === "") throw new PatternError(open, "this class is not closed", ["]"]);
    if (character !== "\\") return { type: "range", from: character, to: character };
    const item = this.#escaped(at);
    if (item.type === "boundary") throw new PatternError(at, "a place is no character", ["\\d", "\\w", "\\s"]);
    return item;
  }
}
