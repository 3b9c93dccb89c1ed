import type { ErrorCode } from "@tailbone/protocol/errors";
import { TailboneError } from "@tailbone/protocol/errors";
import { decodeFrame, encodeFrame, type Frame, sequenceBehind } from "@tailbone/protocol/frame";
import type { OpenWriter } from "@tailbone/protocol/run";
import { v7 as uuidv7 } from "uuid";
import { expect, vi } from "vitest";
import { Delivery } from "./delivery";
import { type DeliveryEvent, WINDOW_FRAMES } from "./delivery-state";
import type { FrameSource } from "./frame-source";
import type { Link, LinkOptions } from "./link";

type Asked =
  | { readonly type: "open"; readonly turn: number; readonly request: OpenWriter }
  | { readonly type: "append"; readonly turn: number; readonly sequence: number; readonly frame: Uint8Array };

/*
 * Longer than other files: one world of a hub, its network and its disk, that schedules of events are played against.
 */

/** Frame `n` holds so many points, so that what is missing can be told by its count. */
const pointsOf = (sequence: number): number => 1 + (sequence % 3);
const pointsThrough = (sequence: number): number =>
  6 * Math.floor((sequence + 1) / 3) + ([0, 1, 3][(sequence + 1) % 3] ?? 0);

function makeFrame(sequence: number): Uint8Array {
  const column = new Float64Array(pointsOf(sequence)).fill(sequence);
  const groups = [{ names: ["n"], steps: column, timesMs: column, values: [column] }];
  return encodeFrame({ sequence, sealedAtMs: 1, groups, records: [], pointsThrough: pointsThrough(sequence) });
}

const request: OpenWriter = {
  run: uuidv7(),
  writer: uuidv7(),
  project: "model",
  mode: "create",
  config: {},
  tags: [],
  startedAtMs: 1,
};

/**
 * A delivery, its source, a hub and the way between them, all in one place and in simulated time (the timers are
 * faked): whatever may happen is a method, and each invariant of SPEC.md is held at once when it is broken.
 */
export class HubWorld implements FrameSource {
  readonly delivery: Delivery;
  closed: TailboneError | null = null;
  /** What the source has: from `first` up to `end`. */
  first = 0;
  end = 0;
  diskIsFull = false;
  /** What the hub says to all that is asked. */
  verdict: TailboneError | null = null;
  /** Frames on which the hub fails each time. */
  readonly poison = new Set<number>();
  readonly aside = new Set<number>();
  wayIs: "down" | "connecting" | "up" = "down";
  readonly asked: Asked[] = [];
  /** Asked, and never answered. */
  readonly unheard: Asked[] = [];
  /** What is answered, and the answers, which are on their way. */
  readonly answers: { readonly to: Asked; readonly event: DeliveryEvent }[] = [];
  committed: Frame[] = [];
  #isKnown = false;
  #epoch = uuidv7();
  #trimmed = 0;
  /** What the hub has said to be committed, in the epoch in which it has opened the writer. */
  #said = { epoch: "", next: 0 };
  /** Where it has last opened the writer, if it knew how many points it had. */
  #countedAt: number | null = null;
  #isToThePoint = true;
  #notBeforeMs = 0;
  #turn = { number: -1, next: 0, isOver: false };
  #tell: (event: DeliveryEvent) => void = () => {};

  constructor() {
    this.delivery = new Delivery({
      url: "http://hub",
      findKey: () => undefined,
      request,
      source: this,
      openLink: (options) => this.#openLink(options),
      events: {
        onOpened: () => {},
        onAcked: () => {},
        onAway: () => {},
        onRefused: () => {},
        onClosed: (error) => {
          this.closed = error;
        },
        onMissing: ({ sequence, points, pointsThrough }) => {
          this.#isToThePoint &&= points !== null;
          const canCount = sequence === this.#countedAt && pointsThrough !== undefined;
          if (canCount) expect(points, "missing to the point").not.toBeNull();
        },
      },
    });
    this.delivery.start();
  }

  // --- the source ---

  read(sequence: number): Uint8Array | null {
    return sequence < this.first ? null : makeFrame(sequence);
  }

