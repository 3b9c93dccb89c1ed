import type { Axis } from "@tailbone/protocol/http";
import type { Range } from "../live/chart-view";

/** What charts show along x. `relative` is the time since the run began. */
export const X_MODES = ["step", "relative", "time"] as const;
export type XMode = (typeof X_MODES)[number];

/** An x axis: times come from the hub as milliseconds since 1970, and are shown relative to `originMs` or as they are. */
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

export const hubAxis = (mode: XMode): Axis => (mode === "step" ? "step" : "time");

/** The x that people read (and that stands in the URL) of an x as the hub has it. */
export const shownX = (x: number, { mode, originMs }: XAxisMode): number => (mode === "relative" ? x - originMs : x);

/** What to ask the hub for, to show a window (null: everything). */
export function rangeOf(window: Span | null, { mode, originMs }: XAxisMode): Range {
  const origin = mode === "relative" ? originMs : 0;
  return {
    axis: hubAxis(mode),
    from: window === null ? null : window.from + origin,
    to: window === null ? null : window.to + origin,
  };
}

/** Below this, x on a logarithmic axis is nearly linear, so that 0 (and what comes before) has a place: a step, or a second. */
const LINEAR_BELOW = { step: 1, relative: 1000, time: 1000 } as const;

/** Where x lies on the axis: a coordinate that is linear in pixels. Logarithmic only where there is an origin to count from. */
export function projectX(x: number, { mode, log }: XAxisMode): number {
  if (!log || mode === "time") return x;
  return Math.sign(x) * Math.log10(1 + Math.abs(x) / LINEAR_BELOW[mode]);
}

/** The x at a place on the axis: undoes `projectX`. */
export function unprojectX(place: number, { mode, log }: XAxisMode): number {
  if (!log || mode === "time") return place;
  return Math.sign(place) * (10 ** Math.abs(place) - 1) * LINEAR_BELOW[mode];
}
