import type { Axis } from "@tailbone/protocol/http";
import type { XMode } from "@tailbone/protocol/page-state/views";
import { placeOf, type XScale, xAt } from "@tailbone/series/scale";
import type { Range } from "../live/chart-view";

export const X_WORDS: Readonly<Record<XMode, string>> = {
  step: "Step",
  relative: "Since start",
  time: "Time of day",
};

/**
 * An x axis: times come from the hub as milliseconds since 1970, and are shown relative to `originMs` or as they are.
 */
export interface XAxisMode {
  readonly mode: XMode;
  readonly log: boolean;
  readonly originMs: number;
}

/** From x to x, both inclusive. In steps, or in milliseconds (since 1970, or since the run began with `relative`). */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Sets what a panel shows along x; null: everything. */
export type SetRange = (panel: string, range: Span | null) => void;

export const hubAxis = (mode: XMode): Axis => (mode === "step" ? "step" : "time");

/** The x that people read (and that stands in the URL) of an x as the hub has it. */
export const shownX = (x: number, { mode, originMs }: XAxisMode): number => (mode === "relative" ? x - originMs : x);

/** The scale on which an x that is shown lies. Logarithmic only where there is an origin to count from. */
const scaleOf = ({ mode, log }: XAxisMode): XScale => ({
  axis: hubAxis(mode),
  scale: log && mode !== "time" ? "log" : "linear",
  origin: 0,
});

/** What to ask the hub for, to show a window (null: everything). */
export function rangeOf(window: Span | null, axis: XAxisMode, buckets: number): Range {
  const origin = axis.mode === "relative" ? axis.originMs : 0;
  const scale = scaleOf(axis);
  return {
    ...scale,
    origin: scale.scale === "log" ? origin : 0,
    from: window === null ? null : window.from + origin,
    to: window === null ? null : window.to + origin,
    buckets,
  };
}

/** Where x lies on the axis: a coordinate that is linear in pixels. */
export const projectX = (x: number, axis: XAxisMode): number => placeOf(x, scaleOf(axis));

/** The x at a place on the axis: undoes `projectX`. */
export const unprojectX = (place: number, axis: XAxisMode): number => xAt(place, scaleOf(axis));
