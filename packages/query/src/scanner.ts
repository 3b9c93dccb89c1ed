import { storable } from "@tailbone/protocol/text";
import type { Place } from "./filter";
import { FilterError } from "./filter-error";
import type { Written } from "./values";

/** A piece of a filter's text, and where it stands. */
export interface Token extends Written {
  readonly place: Place;
}

/** Where words end: before brackets, quotes, bars, and what compares. */
const WORD = /(?:[^\s()|":=<>~!]|!(?![=~]))*/uy;
/** A value may hold what compares: `tag=a:b`. */
const VALUE = /[^\s()|"]*/uy;
const ITEM = /[^\s()|"[\],]*/uy;
/** The name of a series or a feature, in its brackets. */
const NAME = /[^\s()|"@]*/uy;
const SPACE = /\s*/uy;
const OPERATOR = /!=|!~|<=|>=|[:=<>~]/uy;

export const SHAPES = { word: WORD, value: VALUE, item: ITEM, name: NAME, operator: OPERATOR } as const;

/** Reads a filter's text piece by piece: of which shape the next one is, the parser knows. */
export class Scanner {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = storable(text);
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** The next character; empty at the end. */
  get next(): string {
    return this.text.charAt(this.at);
  }

  /** Whether there was any. */
  skipSpace(): boolean {
    return this.#read(SPACE) !== "";
  }

  /** Takes these very characters, if they are next. */
  take(characters: string): boolean {
    if (!this.text.startsWith(characters, this.at)) return false;
    this.at += characters.length;
    return true;
  }

  /** What is next of a shape; may be empty. */
  read(shape: keyof typeof SHAPES): Token {
    const from = this.at;
    const text = this.#read(SHAPES[shape]);
    return { text, isQuoted: false, place: { from, to: this.at } };
  }

  /** The same, or what stands in quotes. */
  readOrQuoted(shape: keyof typeof SHAPES): Token {
    return this.next === '"' ? this.#quoted() : this.read(shape);
  }

  /** `"…"`, in which `\"` is a quote and `\\` a backslash. */
  #quoted(): Token {
    const from = this.at;
    let text = "";
    for (this.at++; !this.isAtEnd; this.at++) {
      if (this.take('"')) return { text, isQuoted: true, place: { from, to: this.at } };
      if (/^\\["\\]/.test(this.text.slice(this.at, this.at + 2))) this.at++;
      text += this.next;
    }
    throw new FilterError({ from, to: this.at }, "this quote is not closed", ['"']);
  }

  /** `/…/`, in which `\/` is a slash, as it is in the regular expression. */
  readPattern(): Token {
    const from = this.at;
    let text = "";
    for (this.at++; !this.isAtEnd; this.at++) {
      if (this.take("/")) return { text, isQuoted: true, place: { from, to: this.at } };
      if (this.next === "\\") text += this.text.charAt(this.at++);
      text += this.next;
    }
    throw new FilterError({ from, to: this.text.length }, "this regular expression is not closed", [
      "/",
      "quotes around it",
    ]);
  }

  #read(shape: RegExp): string {
    shape.lastIndex = this.at;
    const found = shape.exec(this.text)?.[0] ?? "";
    this.at += found.length;
    return found;
  }
}
