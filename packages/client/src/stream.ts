import type { Frame } from "@tailbone/protocol/frame";

/** A frame as it is pushed, with the leg of the run that it is of. */
export interface LiveFrame extends Frame {
  readonly leg: number;
}

/**
 * A viewer's place in a run's stream of frames, as a pure reducer: state × event → state and what to do.
 *
 *            followed                         gap, lost
 *   away ───────────────▶ following ───────────────────▶ away
 *
 * Invariants: the frames held are `start` (inclusive) to `end` (exclusive) without a hole; what is handed on as fresh
 * is each frame once, in the stream's order; whenever frames are left out, `reload` says so.
 */
export interface Stream {
  readonly phase: "away" | "following";
  /** Frames that are held for snapshots still under way. */
  readonly start: number;
  /** How many frames of the run this viewer has seen; null: it has not followed yet. */
  readonly end: number | null;
  readonly frames: readonly LiveFrame[];
}

export type StreamEvent =
  | { readonly type: "followed"; readonly offset: number; readonly resumed: boolean }
  | { readonly type: "delta"; readonly from: number; readonly to: number; readonly frames: readonly LiveFrame[] }
  | { readonly type: "reset"; readonly offset: number }
  | { readonly type: "lost" }
  /** A snapshot came before the stream was followed for the first time: the stream goes on where the snapshot ends. */
  | { readonly type: "primed"; readonly offset: number }
  /** Nobody needs the frames below this offset any more. */
  | { readonly type: "released"; readonly below: number };

export interface StreamStep {
  readonly stream: Stream;
  /** Frames that are new by this event. */
  readonly fresh: readonly LiveFrame[];
  /** `follow`: frames were missed, follow anew from `end`. `reload`: read every snapshot anew. */
  readonly todo: "nothing" | "follow" | "reload";
}

export const emptyStream: Stream = { phase: "away", start: 0, end: null, frames: [] };

const still = (stream: Stream): StreamStep => ({ stream, fresh: [], todo: "nothing" });

/** Goes on at `offset`, with a hole before it. */
const jump = (offset: number): StreamStep => ({
  stream: { phase: "following", start: offset, end: offset, frames: [] },
  fresh: [],
  todo: "reload",
});

const lose = (stream: Stream): StreamStep => still({ ...stream, phase: "away" });

type Reducers = {
  [P in Stream["phase"]]: {
    [T in StreamEvent["type"]]: (stream: Stream, event: Extract<StreamEvent, { type: T }>) => StreamStep;
  };
};

function follow(stream: Stream, { offset, resumed }: Extract<StreamEvent, { type: "followed" }>): StreamStep {
  const isWhole = stream.end !== null && resumed;
  return isWhole ? still({ ...stream, phase: "following" }) : jump(offset);
}

function append(stream: Stream, { from, to, frames }: Extract<StreamEvent, { type: "delta" }>): StreamStep {
  const end = stream.end ?? 0;
  if (from > end || frames.length !== to - from) return { ...lose(stream), todo: "follow" };
  if (to <= end) return still(stream);
  const fresh = frames.slice(end - from);
  return { stream: { ...stream, end: to, frames: [...stream.frames, ...fresh] }, fresh, todo: "nothing" };
}

function release(stream: Stream, { below }: Extract<StreamEvent, { type: "released" }>): StreamStep {
  const count = Math.min(Math.max(0, below - stream.start), stream.frames.length);
  return count === 0
    ? still(stream)
    : still({ ...stream, start: stream.start + count, frames: stream.frames.slice(count) });
}

const prime = (stream: Stream, { offset }: Extract<StreamEvent, { type: "primed" }>): StreamStep =>
  still(stream.end === null ? { ...stream, start: offset, end: offset } : stream);

const reducers: Reducers = {
  away: { primed: prime, followed: follow, delta: still, reset: still, lost: still, released: release },
  following: {
    primed: still,
    followed: follow,
    delta: append,
    reset: (_, { offset }) => jump(offset),
    lost: lose,
    released: release,
  },
};

export function reduceStream(stream: Stream, event: StreamEvent): StreamStep {
  const at = reducers[stream.phase];
  switch (event.type) {
    case "primed":
      return at.primed(stream, event);
    case "followed":
      return at.followed(stream, event);
    case "delta":
      return at.delta(stream, event);
    case "reset":
      return at.reset(stream, event);
    case "lost":
      return at.lost(stream, event);
    case "released":
      return at.released(stream, event);
  }
}

/** The held frames from `offset` on; null when some of them are no longer (or not yet) here. */
export function framesSince(stream: Stream, offset: number): readonly LiveFrame[] | null {
  if (stream.end === null || offset < stream.start) return null;
  return stream.frames.slice(offset - stream.start);
}
