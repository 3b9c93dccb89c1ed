import { EVERY_RUN, type Field, type Filter, type Operator, type Place, type Value } from "./filter";
import { FilterError } from "./filter-error";
import { AGGREGATES, type Aggregate, describe, FLAGS, isAggregate, isFlag, isKey, KEYS, type Kind } from "./keys";
import { FILTER_LIMITS } from "./limits";
import { PatternError, parsePattern } from "./pattern";
import { Scanner, type Token } from "./scanner";
import { READ_VALUE, readNumber, VALUES_THAT_FIT } from "./values";

/*
 *   or   := and (("OR" | "|") and)*
 *   and  := not ("AND"? not)*
 *   not  := ("NOT" | "-") not | "(" or ")" | term
 *   term := field op value | field ":[" list "]" | field ":" low ".." high | "has:" field | "is:" flag
 *         | word | "quoted" | /re/
 *
 * Longer than other files: one method a line of the grammar, which is read as a whole.
 */

/** A place where something can be completed, as the parser comes by; `field`: what a value is compared with. */
export interface Slot {
  readonly type: "term" | "field" | "flag" | "series" | "feature" | "value";
  readonly place: Place;
  readonly field?: Field;
}

/** Reads a filter. An empty one is true of every run. Throws `FilterError`, and nothing else, whatever the text is. */
export function parseFilter(text: string): Filter {
  return new FilterParser(text, () => {}).read();
}

/** The slots of a filter that was written up to here, whether or not it can be read. */
export function slotsOf(text: string): Slot[] {
  const slots: Slot[] = [];
  try {
    new FilterParser(text, (slot) => slots.push(slot)).read();
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
  }
  return slots;
}

const not = (of: Filter): Filter => ({ type: "not", of });

/** Which operators fit what a field holds, beside `=null` and `!=null`, which always do. */
const OPERATORS: Record<Kind, readonly string[]> = {
  text: [":", "=", "!=", "~", "!~"],
  choice: [":", "=", "!="],
  number: [":", "=", "!=", "<", "<=", ">", ">="],
  time: [":", "=", "!=", "<", "<=", ">", ">="],
  span: [":", "=", "!=", "<", "<=", ">", ">="],
  any: [":", "=", "!=", "<", "<=", ">", ">=", "~", "!~"],
};
const ORDER: Record<string, Operator> = { "<": "<", "<=": "<=", ">": ">", ">=": ">=" };
const HAS_RANGE: Record<Kind, boolean> = {
  text: false,
  choice: false,
  number: true,
  time: true,
  span: true,
  any: true,
};

const TERMS = ["a word", '"words in quotes"', "state=running", "config.lr<1e-2", "last(loss)<0.2", "is:running"];
const named = (token: Token): string => JSON.stringify(token.text);

class FilterParser {
  readonly #scanner: Scanner;
  #depth = 0;
  #terms = 0;

  constructor(
    text: string,
    private readonly tell: (slot: Slot) => void,
  ) {
    this.#scanner = new Scanner(text);
  }

  read(): Filter {
    const { text } = this.#scanner;
    if (text.length > FILTER_LIMITS.length) {
      const place = { from: FILTER_LIMITS.length, to: text.length };
      throw new FilterError(place, `a filter has at most ${FILTER_LIMITS.length} characters`, ["a shorter filter"]);
    }
    this.#space();
    if (this.#scanner.isAtEnd) return EVERY_RUN;
    const filter = this.#or();
    if (!this.#scanner.isAtEnd) this.#fail(this.#here(1), "this bracket closes nothing", ["quotes around it"]);
    return filter;
  }

  #fail(place: Place, what: string, fits: readonly string[]): never {
    throw new FilterError(place, what, fits);
  }

  #here(length = 0): Place {
    const { at, text } = this.#scanner;
    return { from: at, to: Math.min(at + length, text.length) };
  }

