import { backoffMs } from "@tailbone/base/backoff";
import { type ErrorCode, RETRYABLE, type TailboneError } from "@tailbone/protocol/errors";
import {
  type DeliveryEvent,
  type DeliveryState,
  type DeliveryTodo,
  type EventType,
  type Phase,
  WINDOW_BYTES,
  wantedNext,
} from "./delivery-state";

// Longer than other files: the table of phases and events is complete, and is read in one piece with what it does.

/** When an event happens, by a monotonic clock, and a number from 0 to 1 by which pauses are spread. */
export interface Moment {
  readonly nowMs: number;
  readonly random: number;
}

export interface DeliveryStep {
  readonly state: DeliveryState;
  readonly todos: readonly DeliveryTodo[];
}

const PAUSE = { firstMs: 200, lastMs: 10_000 };
/** A frame that trips the hub so many times is set aside. */
const TRIPS = 5;
/** Refusals of one frame: it will never be stored, others can be. */
const FRAME_REFUSALS: ReadonlySet<ErrorCode> = new Set(["frame_malformed", "too_large", "bad_request"]);

const step = (state: DeliveryState, ...todos: DeliveryTodo[]): DeliveryStep => ({ state, todos });
const still = (state: DeliveryState): DeliveryStep => step(state);

const tellAway = (reason: string, refusal?: TailboneError): DeliveryTodo => ({ type: "tellAway", reason, refusal });

/** Into another phase, in which all that is not acknowledged has to be sent again. */
const turnTo = (phase: Phase, state: DeliveryState, untilMs: number | null = null): DeliveryState => ({
  ...state,
  phase,
  untilMs,
  turn: state.turn + 1,
  inFlight: [],
});

/** Into a phase that pauses: longer with each failure in a row, and not shorter than the hub says. */
function pause(phase: Phase, state: DeliveryState, { nowMs, random }: Moment, atLeastMs = 0): DeliveryState {
  const pauseMs = Math.max(backoffMs(PAUSE, state.failures, random), atLeastMs * (1 + random / 4));
  const notBeforeMs = Math.max(state.notBeforeMs, atLeastMs > 0 ? nowMs + atLeastMs : Number.NEGATIVE_INFINITY);
  const untilMs = Math.max(nowMs + pauseMs, notBeforeMs);
  return turnTo(phase, { ...state, failures: state.failures + 1, notBeforeMs }, untilMs);
}

/** A timer may be early by a part of a millisecond. */
const isDue = ({ untilMs }: DeliveryState, { nowMs }: Moment): boolean => untilMs !== null && nowMs >= untilMs;

function connect(state: DeliveryState, _: unknown, moment: Moment): DeliveryStep {
  return isDue(state, moment) ? step({ ...state, untilMs: null }, { type: "connect" }) : still(state);
}

function askAnew(state: DeliveryState, event: unknown, moment: Moment): DeliveryStep {
  return isDue(state, moment) ? ask(state, event, moment) : still(state);
}

function goOn(state: DeliveryState, _: unknown, moment: Moment): DeliveryStep {
  return isDue(state, moment) ? still({ ...state, phase: "open", untilMs: null }) : still(state);
}

/** A hub that has said when to come back is asked then, however soon there is a connection again. */
function ask(state: DeliveryState, _: unknown, { nowMs }: Moment): DeliveryStep {
  const { notBeforeMs, turn, epoch, acked } = state;
  if (nowMs < notBeforeMs) return still({ ...state, phase: "waiting", untilMs: notBeforeMs });
  return step({ ...state, phase: "opening", untilMs: null }, { type: "open", turn, epoch, acked });
}

function close(state: DeliveryState, error: TailboneError): DeliveryStep {
  return step(turnTo("closed", state), { type: "disconnect" }, { type: "tellClosed", error });
}

const stop = (state: DeliveryState): DeliveryStep => step(turnTo("closed", state), { type: "disconnect" });

function lose(state: DeliveryState, event: DeliveryEvent<"disconnected">, moment: Moment): DeliveryStep {
  const away = event.comesBack ? turnTo("away", state) : pause("away", state, moment);
  return step(away, tellAway(`the connection ended (${event.reason})`));
}

