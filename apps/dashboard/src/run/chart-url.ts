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
import { OUTLIERS, type YLimits } from "../charts/y-range";

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

/** The y axis of one chart as it was set by hand: `0..1@loss`; an end that is left out follows the data. */
export interface SeriesLimits extends YLimits {
  readonly series: string;
}
export const parseAsLimits = createParser<SeriesLimits>({
  parse: (text) => {
    const [, first = "", second = "", series] = /^([^@]*?)\.\.([^@]*)@(.+)$/s.exec(text) ?? [];
    const [from, to] = [first, second].map((end) => (end === "" ? null : Number(end)));
    if (series === undefined || from === undefined || to === undefined || (from === null && to === null)) return null;
    if ([from, to].some((end) => end !== null && !Number.isFinite(end))) return null;
    return from !== null && to !== null && from >= to ? null : { series, from, to };
  },
  serialize: ({ series, from, to }) => {
    const size = from === null || to === null ? null : to - from;
    const end = (value: number | null): string =>
      value === null ? "" : size === null ? String(value) : shorten(value, size);
    return `${end(from)}..${end(to)}@${series}`;
  },
  eq: (a, b) => a.series === b.series && a.from === b.from && a.to === b.to,
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
  outliers: parseAsStringLiteral(OUTLIERS).withDefault("beyond"),
  y: parseAsArrayOf(parseAsLimits).withDefault([]),
  find: parseAsString.withDefault(""),
  closed: parseAsArrayOf(parseAsString).withDefault([]),
  chart: parseAsString,
};

export type UrlValues = inferParserType<typeof chartParsers>;
export type UrlSetter = UseQueryStatesReturn<typeof chartParsers>[1];