  trim(next: number): void {
    expect(next, "kept").toBeLessThanOrEqual(this.#said.next);
    this.#trimmed = next;
  }

  setAside(sequence: number): string {
    if (this.diskIsFull) throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
    this.aside.add(sequence);
    return `refused/${sequence}`;
  }

  seal(count: number): void {
    this.end += count;
    this.delivery.pump();
  }

  letGo(): void {
    this.first = Math.max(this.first, this.#trimmed);
  }

  // --- the way ---

  #openLink({ onEvent }: LinkOptions): Link {
    this.#tell = onEvent;
    return {
      connect: () => {
        this.#isAsked();
        if (this.wayIs === "down") this.wayIs = "connecting";
      },
      disconnect: () => this.#end("io client disconnect", false),
      open: (asked, turn) => {
        this.#isAsked();
        this.#turn = { number: turn, next: 0, isOver: false };
        this.asked.push({ type: "open", turn, request: asked });
      },
      append: (sequence, frame, turn) => {
        this.#isAsked();
        this.#isInOrder(sequence, frame, turn);
        this.asked.push({ type: "append", turn, sequence, frame });
      },
      beat: () => {},
    };
  }

  connects(): void {
    if (this.verdict !== null) this.refusesConnection(this.verdict);
    else {
      this.wayIs = "up";
      this.#tell({ type: "connected" });
    }
  }

  fails(): void {
    this.#tell({ type: "unreached", error: null, comesBack: true });
  }

  refusesConnection(error: TailboneError): void {
    this.wayIs = "down";
    this.#waitsFor(error);
    this.#tell({ type: "unreached", error, comesBack: false });
  }

  cut(comesBack: boolean): void {
    this.#end(comesBack ? "transport close" : "io server disconnect", comesBack);
  }

  #end(reason: string, comesBack: boolean): void {
    const wasUp = this.wayIs === "up";
    this.wayIs = comesBack ? "connecting" : "down";
    for (const lost of [this.asked, this.unheard, this.answers]) lost.length = 0;
    if (wasUp) this.#tell({ type: "disconnected", reason, comesBack });
  }

  /** Whether what was asked first is to append a frame that is none in the place of another. */
  get isAskedToAppend(): boolean {
    const [first] = this.asked;
    return first?.type === "append" && decodeFrame(first.frame).groups.length > 0;
  }

  loseOldest(): void {
    this.unheard.push(...this.asked.splice(0, 1));
  }

  timesOut(): void {
    for (const { turn } of this.unheard.splice(0, 1)) this.#hear({ type: "unanswered", turn });
  }

  /** Answers come in any order. */
  answer(which: number): void {
    for (const { event } of this.answers.splice(which % this.answers.length, 1)) this.#hear(event);
  }

  #hear(event: DeliveryEvent): void {
    const isCurrent = "turn" in event && event.turn === this.#turn.number && !this.#turn.isOver;
    if (event.type === "opened" && isCurrent) {
      const { epoch, next, pointsThrough } = event.opened;
      this.#said = { epoch, next };
      this.#countedAt = pointsThrough === null ? null : next;
    }
    if (event.type === "acked" && (isCurrent || event.epoch === this.#said.epoch)) {
      this.#said = { epoch: event.epoch, next: Math.max(this.#said.next, event.next) };
    }
    if (event.type === "refused") this.#said.next = Math.max(this.#said.next, event.error.expected ?? 0);
    const isFailure = event.type === "notOpened" || event.type === "refused" || event.type === "unanswered";
    if (isFailure && isCurrent) {
      this.#turn.isOver = true;
      if (event.type !== "unanswered") this.#waitsFor(event.error);
    }
    this.#tell(event);
  }

  // --- the hub ---

