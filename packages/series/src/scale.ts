import type { Axis, Scale } from "@tailbone/protocol/http";

/** How x is laid out: the axis, evenly or in powers, and the x from which powers are counted. */
export interface XScale {
  readonly axis: Axis;
  readonly scale: Scale;
  readonly origin: number;
}

/** On a logarithmic scale x is nearly linear nearer to the origin than this: a step, or a second. */
const LINEAR_WITHIN: Record<Axis, number> = { step: 1, time: 1000 };

/**
 * Where x lies: a coordinate in which what is drawn is even. On a logarithmic scale sign(d) log2(1 + |d| / unit) with d
 * = x − origin, so that the origin has a place and what lies before it is its mirror image: nothing is left out.
 */
export function placeOf(x: number, { axis, scale, origin }: XScale): number {
  if (scale === "linear") return x;
  const distance = x - origin;
  const place = Math.log1p(Math.abs(distance) / LINEAR_WITHIN[axis]) / Math.LN2;
  return distance < 0 ? -place : place;
}

/** The x at a place: undoes `placeOf`. */
export function xAt(place: number, { axis, scale, origin }: XScale): number {
  if (scale === "linear") return place;
  const distance = Math.expm1(Math.abs(place) * Math.LN2) * LINEAR_WITHIN[axis];
  return origin + (place < 0 ? -distance : distance);
}

/**
 * The width of buckets from place `low` to place `high`: the smallest power of two that needs no more than `most`, thus
 * more than half as many. Buckets begin at multiples of their width, so that narrower ones lie within wider ones: what
 * was gathered while the range was smaller is merged, never divided, and is what it would be had all been gathered at
 * once.
 */
export function bucketWidth(low: number, high: number, most: number): number {
  if (most < 2 || !(low < high)) return Number.POSITIVE_INFINITY;
  // Halves, because the distance of two doubles may be too large for a double.
  let power = Math.floor(Math.log2(high / 2 - low / 2) + 1 - Math.log2(most));
  while (cellOf(high, 2 ** power) - cellOf(low, 2 ** power) >= most) power++;
  return 2 ** power;
}

/** The number of the bucket in which a place lies; with an infinite width there is one. */
export function cellOf(place: number, width: number): number {
  return width === Number.POSITIVE_INFINITY ? 0 : Math.floor(place / width);
}
