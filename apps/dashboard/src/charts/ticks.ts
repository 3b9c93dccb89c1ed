import { format } from "date-fns";
import { BYTE_UNITS, formatScientific, formatStep } from "../format/number";
import { projectX, type Span, type XAxisMode } from "./axis";
import { formatIn, type Unit } from "./unit";

/** A labelled place on an axis. */
export interface Tick {
  readonly place: number;
  readonly label: string;
}

/**
 * Round numbers (1, 2 or 5 times a power of ten) within a span, about `count` of them, and two at least: one alone says
 * nothing of the scale.
 */
export function roundNumbers({ from, to }: Span, count: number): number[] {
  const rough = (to - from) / count;
  if (!(rough > 0) || !Number.isFinite(rough)) return [from];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const values = multiples(step, { from, to });
  return values.length < 2 && count < MOST_TRIED ? roundNumbers({ from, to }, count + 1) : values;
}
const MOST_TRIED = 10;

function multiples(step: number, { from, to }: Span, origin = 0): number[] {
  const first = Math.ceil((from - origin) / step - 1e-9);
  const last = Math.floor((to - origin) / step + 1e-9);
  if (!(last - first < 100)) return [from];
  // Divided rather than multiplied where that is exact, so that 0.3 is not 0.30000000000000004.
  const at = (index: number): number => (step < 1 ? index / Math.round(1 / step) : index * step);
  const isExact = step >= 1 || Math.abs(1 / step - Math.round(1 / step)) < 1e-9;
  return Array.from(
    { length: last - first + 1 },
    (_, index) => origin + (isExact ? at(first + index) : (first + index) * step),
  );
}

/** Powers of ten within a span; where they are few also 2 and 5 times them, where they are many only some of them. */
export function roundPowers({ from, to }: Span, count: number): number[] {
  // What lies beyond the powers that a double can hold has no tick.
  const low = Math.max(-307, Math.floor(Math.log10(from)));
  const high = Math.min(308, Math.ceil(Math.log10(to)));
  const every = Math.max(1, Math.ceil((high - low) / count));
  const factors = (high - low) * 3 <= count * 1.5 ? [1, 2, 5] : [1];
  const found: number[] = [];
  for (let power = low; power <= high; power += 1) {
    if (((power % every) + every) % every !== 0) continue;
    for (const factor of factors) {
      const value = power < 0 ? factor / 10 ** -power : factor * 10 ** power;
      if (value >= from && value <= to) found.push(value);
    }
  }
  return found;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TIME_STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 7, 14, 30, 90, 365].map((count) => count * DAY),
];

function timeStep({ from, to }: Span, count: number): number {
  return TIME_STEPS.find((step) => (to - from) / step <= count) ?? 365 * DAY;
}

function relativeLabel(ms: number, step: number): string {
  if (ms === 0) return "0";
  const sign = ms < 0 ? "−" : "";
  const size = Math.abs(ms);
  if (step < SECOND) return `${sign}${Number((size / SECOND).toFixed(3))} s`;
  if (size < MINUTE) return `${sign}${size / SECOND} s`;
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  if (step >= DAY) return `${sign}${Math.round(size / DAY)} d`;
  if (size >= HOUR) return `${sign}${Math.floor(size / HOUR)}:${two((size % HOUR) / MINUTE)} h`;
  return `${sign}${Math.floor(size / MINUTE)}:${two((size % MINUTE) / SECOND)}`;
}

function clockLabel(ms: number, step: number): string {
  if (step >= DAY) return format(ms, "d MMM");
  if (step >= MINUTE) return format(ms, "HH:mm");
  return format(ms, step >= SECOND ? "HH:mm:ss" : "ss.SSS");
}

/** In few letters where that says all of them exactly (`500`, `1.5k`, `2M`), else in full. */
const SHORT = [
  { from: 1e6, unit: 1e6, letter: "M", exact: 1e4 },
  { from: 1e3, unit: 1e3, letter: "k", exact: 500 },
] as const;