  /** Between terms: here one could begin. */
  #space(): void {
    this.#scanner.skipSpace();
    this.tell({ type: "term", place: this.#here() });
  }

  /** A word in capitals that joins terms, with nothing behind it that would make it a key. */
  #takeKeyword(keyword: "OR" | "AND" | "NOT"): boolean {
    const { at } = this.#scanner;
    const { text } = this.#scanner.read("word");
    if (text === keyword && /[\s()|"-]|^$/.test(this.#scanner.next)) {
      this.#space();
      return true;
    }
    this.#scanner.at = at;
    return false;
  }

  #or(): Filter {
    const of = [this.#and()];
    while (this.#takeKeyword("OR") || this.#takeBar()) of.push(this.#and());
    return of.length === 1 && of[0] !== undefined ? of[0] : { type: "or", of };
  }

  #takeBar(): boolean {
    if (!this.#scanner.take("|")) return false;
    this.#space();
    return true;
  }

  #and(): Filter {
    const of = [this.#not()];
    for (;;) {
      if (this.#endsAnd()) break;
      this.#takeKeyword("AND");
      of.push(this.#not());
    }
    return of.length === 1 && of[0] !== undefined ? of[0] : { type: "and", of };
  }

  #endsAnd(): boolean {
    if (this.#scanner.isAtEnd || /[)|]/.test(this.#scanner.next)) return true;
    const { at } = this.#scanner;
    const isOr = this.#takeKeyword("OR");
    this.#scanner.at = at;
    return isOr;
  }

  #not(): Filter {
    if (++this.#depth > FILTER_LIMITS.depth) {
      this.#fail(this.#here(1), `brackets and NOTs lie more than ${FILTER_LIMITS.depth} deep`, ["fewer brackets"]);
    }
    const filter = this.#negated();
    this.#depth--;
    return filter;
  }

  #negated(): Filter {
    if (this.#takeKeyword("NOT")) return not(this.#not());
    const rest = this.#scanner.text.slice(this.#scanner.at, this.#scanner.at + 2);
    if (/^-\S/.test(rest)) {
      this.#scanner.at++;
      this.tell({ type: "term", place: this.#here() });
      return not(this.#not());
    }
    const open = this.#here(1);
    if (!this.#scanner.take("(")) return this.#term();
    this.#space();
    const filter = this.#or();
    if (!this.#scanner.take(")")) this.#fail(open, "this bracket is not closed", [")"]);
    this.#endTerm();
    return filter;
  }

  /** What stands right behind a term is none: `tag=a(b)` may be meant as it stands, and quotes say so. */
  #endTerm(): void {
    const { next } = this.#scanner;
    if (!/^[\s)|]?$/.test(next)) this.#fail(this.#here(1), `${next} stands right behind a term`, ["a space", "quotes"]);
    this.#space();
  }

  #count(place: Place): void {
    if (++this.#terms > FILTER_LIMITS.terms) {
      this.#fail(place, `a filter has at most ${FILTER_LIMITS.terms} terms and values`, ["fewer of them"]);
    }
  }

  #term(): Filter {
    const { next } = this.#scanner;
    this.#count(this.#here(1));
    const filter = next === "/" ? this.#pattern(null) : next === '"' ? this.#quoted() : this.#wordOrField();
    this.#endTerm();
    return filter;
  }

  #quoted(): Filter {
    const token = this.#scanner.readOrQuoted("word");
    if (token.text === "") this.#fail(token.place, "there is nothing in the quotes", ["words"]);
    return { type: "word", text: token.text };
  }

  #pattern(field: Field | null): Filter {
    const isSlashed = this.#scanner.next === "/";
    const token = isSlashed ? this.#scanner.readPattern() : this.#scanner.readOrQuoted("value");
    if (token.text === "") this.#fail(token.place, "a regular expression is missing", ["/seed \\d+/"]);
    try {
      parsePattern(token.text);
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      const from = Math.min(token.place.from + (token.isQuoted ? 1 : 0) + error.at, token.place.to);
      this.#fail({ from, to: Math.max(from, token.place.to) }, error.message, error.fits);
    }
    return { type: "match", field, source: token.text.replaceAll(/\\./gs, (pair) => (pair === "\\/" ? "/" : pair)) };
  }

  #wordOrField(): Filter {
    const { at } = this.#scanner;
    const word = this.#scanner.read("word");
    this.tell({ type: "term", place: word.place });
    if ((word.text === "has" || word.text === "is") && this.#scanner.take(":")) return this.#about(word.text);
    if (word.text === "OR" || word.text === "AND" || word.text === "NOT") {
      this.#fail(word.place, `${word.text} joins nothing here`, [...TERMS, `"${word.text}"`]);
    }
    if (!this.#isField(word)) {
      if (word.text !== "") return { type: "word", text: word.text };
      const what = this.#scanner.isAtEnd ? "the filter ends" : `${this.#scanner.next} begins no term`;
      this.#fail(this.#here(1), what, TERMS);
    }
    this.#scanner.at = at;
    return this.#comparison(this.#field());
  }

  /** Whether a word is that of a field: brackets or something that compares follow it. */
  #isField({ text }: Token): boolean {
    const isKnown = isKey(text) || text.startsWith("config.");
    const { at, next } = this.#scanner;
    if (next === "(" && text !== "") return true;
    if (next === '"' && text === "config.") return true;
    if (isKnown) this.#scanner.skipSpace();
    const isField = text !== "" && this.#scanner.read("operator").text !== "";
    this.#scanner.at = at;
    return isField;
  }

  #about(what: "has" | "is"): Filter {
    if (what === "has") {
      this.tell({ type: "field", place: this.#here() });
      return { type: "has", field: this.#field() };
    }
    const token = this.#scanner.read("word");
    this.tell({ type: "flag", place: token.place });
    if (isFlag(token.text)) return { type: "is", flag: token.text };
    return this.#fail(token.place, token.text === "" ? "a flag is missing" : `${named(token)} is no flag`, FLAGS);
  }

  #field(): Field {
    const token = this.#scanner.read("word");
    this.tell({ type: "field", place: token.place });
    if (this.#scanner.take("(")) return this.#aggregate(token);
    const { place } = token;
    if (isKey(token.text)) return { type: "key", key: token.text, place };
    if (token.text === "config." && this.#scanner.next === '"') {
      const name = this.#scanner.readOrQuoted("word");
      if (name.text === "") this.#fail(name.place, "there is nothing in the quotes", ["a name of the config"]);
      return { type: "config", name: name.text, place: { from: place.from, to: name.place.to } };
    }
    if (token.text.startsWith("config.")) {
      const name = token.text.slice("config.".length);
      if (name === "") this.#fail(place, "a name of the config is missing", ["config.lr"]);
      return { type: "config", name, place };
    }
    return this.#unknownField(token);
  }

  #unknownField(token: Token): never {
    if (token.text === "") return this.#fail(this.#here(1), "a key is missing", [...Object.keys(KEYS), "config.lr"]);
    const near = Object.keys(KEYS).filter((key) => key[0] === token.text[0]?.toLowerCase());
    const fits = [...near, `config.${token.text}`, `last(${token.text})`, "quotes, if it is meant as it stands"];
    return this.#fail(token.place, `there is no key ${named(token)}`, fits);
  }

  #aggregate(token: Token): Field {
    if (!isAggregate(token.text)) {
      const fits = [...Object.keys(AGGREGATES).map((one) => `${one}(…)`), "quotes, if it is meant as it stands"];
      return this.#fail(token.place, `there is no ${named(token)} of a series or a feature`, fits);
    }
    const aggregate: Aggregate = token.text;
    this.#scanner.skipSpace();
    const name = this.#scanner.readOrQuoted("name");
    const { of } = AGGREGATES[aggregate];
    if (!name.isQuoted) this.tell({ type: of, place: name.place });
    if (name.text === "") this.#fail(this.#here(1), `the name of a ${of} is missing`, [`${aggregate}(loss)`]);
    this.#scanner.skipSpace();
    const step = this.#scanner.take("@") ? this.#step() : null;
    this.#scanner.skipSpace();
    if (!this.#scanner.take(")")) {
      this.#fail(this.#here(1), "this bracket is not closed", [")", "quotes around the name"]);
    }
    return { type: "aggregate", aggregate, name: name.text, step, place: { ...token.place, to: this.#scanner.at } };
  }

  #step(): number {
    this.#scanner.skipSpace();
    const token = this.#scanner.read("name");
    const number = readNumber(token);
    if (number?.type === "number" && Number.isFinite(number.value)) return number.value;
    return this.#fail(token.place, `${named(token)} is no step`, ["a number such as 500 or 10k"]);
  }

  #comparison(field: Field): Filter {
    const { kind } = describe(field);
    this.#scanner.skipSpace();
    const operator = this.#scanner.read("operator");
    if (operator.text === "") this.#fail(this.#here(1), "it is compared with nothing", OPERATORS[kind]);
    this.#scanner.skipSpace();
    if (!OPERATORS[kind].includes(operator.text)) {
      this.#fail(operator.place, `${operator.text} does not fit here`, OPERATORS[kind]);
    }
    if (operator.text === "~") return this.#pattern(field);
    if (operator.text === "!~") return not(this.#pattern(field));
    if (operator.text === ":" && this.#scanner.take("[")) return this.#list(field);
    const value = this.#scanner.readOrQuoted("value");
    this.tell({ type: "value", place: value.place, field });
    return this.#compare(field, operator, value);
  }

  #list(field: Field): Filter {
    const values: Value[] = [];
    const { at } = this.#scanner;
    do {
      this.#scanner.skipSpace();
      const token = this.#scanner.readOrQuoted("item");
      this.tell({ type: "value", place: token.place, field });
      this.#count(token.place);
      values.push(this.#whole(field, token));
      this.#scanner.skipSpace();
    } while (this.#scanner.take(","));
    if (this.#scanner.take("]")) return { type: "any", field, values };
    const place = this.#scanner.isAtEnd ? { from: at - 1, to: at } : this.#here(1);
    return this.#fail(place, "this list is not closed", ["]", ","]);
  }

  #compare(field: Field, { text: operator }: Token, token: Token): Filter {
    const { kind } = describe(field);
    const isEquality = operator === ":" || operator === "=" || operator === "!=";
    const turn = (filter: Filter): Filter => (operator === "!=" ? not(filter) : filter);
    if (isEquality && !token.isQuoted && token.text === "null") {
      const has: Filter = { type: "has", field };
      return operator === "!=" ? has : not(has);
    }
    if (isEquality && operator !== "!=" && HAS_RANGE[kind]) {
      const range = this.#range(field, token);
      if (range !== null) return range;
    }
    const value = isEquality ? this.#whole(field, token) : this.#value(field, token);
    const order = ORDER[operator];
    if (order !== undefined) {
      if (value.type === "text") this.#fail(token.place, `${named(token)} is no number`, VALUES_THAT_FIT.number);
      return { type: "compare", field, operator: order, value };
    }
    // Of a run's own texts a part is enough, unless it is in quotes behind `=`; of all else the whole is asked for.
    const isPart = kind === "any" ? operator === ":" : kind === "text" && !(token.isQuoted && operator !== ":");
    return turn({ type: "compare", field, operator: isPart && value.type === "text" ? ":" : "=", value });
  }

  /** `1..5` and `1 .. 5`; null: it is none. In a config `..` may belong to a text. */
  #range(field: Field, token: Token): Filter | null {
    if (token.isQuoted) return null;
    const cut = token.text.indexOf("..");
    if (cut === -1) {
      const { at } = this.#scanner;
      this.#scanner.skipSpace();
      if (!this.#scanner.take("..")) {
        this.#scanner.at = at;
        return null;
      }
    }
    const low = cut === -1 ? token : part(token, 0, cut);
    let high = cut === -1 ? part(token, token.text.length) : part(token, cut + 2);
    if (high.text === "") {
      this.#scanner.skipSpace();
      high = this.#scanner.readOrQuoted("value");
    }
    if (describe(field).kind === "any" && (readNumber(low) === null || readNumber(high) === null)) {
      if (cut !== -1 && high.place.to === token.place.to) return null;
      this.#fail(low.place, "a range goes from a number to a number", VALUES_THAT_FIT.number);
    }
    return { type: "within", field, low: this.#value(field, low), high: this.#value(field, high) };
  }

  /** A value that something can be, and not only be less or more than. */
  #whole(field: Field, token: Token): Value {
    const value = this.#value(field, token);
    if (value.type !== "ago") return value;
    const fits = [`${token.text} behind > or <`, "a day such as 2026-01-31"];
    return this.#fail(token.place, "so long ago is a moment, and no run is of a moment", fits);
  }

  #value(field: Field, token: Token): Value {
    const { kind, choices } = describe(field);
    const fits = choices ?? VALUES_THAT_FIT[kind];
    if (token.text === "" && !token.isQuoted) this.#fail(this.#here(1), "a value is missing", fits);
    if (token.text === "null" && !token.isQuoted) {
      this.#fail(
        token.place,
        "null fits = and != alone",
        fits.filter((one) => one !== "null"),
      );
    }
    const value = READ_VALUE[kind](token);
    if (value === null) return this.#fail(token.place, `${named(token)} does not fit`, fits);
    if (choices !== undefined && value.type === "text") {
      const text = value.text.toLowerCase();
      const isThere = choices.some((choice) => (kind === "choice" ? choice === text : choice.includes(text)));
      if (!isThere) this.#fail(token.place, `${named(token)} is none of them`, choices);
    }
    return value;
  }
}

function part({ text, isQuoted, place }: Token, from: number, to = text.length): Token {
  return { text: text.slice(from, to), isQuoted, place: { from: place.from + from, to: place.from + to } };
}
