import {
  createParser,
  type inferParserType,
  parseAsArrayOf,
  parseAsBoolean,
  parseAsFloat,
  parseAsString,
  parseAsStringLiteral,
  type UseQueryStatesReturn,
} from "nuqs";
import { type Span, X_MODES } from "../charts/axis";

/** A window of x as it stands in the URL: `120..4500`, in steps or milliseconds. */
export const parseAsSpan = createParser<Span>({
  parse: (text) => {
    const [from, to, ...others] = text.split("..").map(Number);
    if (from === undefined || to === undefined || others.length > 0) return null;
    return Number.isFinite(from) && Number.isFinite(to) && from < to ? { from, to } : null;
  },
  serialize: ({ from, to }) => `${shorten(from, to - from)}..${shorten(to, to - from)}`,
  eq: (a, b) => a.from === b.from && a.to === b.to,
});

/** As few digits as place it within a thousandth of the window. */
function shorten(value: number, size: number): string {
  const decimals = Math.max(0, 3 - Math.floor(Math.log10(size)));
  return String(Number(value.toFixed(Math.min(20, decimals))));
}

/** What of the charts is in the URL, so that the URL shows the same to somebody else. */
export const chartParsers = {
  x: parseAsStringLiteral(X_MODES).withDefault("step"),
  logx: parseAsBoolean.withDefault(false),
  logy: parseAsBoolean.withDefault(false),
  smooth: parseAsFloat.withDefault(0),
  zoom: parseAsSpan,
  find: parseAsString.withDefault(""),
  closed: parseAsArrayOf(parseAsString).withDefault([]),
  chart: parseAsString,
};

export type UrlValues = inferParserType<typeof chartParsers>;
export type UrlSetter = UseQueryStatesReturn<typeof chartParsers>[1];
