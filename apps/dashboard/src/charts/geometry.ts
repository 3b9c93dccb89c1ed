import type { Span } from "./axis";

/** The frame of a chart in pixels: what the axes take on each side of the plot. */
export const FRAME = { left: 54, right: 16, top: 8, bottom: 20 } as const;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The plot itself, within the chart. */
export function plotArea({ width, height }: Size) {
  return {
    left: FRAME.left,
    top: FRAME.top,
    width: Math.max(1, width - FRAME.left - FRAME.right),
    height: Math.max(1, height - FRAME.top - FRAME.bottom),
  };
}

/** Pixels of places on the x axis, from the chart's left. */
export function pixelsOfX(x: Span, size: Size): (place: number) => number {
  const { left, width } = plotArea(size);
  return (place) => left + ((place - x.from) / (x.to - x.from)) * width;
}
export const pixelOfX = (place: number, x: Span, size: Size): number => pixelsOfX(x, size)(place);

/** Pixels of places on the y axis, from the chart's top. */
export function pixelsOfY(y: Span, size: Size): (place: number) => number {
  const { top, height } = plotArea(size);
  return (place) => top + (1 - (place - y.from) / (y.to - y.from)) * height;
}
export const pixelOfY = (place: number, y: Span, size: Size): number => pixelsOfY(y, size)(place);

/** Place on the y axis at a pixel, held within the plot. */
export function placeAtPixelY(pixel: number, y: Span, size: Size): number {
  const { top, height } = plotArea(size);
  const share = Math.min(1, Math.max(0, (pixel - top) / height));
  return y.to - share * (y.to - y.from);
}

/** Place on the x axis at a pixel, held within the plot. */
export function placeAtPixel(pixel: number, x: Span, size: Size): number {
  const { left, width } = plotArea(size);
  const share = Math.min(1, Math.max(0, (pixel - left) / width));
  return x.from + share * (x.to - x.from);
}
