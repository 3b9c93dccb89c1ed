import { createParser, type SingleParserBuilder } from "nuqs";
import { z } from "zod";

type ParserOf<Field extends z.ZodType> =
  Field extends z.ZodDefault<infer Given extends z.ZodType>
    ? ReturnType<SingleParserBuilder<NonNullable<z.output<Given>>>["withDefault"]>
    : SingleParserBuilder<NonNullable<z.output<Field>>>;

/**
 * The parsers of nuqs for a page's URL, each from its field of the page's schema: what cannot be read counts as
 * missing.
 */
export function parsersOf<Shape extends Record<string, z.ZodType>>({
  shape,
}: z.ZodObject<Shape>): {
  readonly [Name in keyof Shape]: ParserOf<Shape[Name]>;
} {
  const parsers = Object.entries(shape).map(([name, field]) => [name, parserOf(field)]);
  // What `parserOf` makes of a field is what `ParserOf` says of its type; that no mapping over properties can be told.
  return Object.fromEntries(parsers) as { [Name in keyof Shape]: ParserOf<Shape[Name]> };
}

function parserOf(field: z.ZodType) {
  const parser = createParser({
    parse: (text) => {
      const read = field.safeDecode(text);
      return read.success ? (read.data ?? null) : null;
    },
    serialize: (value) => String(field.encode(value)),
    eq: (a, b) => field.encode(a) === field.encode(b),
  });
  return field instanceof z.ZodDefault ? parser.withDefault(field.def.defaultValue ?? {}) : parser;
}
