import type { Aggregate, Flag, Key } from "./keys";

/** A part of a filter's text: characters from (inclusive) to (exclusive). */
export interface Place {
  readonly from: number;
  readonly to: number;
}

/** What of a run is looked at. */
export type Field =
  | { readonly type: "key"; readonly key: Key; readonly place: Place }
  /** A value of the config, by its name or by the names that lead to it, with points between. */
  | { readonly type: "config"; readonly name: string; readonly place: Place }
  /** One number (or, of `state`, a word) of a series or a feature. `step`: as it was there; null: of all there is. */
  | {
      readonly type: "aggregate";
      readonly aggregate: Aggregate;
      readonly name: string;
      readonly step: number | null;
      readonly place: Place;
    };

/** What a field is compared with; `text` is how it was written. */
export type Value =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "number"; readonly text: string; readonly value: number }
  /** How long something takes. */
  | { readonly type: "span"; readonly text: string; readonly ms: number }
  /** A moment, so long before now. */
  | { readonly type: "ago"; readonly text: string; readonly ms: number }
  /** A day, a minute …: from (inclusive) to (exclusive), in milliseconds since 1970. */
  | { readonly type: "time"; readonly text: string; readonly fromMs: number; readonly toMs: number };

/** `:` looks for a part of a text, `=` for the whole. What is written `!=` and `!~` is `not` of `=` and `~`. */
export type Operator = ":" | "=" | "<" | "<=" | ">" | ">=";

/**
 * A filter as it is meant: what it says is true or false of every run, never unknown. What a run does not have fits no
 * comparison, and so it fits each that is turned round.
 */
export type Filter =
  /** An empty `and` is true of every run. */
  | { readonly type: "and" | "or"; readonly of: readonly Filter[] }
  | { readonly type: "not"; readonly of: Filter }
  | { readonly type: "compare"; readonly field: Field; readonly operator: Operator; readonly value: Value }
  /** Both ends belong to it. */
  | { readonly type: "within"; readonly field: Field; readonly low: Value; readonly high: Value }
  /** The whole of one of these. */
  | { readonly type: "any"; readonly field: Field; readonly values: readonly Value[] }
  | { readonly type: "has"; readonly field: Field }
  | { readonly type: "is"; readonly flag: Flag }
  /** A text that occurs in name, tags or state. */
  | { readonly type: "word"; readonly text: string }
  /** A regular expression that a field's text fits; null: the name or a tag. */
  | { readonly type: "match"; readonly field: Field | null; readonly source: string };

export const EVERY_RUN: Filter = { type: "and", of: [] };
