/** Groups of three digits are held apart by a narrow space that does not break. */
const SPACE = "\u202f";

/** An integer with its thousands held apart: `12 345`. */
export function formatCount(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, SPACE);
}

/** A step: as a count where it is whole, else with up to three decimals. */
export function formatStep(step: number): string {
  return Number.isInteger(step) ? formatCount(step).replace("-", "−") : formatValue(step);
}

/** A value in four significant digits, in scientific notation only where it is very small or large. NaN and infinities in words. */
export function formatValue(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e7) {
    const [mantissa = "", exponent = ""] = value.toExponential(2).split("e");
    return `${trimZeros(mantissa)}e${exponent.replace("+", "")}`.replaceAll("-", "−");
  }
  if (Number.isInteger(value)) return formatCount(value).replace("-", "−");
  const digits = Math.max(0, 3 - Math.floor(Math.log10(size)));
  const [whole = "", fraction] = trimZeros(value.toFixed(Math.min(digits, 6))).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, SPACE);
  return (fraction === undefined ? grouped : `${grouped}.${fraction}`).replace("-", "−");
}

function trimZeros(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

export const BYTE_UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** A size in bytes, in powers of 1000: `1.5 GB`. */
export function formatBytes(bytes: number): string {
  const power = Math.min(BYTE_UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)}${SPACE}${BYTE_UNITS[power]}`;
}

/** One noun or the other: `1 run`, `2 runs`. */
export function formatPlural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
