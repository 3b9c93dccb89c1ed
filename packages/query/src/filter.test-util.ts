import fc from "fast-check";
import type { Field, Filter } from "./filter";

/** A filter without the places where its fields stood. */
export function placeless(filter: Filter): unknown {
  return JSON.parse(
    JSON.stringify(filter, (key, value: unknown) =>
      key === "place" ? undefined : typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
    ),
  );
}

const place = { from: 0, to: 0 };
const name = fc.oneof(
  fc.constantFrom(
    "lr",
    "optimizer.lr",
    "eval/loss",
    "null",
    "OR",
    "1e-3",
    'a "b" \\',
    "x..y",
    "f(x)",
    "a@3",
    "-1",
    " ",
  ),
  fc.string({ unit: "binary", minLength: 1, maxLength: 12 }).map((text) => text.replaceAll(/\0|\p{Surrogate}/gu, "x")),
);
const patternSource = fc.constantFrom("a", "^seed \\d+$", "(?i)x|y", "[a-z/]+", "a/b", "\\\\", "(?:ab){2,3}");

const numberField = fc.oneof(
  fc.constantFrom("step", "points", "number").map((key): Field => ({ type: "key", key, place })),
  fc
    .record({ aggregate: fc.constantFrom("last", "mean", "onset"), name, step: fc.option(fc.integer()) })
    .map((one): Field => ({ type: "aggregate", ...one, place })),
);
const textField = fc.constantFrom("name", "tag", "host").map((key): Field => ({ type: "key", key, place }));
const configField = name.map((one): Field => ({ type: "config", name: one, place }));
const numberValue = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .map((value) => ({ type: "number" as const, text: String(value), value }));
const textValue = name.map((text) => ({ type: "text" as const, text }));
const order = fc.constantFrom("<", "<=", ">", ">=", "=");

const term: fc.Arbitrary<Filter> = fc.oneof(
  fc.record({ type: fc.constant("compare"), field: numberField, operator: order, value: numberValue }),
  fc.record({
    type: fc.constant("compare"),
    field: textField,
    operator: fc.constantFrom(":", "="),
    value: textValue,
  }),
  fc.record({
    type: fc.constant("compare"),
    field: configField,
    operator: fc.constantFrom(":", "="),
    value: textValue,
  }),
  fc.record({ type: fc.constant("compare"), field: configField, operator: order, value: numberValue }),
  fc.record({
    type: fc.constant("within"),
    field: fc.oneof(numberField, configField),
    low: numberValue,
    high: numberValue,
  }),
  fc.record({
    type: fc.constant("any"),
    field: fc.oneof(textField, configField),
    values: fc.array(textValue, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ type: fc.constant("has"), field: fc.oneof(numberField, textField, configField) }),
  fc.record({ type: fc.constant("is"), flag: fc.constantFrom("running", "archived") }),
  fc.record({ type: fc.constant("word"), text: name }),
  fc.record({ type: fc.constant("match"), field: fc.option(textField), source: patternSource }),
);

/** Filters as the parser makes them. */
export const filterArbitrary: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    term,
    fc.record({ type: fc.constant("not"), of: tie("filter") }),
    fc.record({
      type: fc.constantFrom("and", "or"),
      of: fc.array(tie("filter"), { minLength: 2, maxLength: 3 }),
    }),
  ),
})).filter;

/** Texts that are nearly filters: pieces of the language in any order. */
export const soupArbitrary = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...['"', "(", ")", "[", "]", ",", "|", "/", "..", "@", "-", "\\", " ", "\0", "null", "a", "{", "?"],
        ...["OR", "AND", "NOT", "has:", "is:", "running", "state", "tag", "config.lr", "started", "duration", "last("],
        ...[":", "=", "!=", "<", "<=", ">", ">=", "~", "!~", "3e-4", "10k", "-7d", "2h", "2026-01-31", "onset(patch)"],
      ),
      fc.string({ unit: "binary", maxLength: 3 }),
    ),
    { maxLength: 24 },
  )
  .map((parts) => parts.join(""));