function miss(state: DeliveryState, { error, comesBack }: DeliveryEvent<"unreached">, moment: Moment): DeliveryStep {
  // A hub of another version is upgraded one day, and then takes what has waited.
  if (error !== null && !RETRYABLE[error.code] && error.code !== "version_mismatch") return close(state, error);
  // The transport's own words ("xhr poll error") help nobody.
  const told = tellAway(error?.message ?? "nothing answers there", error ?? undefined);
  const isLed = comesBack || state.untilMs !== null;
  return step(isLed ? state : pause("away", state, moment, error?.retryAfterMs), told);
}

/** A hub that says nothing may have forgotten this connection: another one is made. */
function giveUp(state: DeliveryState, { turn }: DeliveryEvent<"unanswered">, moment: Moment): DeliveryStep {
  if (turn !== state.turn) return still(state);
  return step(pause("away", state, moment), tellAway("the hub did not answer"), { type: "disconnect" });
}

function ack(state: DeliveryState, next: number): DeliveryStep {
  if (next <= state.acked) return still(state);
  const through = state.inFlight.findLast(({ sequence }) => sequence < next)?.through ?? null;
  const acked = {
    ...state,
    acked: next,
    ackedThrough: through,
    inFlight: state.inFlight.filter(({ sequence }) => sequence >= next),
    substitutes: new Map([...state.substitutes].filter(([sequence]) => sequence >= next)),
    tripping: state.tripping !== null && state.tripping.sequence < next ? null : state.tripping,
  };
  return step(acked, { type: "trim", next }, { type: "tellAcked", next });
}

function begin(state: DeliveryState, { turn, opened }: DeliveryEvent<"opened">): DeliveryStep {
  if (turn !== state.turn) return still(state);
  const { next, epoch, pointsThrough } = opened;
  // Less than it was: the database was restored.
  const isRestored = next < state.acked;
  const acked = isRestored ? step({ ...state, acked: next, tripping: null }, { type: "trim", next }) : ack(state, next);
  const begun = turnTo("open", { ...acked.state, epoch, ackedThrough: pointsThrough });
  return step(begun, { type: "tellOpened", opened }, ...acked.todos);
}

function refuseToOpen(state: DeliveryState, event: DeliveryEvent<"notOpened">, moment: Moment): DeliveryStep {
  const { turn, error } = event;
  if (turn !== state.turn) return still(state);
  return RETRYABLE[error.code] ? openLater(state, error, moment) : close(state, error);
}

function openLater(state: DeliveryState, error: TailboneError, moment: Moment): DeliveryStep {
  return step(pause("waiting", state, moment, error.retryAfterMs), tellAway(error.message, error));
}

function hear(state: DeliveryState, { turn, epoch, next }: DeliveryEvent<"acked">): DeliveryStep {
  if (turn !== state.turn && epoch !== state.epoch) return still(state);
  return ack({ ...state, epoch, failures: 0 }, next);
}

function refuse(
  state: DeliveryState,
  { turn, sequence, error }: DeliveryEvent<"refused">,
  moment: Moment,
): DeliveryStep {
  if (turn !== state.turn) return still(state);
  const { code, expected, retryAfterMs } = error;
  if (code === "not_found" || (code === "sequence_gap" && expected !== undefined && expected < state.acked)) {
    // The hub has not what it has acknowledged: how far it is, and what is missing, is found out by opening anew.
    return openLater(state, error, moment);
  }
  if (code === "sequence_gap" && expected !== undefined) {
    // What came before was lost on its way.
    const acked = ack(state, expected);
    return step(pause("held", acked.state, moment, retryAfterMs), ...acked.todos);
  }
  const tripped = code === "internal" ? trip(state, sequence) : state;
  const isHopeless = FRAME_REFUSALS.has(code) || (code === "internal" && (tripped.tripping?.times ?? 0) >= TRIPS);
  // The frame will never be stored as it is; the ones behind it shall not wait for it.
  if (isHopeless && !state.substitutes.has(sequence)) {
    return step(turnTo("open", tripped), { type: "setAside", sequence, error });
  }
  return RETRYABLE[code] ? hold(tripped, error, moment) : close(state, error);
}

function hold(state: DeliveryState, error: TailboneError, moment: Moment): DeliveryStep {
  return step(pause("held", state, moment, error.retryAfterMs), { type: "tellDelayed", error });
}

