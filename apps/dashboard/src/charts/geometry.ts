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

/** Pixel of a place on the x axis, from the chart's left. */
export function pixelOfX(place: number, x: Span, size: Size): number {
  const { left, width } = plotArea(size);
  return left + ((place - x.from) / (x.to - x.from)) * width;
}

/** Pixel of a place on the y axis, from the chart's top. */
export function pixelOfY(place: number, y: Span, size: Size): number {
  const { top, height } = plotArea(size);
  return top + (1 - (place - y.from) / (y.to - y.from)) * height;
}

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
