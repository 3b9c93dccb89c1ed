import type { Feature } from "@tailbone/protocol/http";
import type { StepScale } from "@tailbone/protocol/page-state/views";
import { projectX, type Span, unprojectX, type XAxisMode } from "../charts/axis";
import { type Tick, xTicks } from "../charts/ticks";
import type { Lane } from "./lanes";

/** The steps of a run along a page's width: logarithmic with a place for 0, or linear. */
export interface StepAxis {
  readonly mode: XAxisMode;
  /** Steps. */
  readonly span: Span;
  /** Places (`placeOf`). */
  readonly places: Span;
}

const stepMode = (scale: StepScale): XAxisMode => ({ mode: "step", log: scale === "log", originMs: 0 });

export function stepAxis(scale: StepScale, span: Span): StepAxis {
  const mode = stepMode(scale);
  return { mode, span, places: { from: projectX(span.from, mode), to: projectX(span.to, mode) } };
}

/** From the first step that is drawn to the last. */
export function spanOfLanes(lanes: readonly Lane[], features: readonly Feature[], lastStep: number | null): Span {
  const steps = [
    0,
    ...(lastStep === null ? [] : [lastStep]),
    ...lanes.flatMap(({ spans }) => spans.flatMap(({ start, end }) => [start.after, end.by])),
    ...features.flatMap(({ readings }) => readings.map(({ step }) => step)),
  ];
  const [from, to] = [Math.min(...steps), Math.max(...steps)];
  return from < to ? { from, to } : { from, to: from + 1 };
}

export const placeOf = (step: number, { mode }: StepAxis): number => projectX(step, mode);

/** Pixel of a place within a drawing that is so wide; `inset` pixels are left free at each side. */
export function pixelOfPlace(place: number, { places }: StepAxis, width: number, inset: number): number {
  return inset + ((place - places.from) / (places.to - places.from)) * Math.max(1, width - 2 * inset);
}
export const pixelOfStep = (step: number, axis: StepAxis, width: number, inset: number): number =>
  pixelOfPlace(placeOf(step, axis), axis, width, inset);

/** The step at a pixel, held within the axis. */
export function stepAtPixel(pixel: number, { mode, places }: StepAxis, width: number, inset: number): number {
  const share = Math.min(1, Math.max(0, (pixel - inset) / Math.max(1, width - 2 * inset)));
  return unprojectX(places.from + share * (places.to - places.from), mode);
}

export const ticksOf = ({ span, mode }: StepAxis, count: number): Tick[] => xTicks(span, mode, count);

/** Of some steps the one that is drawn nearest to a step; null when there is none. */
export function nearestStep(steps: readonly number[], step: number, axis: StepAxis): number | null {
  const place = placeOf(step, axis);
  let nearest: number | null = null;
  for (const one of steps) {
    if (nearest === null || Math.abs(placeOf(one, axis) - place) < Math.abs(placeOf(nearest, axis) - place))
      nearest = one;
  }
  return nearest;
}
