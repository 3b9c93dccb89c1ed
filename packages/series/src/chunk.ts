import {
  isSound,
  mergeSummaries,
  type Points,
  readSummary,
  SUMMARY_FLOATS,
  type Summary,
  summarise,
  writeSummary,
} from "./summary";

/** Points that a tile stands for. */
export const TILE_POINTS = 64;

/** A chunk with this many points or more is sealed: it is never merged with its neighbours again. */
export const SEALED_POINTS = 4096;

/**
 * A stored run of raw points of one series, in the order of their steps, then of their arrival.
 * `timeOrdered`: their times never fall, so that its tiles serve the time axis as well.
 */
export interface Chunk {
  readonly points: Points;
  readonly tiles: readonly Summary[];
  readonly summary: Summary;
  readonly timeOrdered: boolean;
}

/**
 * Makes chunks of points in any order; equal steps keep the order in which they are given. There must be at least one
 * point. It is one chunk, unless the points are enough for several sealed ones: then no chunk has twice SEALED_POINTS.
 */
export function makeChunks(arrived: Points): Chunk[] {
  const points = sortBySteps(arrived);
  const length = points.steps.length;
  const chunks = Math.max(1, Math.floor(length / SEALED_POINTS));
  if (chunks === 1) return [toChunk(points)];
  return Array.from({ length: chunks }, (_, index) =>
    toChunk(slicePoints(points, Math.floor((index * length) / chunks), Math.floor(((index + 1) * length) / chunks))),
  );
}

function toChunk(points: Points): Chunk {
  const tiles: Summary[] = [];
  for (let from = 0; from < points.steps.length; from += TILE_POINTS) {
    tiles.push(summarise(points, from, Math.min(points.steps.length, from + TILE_POINTS)));
  }
  return {
    points,
    tiles,
    summary: tiles.reduce((all, tile) => mergeSummaries(all, tile)),
    timeOrdered: isAscending(points.timesMs),
  };
}

/** Index of the first of points in the order of their steps that is not before `step`. */
export function indexOfStep(points: Points, step: number): number {
  let low = 0;
  let high = points.steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points.steps[middle] ?? step) < step) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Points `from` (inclusive) to `to` (exclusive), as views. */
export function slicePoints(points: Points, from: number, to: number): Points {
  return {
    steps: points.steps.subarray(from, to),
    timesMs: points.timesMs.subarray(from, to),
    values: points.values.subarray(from, to),
  };
}

/** All points of several parts, one part behind the other. */
export function joinPoints(parts: readonly Points[]): Points {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const length = parts.reduce((sum, part) => sum + part.steps.length, 0);
  const join = (column: (part: Points) => Float64Array): Float64Array => {
    const joined = new Float64Array(length);
    let offset = 0;
    for (const part of parts) {
      joined.set(column(part), offset);
      offset += part.steps.length;
    }
    return joined;
  };
  return {
    steps: join((part) => part.steps),
    timesMs: join((part) => part.timesMs),
    values: join((part) => part.values),
  };
}

/** The three columns one behind the other, as little-endian doubles. */
export function encodePoints(points: Points): Uint8Array {
  const length = points.steps.length;
  const floats = new Float64Array(3 * length);
  floats.set(points.steps, 0);
  floats.set(points.timesMs, length);
  floats.set(points.values, 2 * length);
  return new Uint8Array(floats.buffer);
}

/** A step, a time and a value. */
export const POINT_BYTES = 24;

/** Reads what `encodePoints` wrote of a chunk of so many points; null: it has not written this. */
export function decodePoints(bytes: Uint8Array, count: number): Points | null {
  if (bytes.byteLength !== count * POINT_BYTES) return null;
  const floats = toFloats(bytes);
  const points = {
    steps: floats.subarray(0, count),
    timesMs: floats.subarray(count, 2 * count),
    values: floats.subarray(2 * count),
  };
  return isInOrder(points) ? points : null;
}

/** Of a chunk: its steps are finite and never fall, its times are finite. */
function isInOrder({ steps, timesMs }: Points): boolean {
  let before = -Number.MAX_VALUE;
  for (let index = 0; index < steps.length; index++) {
    const step = steps[index] ?? Number.NaN;
    if (!(step >= before && step <= Number.MAX_VALUE && Number.isFinite(timesMs[index]))) return false;
    before = step;
  }
  return true;
}

/** Tiles as records of a fixed size; a single one is the chunk's summary, and takes no bytes. */
export function encodeTiles(tiles: readonly Summary[]): Uint8Array {
  if (tiles.length === 1) return new Uint8Array(0);
  const floats = new Float64Array(tiles.length * SUMMARY_FLOATS);
  for (const [index, tile] of tiles.entries()) writeSummary(tile, floats, index * SUMMARY_FLOATS);
  return new Uint8Array(floats.buffer);
}

/** Reads what `encodeTiles` wrote for a chunk with this summary; null: it has not written this. */
export function decodeTiles(bytes: Uint8Array, summary: Summary): Summary[] | null {
  const length = Math.ceil(summary.count / TILE_POINTS);
  if (bytes.byteLength !== (length === 1 ? 0 : length * SUMMARY_FLOATS * Float64Array.BYTES_PER_ELEMENT)) return null;
  if (length === 1) return [summary];
  const floats = toFloats(bytes);
  const tiles = Array.from({ length }, (_, index) => readSummary(floats, index * SUMMARY_FLOATS));
  const count = tiles.reduce((sum, tile) => sum + tile.count, 0);
  return count === summary.count && tiles.every(isSound) ? tiles : null;
}

/** A view where the alignment allows it, else a copy. */
function toFloats(bytes: Uint8Array): Float64Array {
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
  return new Float64Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 8);
}

function sortBySteps(points: Points): Points {
  if (isAscending(points.steps)) return points;
  // Array.prototype.sort is stable, so equal steps keep their order of arrival.
  const order = Array.from(points.steps.keys()).sort((a, b) => (points.steps[a] ?? 0) - (points.steps[b] ?? 0));
  const pick = (column: Float64Array): Float64Array => Float64Array.from(order, (index) => column[index] ?? Number.NaN);
  return { steps: pick(points.steps), timesMs: pick(points.timesMs), values: pick(points.values) };
}

function isAscending(column: Float64Array): boolean {
  for (let index = 1; index < column.length; index++) {
    if ((column[index] ?? 0) < (column[index - 1] ?? 0)) return false;
  }
  return true;
}
