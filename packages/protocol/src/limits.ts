/**
 * Bounds that a peer checks before it decodes or allocates anything. Bytes are bytes of UTF-8 unless said otherwise.
 */
export const LIMITS = {
  /** One frame, encoded. */
  frameBytes: 4 * 1024 * 1024,
  /** The JSON part of a frame (records). */
  frameRecordsBytes: 1024 * 1024,
  /** Values of all series of a frame together. */
  frameValues: 250_000,
  /** Groups (sets of series that were logged together) in a frame. */
  frameGroups: 4096,
  /** Records in a frame. */
  frameRecords: 10_000,
  /** A series' name. */
  seriesNameBytes: 512,
  /** Series that one run may hold. */
  seriesPerRun: 10_000,
  /** Features of one run. */
  featuresPerRun: 256,
  /** Features whose lives a run carries in lists. */
  lifeStrips: 8,
  /** A run's or a project's name. */
  nameBytes: 256,
  /** One tag. */
  tagBytes: 128,
  /** Tags of a run. */
  tags: 64,
  /** A run's whole config, as JSON. */
  configBytes: 256 * 1024,
  /** One line of captured console output; longer ones are cut by the SDK, and marked. */
  consoleTextBytes: 16 * 1024,
  /** Levels of arrays and objects in a JSON value, such as one of a config. */
  jsonDepth: 100,
  /** The farthest time from 1970, either way, that a date can be: milliseconds. */
  timeMs: 8.64e15,
  /** Points that one record says were dropped. */
  droppedPoints: 1e12,
  /** Frames that come in one request, and all their bytes. */
  framesPerRequest: 256,
  framesBytes: 8 * 1024 * 1024,
  /** Points and records that come as plain JSON in one request. */
  logEntries: 20_000,
  /** Body of a JSON request to the HTTP API. */
  httpBodyBytes: 1024 * 1024,
  /** Buckets of one points query. */
  buckets: 4000,
  /** Series of one points query. */
  querySeries: 100,
  /** Panels that a project keeps, besides those of single series. */
  panels: 500,
  /** Series that one panel names. */
  panelSeries: 100,
  /** The saved state of one page of a project, as JSON. */
  pageStateBytes: 512 * 1024,
  /** Points of one page of raw points. */
  rawPage: 50_000,
} as const;

const utf8 = new TextEncoder();

/** Length of `text` in bytes of UTF-8. */
export function utf8Length(text: string): number {
  return utf8.encode(text).byteLength;
}