  /** Takes what was asked first; `error`: it is refused. */
  serve(error?: TailboneError): void {
    for (const to of this.asked.splice(0, 1)) this.answers.push({ to, event: this.#answer(to, error) });
  }

  #answer(asked: Asked, error = this.verdict): DeliveryEvent {
    const { turn } = asked;
    try {
      if (error !== null) throw error;
      if (asked.type === "open") return this.#open(asked);
      this.#append(asked.frame);
      return { type: "acked", turn, epoch: this.#epoch, next: this.#next };
    } catch (refusal) {
      if (!(refusal instanceof TailboneError)) throw refusal;
      if (asked.type === "open") return { type: "notOpened", turn, error: refusal };
      return { type: "refused", turn, sequence: asked.sequence, error: refusal };
    }
  }

  /** To what it had some frames ago. */
  restore(back: number): void {
    this.committed = this.committed.slice(0, -back % (this.committed.length + 1) || undefined);
    if (this.committed.length === 0) this.#isKnown = false;
  }

  get #next(): number {
    const last = this.committed.at(-1);
    return last === undefined ? 0 : sequenceBehind(last);
  }

  #open({ turn, request: { known, run, project } }: Extract<Asked, { type: "open" }>): DeliveryEvent {
    if (known !== undefined && known.next > this.#next) this.#epoch = uuidv7();
    this.#isKnown = true;
    const last = this.committed.at(-1);
    const points = last === undefined ? 0 : (last.pointsThrough ?? null);
    const where = { epoch: this.#epoch, next: this.#next, pointsThrough: points };
    const opened = { ...where, run, project, name: "one", lastStep: null, path: "/" };
    return { type: "opened", turn, opened };
  }

  #append(bytes: Uint8Array): void {
    const frame = decodeFrame(bytes);
    if (!this.#isKnown) throw refusal("not_found");
    if (frame.sequence > this.#next) throw refusal("sequence_gap", { expected: this.#next });
    if (this.poison.has(frame.sequence) && frame.groups.length > 0) throw refusal("internal");
    if (frame.sequence === this.#next) this.committed.push(frame);
  }

  // --- what holds ---

  #isAsked(): void {
    expect(this.closed, "closed").toBeNull();
    expect(performance.now(), "not before").toBeGreaterThanOrEqual(this.#notBeforeMs);
  }

  #waitsFor({ retryAfterMs }: TailboneError): void {
    if (retryAfterMs !== undefined) this.#notBeforeMs = Math.max(this.#notBeforeMs, performance.now() + retryAfterMs);
  }

  #isInOrder(sequence: number, frame: Uint8Array, turn: number): void {
    const { acked } = this.delivery;
    if (turn !== this.#turn.number) this.#turn = { number: turn, next: acked, isOver: false };
    expect(sequence, "in order").toBe(Math.max(this.#turn.next, acked));
    expect(sequence, "acked is over").toBeGreaterThanOrEqual(acked);
    this.#turn.next = sequenceBehind(decodeFrame(frame));
    const isOnItsWay = (one: Asked): boolean => one.type === "append" && one.turn === turn && one.sequence >= acked;
    const onTheirWay = [...this.asked, ...this.unheard, ...this.answers.map(({ to }) => to)].filter(isOnItsWay);
    expect(onTheirWay.length, "bounded").toBeLessThan(WINDOW_FRAMES);
  }

  leadsOn(): void {
    const waits = this.wayIs === "connecting" || vi.getTimerCount() > 0;
    const isAnswered = this.asked.length + this.unheard.length + this.answers.length > 0;
    const isOver = this.closed !== null || this.delivery.acked === this.end;
    expect(waits || isAnswered || isOver, "no stall").toBe(true);
  }

  /** All goes well for a while. */
  goesOn(turns: number): void {
    for (let turn = 0; turn < turns && this.closed === null; turn++) {
      if (this.wayIs === "connecting") this.connects();
      else if (this.unheard.length > 0) this.timesOut();
      else if (this.answers.length > 0) this.answer(0);
      else if (this.asked.length > 0) this.serve();
      else if (vi.getTimerCount() > 0) vi.advanceTimersToNextTimer();
      else if (this.verdict !== null || this.end > this.#next) this.seal(1);
      else return;
    }
  }

  /** The hub is well again, and time goes on. */
  recover(): void {
    this.diskIsFull = false;
    this.goesOn(1000 + 20 * this.end);
    if (this.closed !== null) return;
    expect([this.delivery.acked, this.#next], "all arrives, in time").toEqual([this.end, this.end]);
    this.#hasAll();
  }

  #hasAll(): void {
    let stored = 0;
    let missing = 0;
    for (const [index, frame] of this.committed.entries()) {
      const before = this.committed[index - 1];
      expect(frame.sequence, "all arrives, once and in order").toBe(before === undefined ? 0 : sequenceBehind(before));
      for (const { steps } of frame.groups) {
        expect(steps).toEqual(new Float64Array(pointsOf(frame.sequence)).fill(frame.sequence));
        stored += steps.length;
      }
      for (const record of frame.records) if (record.type === "dropped") missing += record.points;
    }
    if (this.#isToThePoint)
      expect(stored + missing, "all arrives, or is said to be missing").toBe(pointsThrough(this.end - 1));
  }
}

export const refusal = (code: ErrorCode, more: { expected?: number; retryAfterMs?: number } = {}): TailboneError =>
  new TailboneError(code, `It is ${code}.`, "Try something else.", more);