/** Counts how often a frame has tripped the hub. */
function trip(state: DeliveryState, sequence: number): DeliveryState {
  const before = state.tripping?.sequence === sequence ? state.tripping.times : 0;
  return { ...state, tripping: { sequence, times: before + 1 } };
}

function send(state: DeliveryState, { sequence, end, frame, through }: DeliveryEvent<"offered">): DeliveryStep {
  const bytes = frame.byteLength;
  const onItsWay = state.inFlight.reduce((sum, sent) => sum + sent.bytes, 0);
  const fits = onItsWay === 0 || onItsWay + bytes <= WINDOW_BYTES;
  if (sequence !== wantedNext(state) || !fits) return still(state);
  const inFlight = [...state.inFlight, { sequence, end, bytes, through }];
  return step({ ...state, inFlight }, { type: "send", turn: state.turn, sequence, frame });
}

function replace(state: DeliveryState, { sequence, frame }: DeliveryEvent<"replaced">): DeliveryStep {
  if (sequence < state.acked) return still(state);
  return still({ ...state, substitutes: new Map(state.substitutes).set(sequence, frame) });
}

/** Without a connection, and without one that comes back by itself. */
function rest(state: DeliveryState, { comesBack }: DeliveryEvent<"disconnected">, moment: Moment): DeliveryStep {
  return still(comesBack || state.untilMs !== null ? state : pause("away", state, moment));
}

/** What is already on its way may still be acknowledged, then nothing more follows. */
function endAt(state: DeliveryState, { error }: DeliveryEvent<"unreadable">): DeliveryStep {
  return state.inFlight.length > 0 ? still(state) : close(state, error);
}

type Reducers = {
  [P in Phase]: { [T in EventType]: (state: DeliveryState, event: DeliveryEvent<T>, moment: Moment) => DeliveryStep };
};

const reducers: Reducers = {
  away: {
    connected: ask,
    disconnected: rest,
    unreached: miss,
    opened: still,
    notOpened: still,
    acked: hear,
    refused: still,
    unanswered: still,
    due: connect,
    offered: still,
    replaced: replace,
    unsaved: still,
    unreadable: still,
    stopped: stop,
  },
  waiting: {
    connected: still,
    disconnected: lose,
    unreached: still,
    opened: still,
    notOpened: still,
    acked: hear,
    refused: still,
    unanswered: still,
    due: askAnew,
    offered: still,
    replaced: replace,
    unsaved: still,
    unreadable: still,
    stopped: stop,
  },
  opening: {
    connected: still,
    disconnected: lose,
    unreached: still,
    opened: begin,
    notOpened: refuseToOpen,
    acked: hear,
    refused: still,
    unanswered: giveUp,
    due: still,
    offered: still,
    replaced: replace,
    unsaved: still,
    unreadable: still,
    stopped: stop,
  },
  open: {
    connected: still,
    disconnected: lose,
    unreached: still,
    opened: still,
    notOpened: still,
    acked: hear,
    refused: refuse,
    unanswered: giveUp,
    due: still,
    offered: send,
    replaced: replace,
    unsaved: (state, { error }, moment) => hold(state, error, moment),
    unreadable: endAt,
    stopped: stop,
  },
  held: {
    connected: still,
    disconnected: lose,
    unreached: still,
    opened: still,
    notOpened: still,
    acked: hear,
    refused: still,
    unanswered: still,
    due: goOn,
    offered: still,
    replaced: replace,
    unsaved: still,
    unreadable: still,
    stopped: stop,
  },
  closed: {
    connected: still,
    disconnected: still,
    unreached: still,
    opened: still,
    notOpened: still,
    acked: still,
    refused: still,
    unanswered: still,
    due: still,
    offered: still,
    replaced: still,
    unsaved: still,
    unreadable: still,
    stopped: still,
  },
};

/**
 * What an event makes of a delivery, and what is to be done about it. SPEC.md has the phases, the table and the
 * invariants.
 */
export function reduceDelivery<T extends EventType>(
  state: DeliveryState,
  event: DeliveryEvent<T>,
  moment: Moment,
): DeliveryStep {
  return reducers[state.phase][event.type](state, event, moment);
}