export function stepLabels(steps: readonly number[]): string[] {
  const largest = Math.max(...steps.map(Math.abs));
  const short = SHORT.find(({ from, exact }) => largest >= from && steps.every((step) => step % exact === 0));
  return steps.map((step) => {
    if (short === undefined || Math.abs(step) < Math.min(short.from, 1e3)) return formatStep(step);
    return `${String(step / short.unit).replace("-", "−")}${short.letter}`;
  });
}

/** Ticks of an x axis over a span of shown x. */
export function xTicks(span: Span, axis: XAxisMode, count: number): Tick[] {
  const tick = (x: number, label: string): Tick => ({ place: projectX(x, axis), label });
  const withLabels = (steps: readonly number[]): Tick[] => {
    const labels = stepLabels(steps);
    return steps.map((step, index) => tick(step, labels[index] ?? ""));
  };
  if (axis.log && axis.mode !== "time") {
    const unit = axis.mode === "step" ? 1 : SECOND;
    const powers = span.to > unit ? roundPowers({ from: Math.max(unit, span.from), to: span.to }, count) : [];
    const all = span.from <= 0 && span.to >= 0 ? [0, ...powers] : powers;
    const shown = all.length < 2 ? roundNumbers(span, count) : all;
    if (axis.mode === "step") return withLabels(shown);
    return shown.map((x) => tick(x, relativeLabel(Math.round(x), SECOND)));
  }
  if (axis.mode === "step") return withLabels(roundNumbers(span, count));
  const step = timeStep(span, count);
  const zone = axis.mode === "time" ? new Date(span.from).getTimezoneOffset() * MINUTE : 0;
  const label = axis.mode === "relative" ? relativeLabel : clockLabel;
  return multiples(step, span, zone).map((x) => tick(x, label(x, step)));
}

/** What a hovered x says of itself, in full. */
export function xTitle(x: number, { mode }: XAxisMode): string {
  if (mode === "step") return `step ${formatStep(x)}`;
  return mode === "relative" ? relativeLabel(Math.round(x), x < MINUTE ? 1 : SECOND) : format(x, "HH:mm:ss.SSS");
}

/** What a range of x says of itself. */
export function rangeTitle({ from, to }: Span, axis: XAxisMode): string {
  return `${xTitle(Math.round(from), axis)} – ${xTitle(Math.round(to), axis).replace("step ", "")}`;
}

/** Ticks of a y axis. With `log` the span is in powers of ten. */
export function yTicks(span: Span, log: boolean, count: number, unit: Unit = "plain"): Tick[] {
  if (log) {
    const values = { from: 10 ** span.from, to: 10 ** span.to };
    const powers = roundPowers(values, count);
    const round = powers.length >= 2 ? powers : roundNumbers(values, count).filter((value) => value > 0);
    return round.map((value) => ({
      place: Math.log10(value),
      label: unit === "plain" && value >= 1e5 ? formatScientific(value, 2) : formatIn(unit, value),
    }));
  }
  const round = roundNumbers(span, count);
  const labels = unit === "bytes" ? byteLabels(round) : valueLabels(round);
  return round.map((place, index) => ({ place, label: labels[index] ?? "" }));
}

/** Values that follow each other evenly, in as many digits as tell them apart. */
function valueLabels(values: readonly number[]): string[] {
  const [first = 0, second = first] = values;
  const apart = Math.abs(second - first);
  const largest = Math.max(...values.map(Math.abs));
  const decimals = apart > 0 ? Math.max(0, -Math.floor(Math.log10(apart) + 1e-9)) : 0;
  if (decimals > (largest < 10 ? 5 : 4) || largest >= 1e6) {
    const digits = Math.min(15, Math.max(2, 1 + Math.ceil(Math.log10(largest / (apart || largest)))));
    return values.map((value) => formatScientific(value, digits));
  }
  if (decimals === 0) return stepLabels(values);
  return values.map((value) => value.toFixed(decimals).replace("-", "−"));
}

/** Sizes in the unit that suits the largest. */
function byteLabels(values: readonly number[]): string[] {
  const largest = Math.max(...values.map(Math.abs));
  const power = Math.max(0, Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(largest) / 3)));
  return valueLabels(values.map((value) => value / 1000 ** power)).map((label) => `${label} ${BYTE_UNITS[power]}`);
}
