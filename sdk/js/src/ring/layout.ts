/*
 * The ring: memory shared by the training's thread, which alone writes records, and the worker, which alone reads them.
 *
 *   control   Int32, one word for each entry of CONTROL
 *   slots     Float64, a power of two of them; positions count up for ever (wrapping as Int32) and are masked
 *
 *   record    [shape id, step, timeMs, value, value, …]        points of the series of a shape
 *             [SHAPE,  bytes, JSON of the names in bytes / 8 slots]   defines the next shape id
 *             [RECORD, bytes, JSON of a RunRecord in bytes / 8 slots]
 */
export const SHAPE = -1;
export const RECORD = -2;

export const CONTROL = {
  /** Position behind the last record; written by the training's thread. */
  head: 0,
  /** Position of the next record to read; written by the worker. */
  tail: 1,
  /** Points dropped since the worker last looked. */
  dropped: 2,
  /** All before this position is synced to disk. */
  durable: 3,
  /** All before this position is acknowledged by the hub. */
  delivered: 4,
  /** One of LINK: how the worker stands with the hub. */
  link: 5,
  /** One of PHASE: what the worker is asked to do. */
  phase: 6,
  /** Counts up, and wakes who waits on it, whenever durable, delivered, link or the frames below change. */
  tick: 7,
  /** Frames sealed and frames acknowledged, for the progress bar. */
  sealed: 8,
  acked: 9,
  /** 1 once `init` has returned: from then on the worker itself tells people what is wrong. */
  started: 10,
} as const;
const CONTROL_WORDS = 16;

export const LINK = {
  /** Not connected (yet, or for now). */
  away: 0,
  /** The hub has opened the writer. */
  open: 1,
  /** The hub has refused the writer for good, or there is no hub to be asked (offline). */
  closed: 2,
  /** The worker is gone. */
  dead: 3,
} as const;

export const PHASE = {
  running: 0,
  /** Deliver what there is, then end. */
  finishing: 1,
  /** End now; what is on disk stays there. */
  stopping: 2,
} as const;

/** 8 MiB: some 170 000 calls of log with three scalars. */
const DEFAULT_SLOTS = 1 << 20;

export interface RingMemory {
  readonly control: Int32Array;
  readonly slots: Float64Array;
  readonly bytes: Uint8Array;
}

/** Allocates a ring of `slots` slots, a power of two. */
export function allocateRing(slots = DEFAULT_SLOTS): SharedArrayBuffer {
  return new SharedArrayBuffer(CONTROL_WORDS * 4 + slots * 8);
}

/** The parts of a ring's memory. */
export function mapRing(shared: SharedArrayBuffer): RingMemory {
  return {
    control: new Int32Array(shared, 0, CONTROL_WORDS),
    slots: new Float64Array(shared, CONTROL_WORDS * 4),
    bytes: new Uint8Array(shared, CONTROL_WORDS * 4),
  };
}
