import type { TailboneError } from "@tailbone/protocol/errors";
import type { OpenedWriter } from "@tailbone/protocol/run";

/** What is on its way and not acknowledged yet, at most. */
export const WINDOW_FRAMES = 64;
/** One frame alone may be larger. */
export const WINDOW_BYTES = 8 * 1024 * 1024;

/**
 * `away`: no connection; the link makes one by itself, or is told to at `untilMs`. `waiting`: connected, until it asks
 * anew for its writer to be opened. `opening`: it has asked. `open`: frames go. `held`: open, but none goes until
 * `untilMs`. `closed`: it is over.
 */
export type Phase = "away" | "waiting" | "opening" | "open" | "held" | "closed";

/** A frame on its way. */
interface Sent {
  readonly sequence: number;
  /** The sequence that follows on it. */
  readonly end: number;
  readonly bytes: number;
  /** Points of all frames up to it; null: not known. */
  readonly through: number | null;
}

/** Where one writer's delivery stands. Times are those of a monotonic clock. */
export interface DeliveryState {
  readonly phase: Phase;
  /** When it goes on by itself; null: something else leads on. */
  readonly untilMs: number | null;
  /** The hub has said not to come back before. */
  readonly notBeforeMs: number;
  /** Failures in a row. */
  readonly failures: number;
  /** Of the hub's database, by its last answer. */
  readonly epoch: string | null;
  /** All below is committed. */
  readonly acked: number;
  /** Points of all that is committed; null: not known. */
  readonly ackedThrough: number | null;
  /** In order, without a hole. */
  readonly inFlight: readonly Sent[];
  /** Counts what was asked in vain: answers to an earlier turn are not listened to, but for acknowledgements. */
  readonly turn: number;
  /** What is sent instead of what the hub refuses, or of what is gone, by its sequence. */
  readonly substitutes: ReadonlyMap<number, Uint8Array>;
  /** The frame that trips the hub, and how often it did; until it is through, frames go one by one. */
  readonly tripping: { readonly sequence: number; readonly times: number } | null;
}

/** `turn`: the state's when that was asked which is answered. `comesBack`: the link connects anew by itself. */
interface Events {
  readonly connected: object;
  readonly disconnected: { readonly reason: string; readonly comesBack: boolean };
  /** No connection could be made; `error`: the hub itself has refused it. */
  readonly unreached: { readonly error: TailboneError | null; readonly comesBack: boolean };
  readonly opened: { readonly turn: number; readonly opened: OpenedWriter };
  readonly notOpened: { readonly turn: number; readonly error: TailboneError };
  readonly acked: { readonly turn: number; readonly epoch: string; readonly next: number };
  readonly refused: { readonly turn: number; readonly sequence: number; readonly error: TailboneError };
  /** No answer came in its time. */
  readonly unanswered: { readonly turn: number };
  /** `untilMs` has come. */
  readonly due: object;
  /** The frame that may be sent next. */
  readonly offered: { readonly frame: Uint8Array } & Omit<Sent, "bytes">;
  /** This frame is to be sent in the place of what has that sequence. */
  readonly replaced: { readonly sequence: number; readonly frame: Uint8Array };
  /** What the hub refuses could not be put aside for now. */
  readonly unsaved: { readonly error: TailboneError };
  /** The frame that may be sent next cannot be read. */
  readonly unreadable: { readonly error: TailboneError };
  readonly stopped: object;
}

export type EventType = keyof Events;
export type DeliveryEvent<T extends EventType = EventType> = { [K in T]: { readonly type: K } & Events[K] }[T];

interface Todos {
  readonly connect: object;
  readonly disconnect: object;
  /** `acked`: all below was committed, by what is known here. */
  readonly open: { readonly turn: number; readonly epoch: string | null; readonly acked: number };
  readonly send: { readonly turn: number; readonly sequence: number; readonly frame: Uint8Array };
  /** All below `next` is committed, and need not be kept. */
  readonly trim: { readonly next: number };
  /** Put the frame aside, and make one in its place: `replaced` or `unsaved` follows. */
  readonly setAside: { readonly sequence: number; readonly error: TailboneError };
  readonly tellOpened: { readonly opened: OpenedWriter };
  readonly tellAcked: { readonly next: number };
  readonly tellAway: { readonly reason: string; readonly refusal: TailboneError | undefined };
  readonly tellDelayed: { readonly error: TailboneError };
  readonly tellClosed: { readonly error: TailboneError };
}

export type TodoType = keyof Todos;
/** What is to be done about an event, in order. `tell…`: whoever delivers is told. */
export type DeliveryTodo<T extends TodoType = TodoType> = { [K in T]: { readonly type: K } & Todos[K] }[T];

/** Before a connection is made. What the source has let go was acknowledged, to this process or to an earlier one. */
export const newDelivery = (first: number): DeliveryState => ({
  phase: "away",
  untilMs: null,
  notBeforeMs: Number.NEGATIVE_INFINITY,
  failures: 0,
  epoch: null,
  acked: first,
  ackedThrough: null,
  inFlight: [],
  turn: 0,
  substitutes: new Map(),
  tripping: null,
});

const nextOf = ({ acked, inFlight }: DeliveryState): number => inFlight.at(-1)?.end ?? acked;

/** The sequence that may be sent now; null: none may. */
export function wantedNext(state: DeliveryState): number | null {
  const window = state.tripping === null ? WINDOW_FRAMES : 1;
  return state.phase === "open" && state.inFlight.length < window ? nextOf(state) : null;
}

/** Points of all frames before the next one; null: not known. */
export function pointsBefore({ inFlight, ackedThrough }: DeliveryState): number | null {
  const last = inFlight.at(-1);
  return last === undefined ? ackedThrough : last.through;
}
