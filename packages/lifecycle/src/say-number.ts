/*
 * Numbers as people read them, the same on every page, in every sentence and in every alert.
 */

/** Groups of three digits are held apart by a narrow space that does not break. */
export const SPACE = "\u202f";

const group = (whole: string): string => whole.replace(/\B(?=(\d{3})+$)/g, SPACE);

/** An integer with its thousands held apart: `12 345`. */
export const formatCount = (count: number): string => group(Math.round(count).toString());

/** A step: as a count where it is whole, else with up to three decimals. */
export function formatStep(step: number): string {
  return Number.isInteger(step) ? formatCount(step).replace("-", "−") : formatValue(step);
}

/**
 * A value in four significant digits, in scientific notation only where it is very small or large. NaN and infinities
 * in words.
 */
export function formatValue(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e7) return formatScientific(value, 3);
  if (Number.isInteger(value)) return formatCount(value).replace("-", "−");
  const digits = Math.max(0, 3 - Math.floor(Math.log10(size)));
  const [whole = "", fraction] = trimZeros(value.toFixed(Math.min(digits, 6))).split(".");
  return (fraction === undefined ? group(whole) : `${group(whole)}.${fraction}`).replace("-", "−");
}

/** A value as a power of ten, in so many significant digits at most: `1.5e−4`. */
export function formatScientific(value: number, digits: number): string {
  if (value === 0) return "0";
  const [mantissa = "", exponent = ""] = value.toExponential(digits - 1).split("e");
  return `${trimZeros(mantissa)}e${exponent.replace("+", "")}`.replaceAll("-", "−");
}

/** A share in hundredths, with as many digits as matter: `0.4 %`, `17 %`. */
export const formatPercent = (share: number): string => `${hundredths(share)}\u00a0%`;

/** The same of an interval: `0.3–0.5 %`, `−1 to 2 %`. */
export const formatPercents = (low: number, high: number): string => between(low, high, hundredths, "\u00a0%");

/** How many times something: `4.7`, `0.19`. */
export const formatTimes = (factor: number): string => {
  const size = Math.abs(factor);
  const text = trimZeros(factor.toFixed(size < 0.995 ? 2 : size < 99.5 ? 1 : 0));
  return Number(text) === 0 ? "0" : text.replace("-", "−");
};

/** The same of an interval: `4.5–4.9`. */
export const formatTimesInterval = (low: number, high: number): string => between(low, high, formatTimes, "");

const between = (low: number, high: number, format: (value: number) => string, unit: string): string =>
  `${format(low)}${low < 0 ? " to " : "–"}${format(high)}${unit}`;

function hundredths(share: number): string {
  const percent = Math.abs(share) * 100;
  const short = trimZeros(
    percent === 0 || percent >= 9.95 ? percent.toFixed(0) : percent.toFixed(percent < 0.095 ? 2 : 1),
  );
  return share < 0 && Number(short) !== 0 ? `−${short}` : short;
}

/** Without the zeros that end a fraction. */
function trimZeros(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
