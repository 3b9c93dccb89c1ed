import { type ErrorCode, TailboneError } from "@tailbone/protocol/errors";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type DeliveryEvent,
  type DeliveryState,
  newDelivery,
  WINDOW_BYTES,
  WINDOW_FRAMES,
  wantedNext,
} from "./delivery-state";
import { type DeliveryStep, reduceDelivery } from "./reduce-delivery";

const bytes = new Uint8Array(WINDOW_BYTES);
const EPOCHS = ["before", "after"] as const;

const small = fc.nat(80);
const codes: ErrorCode[] = ["rate_limited", "internal", "sequence_gap", "not_found", "frame_malformed", "gone"];
const error = fc
  .record({
    code: fc.constantFrom(...codes),
    expected: fc.option(small, { nil: undefined }),
    retryAfterMs: fc.option(small, { nil: undefined }),
  })
  .map(({ code, ...more }) => new TailboneError(code, "No.", "Yes.", more));
/** An event before it is known in which turn the delivery is, and what it waits for. */
type Draw = (state: DeliveryState) => DeliveryEvent;

/** Any event, the impossible ones too; mostly of this turn, and mostly the frame that is wanted. */
const draws: fc.Arbitrary<Draw> = fc
  .record({
    back: fc.constantFrom(0, 0, 0, 1),
    epoch: fc.constantFrom(...EPOCHS),
    next: small,
    size: fc.constantFrom(1, 1, 1, WINDOW_BYTES / 4, WINDOW_BYTES),
    comesBack: fc.boolean(),
    error,
    which: fc.nat(17),
  })
  .map(({ back, epoch, next, size, comesBack, error, which }) => (state) => {
    const turn = state.turn - back;
    const opened = { epoch, next, pointsThrough: null, run: "r", name: "n", project: "p", lastStep: null, path: "/" };
    const sequence = wantedNext(state) ?? next;
    const offered = { sequence, end: sequence + 1, frame: bytes.subarray(0, size), through: null };
    const events: DeliveryEvent[] = [
      { type: "connected" },
      { type: "disconnected", reason: "a test", comesBack },
      { type: "unreached", error: comesBack ? null : error, comesBack },
      { type: "opened", turn, opened },
      { type: "opened", turn, opened },
      { type: "notOpened", turn, error },
      { type: "acked", turn, epoch, next },
      { type: "refused", turn, sequence: state.inFlight[0]?.sequence ?? next, error },
      { type: "unanswered", turn },
      { type: "due" },
      { type: "replaced", sequence, frame: bytes },
      { type: "unsaved", error },
      { type: "unreadable", error },
      { type: "stopped" },
    ];
    return events[which] ?? { type: "offered", ...offered };
  });

const ofError = (code: ErrorCode, more = {}): TailboneError => new TailboneError(code, "No.", "Yes.", more);

/** Sees to events, one each 100 ms, and looks at each step. */
function run(events: Iterable<Draw>, look: (step: DeliveryStep, before: DeliveryState, event: DeliveryEvent) => void) {
  let state = newDelivery(0);
  let nowMs = 0;
  for (const draw of events) {
    nowMs += 100;
    const event = draw(state);
    const step = reduceDelivery(state, event, { nowMs, random: 0.5 });
    look(step, state, event);
    state = step.state;
  }
  return state;
}

const anyRun = fc.array(draws, { maxLength: 200, size: "max" });
const holds = (look: Parameters<typeof run>[1]): void =>
  fc.assert(fc.property(anyRun, (events) => void run(events, look)));

describe("any event in any phase, also where it cannot be", () => {
  test("in order, bounded: what is on its way has no hole, and fits the window", () =>
    holds(({ state, todos }, before) => {
      let next = state.acked;
      let size = 0;
      for (const sent of state.inFlight) {
        if (sent !== state.inFlight[0]) expect(sent.sequence).toBe(next);
        else expect(sent.sequence).toBeGreaterThanOrEqual(next);
        next = sent.end;
        size += sent.bytes;
      }
      expect(state.inFlight.length).toBeLessThanOrEqual(WINDOW_FRAMES);
      expect(size).toBeLessThanOrEqual(WINDOW_BYTES);
      const isSent = todos.some(({ type }) => type === "send");
      if (isSent && before.tripping !== null) expect(state.inFlight.length).toBe(1);
    }));

  test("acked is over: only a hub that opens the writer says that it has less, and what is done is not sent", () =>
    holds(({ state, todos }, before, event) => {
      if (state.acked < before.acked) expect(event.type).toBe("opened");
      for (const todo of todos) if (todo.type === "send") expect(todo.sequence).toBeGreaterThanOrEqual(state.acked);
      for (const sequence of state.substitutes.keys()) expect(sequence).toBeGreaterThanOrEqual(state.acked);
    }));

  test("no stall: who pauses knows until when, and whoever else is without an answer has asked", () =>
    holds(({ state, todos }, before) => {
      const { phase, untilMs } = state;
      expect(untilMs !== null).toBe(phase === "waiting" || phase === "held" || (phase === "away" && untilMs !== null));
      if (phase === "opening" && before.phase !== "opening") expect(todos.map(({ type }) => type)).toContain("open");
      const isLeft = phase === "away" && before.phase === "away" && before.untilMs !== null && untilMs === null;
      if (isLeft) expect(todos.map(({ type }) => type)).toContain("connect");
    }));

  test("closed is closed, and said once, unless it was asked for", () => {
    holds(({ state, todos }, before, { type }) => {
      if (before.phase === "closed") expect([state, todos]).toEqual([before, []]);
      const isToldOf = state.phase === "closed" && before.phase !== "closed" && type !== "stopped";
      expect(todos.some((todo) => todo.type === "tellClosed")).toBe(isToldOf);
    });
  });
});

test("a pause grows with the failures in a row, and is as long as the hub says; an acknowledgement ends the row", () => {
  const opened = {
    epoch: "e",
    next: 0,
    pointsThrough: null,
    run: "r",
    name: "n",
    project: "p",
    lastStep: null,
    path: "/",
  };
  let state = newDelivery(0);
  let nowMs = 0;
  const happen = (event: DeliveryEvent): void => {
    state = reduceDelivery(state, event, { nowMs, random: 0.5 }).state;
  };
  const fail = (more = {}): number => {
    happen({ type: "refused", turn: state.turn, sequence: 0, error: ofError("unavailable", more) });
    const pauseMs = (state.untilMs ?? Number.NaN) - nowMs;
    nowMs = state.untilMs ?? Number.NaN;
    happen({ type: "due" });
    return pauseMs;
  };
  happen({ type: "connected" });
  happen({ type: "opened", turn: state.turn, opened });
  expect([fail(), fail(), fail({ retryAfterMs: 8000 }), fail()]).toEqual([200, 400, 9000, 1600]);
  happen({ type: "acked", turn: state.turn, epoch: "e", next: 1 });
  expect(fail()).toBe(200);
});
