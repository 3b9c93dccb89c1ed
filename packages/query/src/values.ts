import type { Value } from "./filter";
import type { Kind } from "./keys";

/** What stood in the filter as a value, before it is known of what kind it is. */
export interface Written {
  readonly text: string;
  readonly isQuoted: boolean;
}

const DAY_MS = 86_400_000;
const UNITS_MS: Record<string, number> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: DAY_MS,
  w: 7 * DAY_MS,
};
const THOUSANDS: Record<string, number> = { "": 1, k: 1e3, K: 1e3, M: 1e6, G: 1e9, T: 1e12 };
const NOT_FINITE: Record<string, number> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  "-inf": Number.NEGATIVE_INFINITY,
};

/** `3e-4`, `10k`, `nan`, `inf`, `-inf`. */
export function readNumber({ text, isQuoted }: Written): Value | null {
  if (isQuoted) return null;
  const word = NOT_FINITE[text.toLowerCase()];
  if (word !== undefined) return { type: "number", text, value: word };
  const [, digits, suffix = ""] = /^([-+]?(?:\d+(?:\.\d+)?|\.\d+)(?:e[-+]?\d+)?)([kKMGT]?)$/i.exec(text) ?? [];
  const value = Number(digits) * (THOUSANDS[suffix] ?? Number.NaN);
  return Number.isFinite(value) ? { type: "number", text, value } : null;
}

/** `90s`, `2h`, `1.5d`. */
function readSpan({ text, isQuoted }: Written): Value | null {
  const [, digits, unit = ""] = /^(\d{1,12}(?:\.\d{1,12})?)(ms|[smhdw])$/.exec(text) ?? [];
  const ms = Number(digits) * (UNITS_MS[unit] ?? Number.NaN);
  return isQuoted || Number.isNaN(ms) ? null : { type: "span", text, ms };
}

const MONTH = /^([1-9]\d{3})-(\d\d)$/;
const DAY = /^\d{4}-\d\d-\d\d$/;
const MINUTE = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/;
const SECOND = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/;

/** `-7d` (so long ago), or a month, day, minute or second of UTC: `2026-01`, `2026-01-31`, `2026-01-31T12:30`. */
function readTime({ text, isQuoted }: Written): Value | null {
  if (text.startsWith("-")) {
    const span = readSpan({ text: text.slice(1), isQuoted });
    return span?.type === "span" ? { type: "ago", text, ms: span.ms } : null;
  }
  const utc = text.replace(/Z$/, "");
  const [, year, month] = MONTH.exec(utc) ?? [];
  if (year !== undefined && month !== undefined) {
    const fromMs = Date.parse(`${utc}-01T00:00:00Z`);
    const toMs = Date.UTC(Number(year), Number(month), 1);
    return Number.isNaN(fromMs) ? null : { type: "time", text, fromMs, toMs };
  }
  for (const [shape, whole, ms] of [
    [DAY, `${utc}T00:00:00Z`, DAY_MS],
    [MINUTE, `${utc}:00Z`, 60_000],
    [SECOND, `${utc}Z`, 1000],
  ] as const) {
    const fromMs = shape.test(utc) ? Date.parse(whole) : Number.NaN;
    // A day that its month does not have is read as one of the next month.
    if (!Number.isNaN(fromMs) && new Date(fromMs).toISOString().startsWith(utc)) {
      return { type: "time", text, fromMs, toMs: fromMs + ms };
    }
  }
  return null;
}

const readText = ({ text }: Written): Value => ({ type: "text", text });

/** How a value of each kind is read; null: it is none. */
export const READ_VALUE: Record<Kind, (written: Written) => Value | null> = {
  text: readText,
  choice: readText,
  number: readNumber,
  time: readTime,
  span: readSpan,
  any: (written) => readNumber(written) ?? readText(written),
};

/** What fits where a value of a kind is missing. */
export const VALUES_THAT_FIT: Record<Kind, readonly string[]> = {
  text: ["a word", '"words in quotes"', "[a, b]", "null"],
  choice: ["null"],
  number: ["a number such as 3e-4 or 10k", "a range such as 1..5", "null"],
  time: ["-7d (so long ago)", "a day such as 2026-01-31", "null"],
  span: ["90s", "2h", "3d", "null"],
  any: ["a number such as 3e-4", "a word", '"words in quotes"', "null"],
};
