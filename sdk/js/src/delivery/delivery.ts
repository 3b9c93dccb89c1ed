import { type Clock, systemClock } from "@tailbone/base/clock";
import { TailboneError } from "@tailbone/protocol/errors";
import { readFrameHeader } from "@tailbone/protocol/frame-layout";
import type { OpenedWriter, OpenWriter } from "@tailbone/protocol/run";
import {
  type DeliveryEvent,
  type DeliveryTodo,
  newDelivery,
  pointsBefore,
  type TodoType,
  wantedNext,
} from "./delivery-state";
import type { FrameSource } from "./frame-source";
import { ingestLink, type Link, type LinkOptions } from "./link";
import { reduceDelivery } from "./reduce-delivery";
import { encodeGap, type Gap, measureGap, replaceFrame } from "./substitute";

interface DeliveryEvents {
  /** The hub has opened the writer: the first time and after each reconnection. */
  readonly onOpened: (opened: OpenedWriter) => void;
  /** All below `next` is committed. */
  readonly onAcked: (next: number) => void;
  /** The connection is gone, or could not be made; it is tried again. `refusal`: what the hub itself has said. */
  readonly onAway: (reason: string, refusal?: TailboneError) => void;
  /** A frame cannot be stored for now; it is sent again. */
  readonly onDelayed?: (error: TailboneError) => void;
  /** It ends here: the hub refuses this writer for good, or frames cannot be read. */
  readonly onClosed: (error: TailboneError) => void;
  /** A frame was put aside, because the hub refuses it for good, or failed on it again and again. */
  readonly onRefused: (error: TailboneError, path: string) => void;
  /** The hub's database was restored to an older state, and what is missing there is not here any more. */
  readonly onMissing?: (gap: Gap) => void;
}

export interface DeliveryOptions extends Pick<LinkOptions, "url" | "findKey"> {
  readonly request: OpenWriter;
  readonly source: FrameSource;
  readonly events: DeliveryEvents;
  readonly clock?: Clock;
  /** Default: over Socket.IO. */
  readonly openLink?: (options: LinkOptions) => Link;
}

/**
 * Delivers a writer's frames in order, with a window of unacknowledged ones. It goes on by itself after every kind of
 * interruption; a frame may be sent more than once, the hub stores it once. What follows on what is decided by
 * `reduceDelivery`; here it is done.
 */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #clock: Clock;
  readonly #link: Link;
  #state: ReturnType<typeof newDelivery>;
  readonly #actions: { readonly [T in TodoType]: (todo: DeliveryTodo<T>) => void };
  /** Events that came while another one was seen to. */
  readonly #pending: DeliveryEvent[] = [];
  #isBusy = false;
  #timer: NodeJS.Timeout | undefined;
  /** When the timer goes off; null: it does not. */
  #timerMs: number | null = null;

  constructor(options: DeliveryOptions) {
    const { url, findKey, request, source, events, clock = systemClock, openLink = ingestLink } = options;
    this.#options = options;
    this.#clock = clock;
    this.#state = newDelivery(source.first);
    const address = { run: request.run, writer: request.writer };
    const link = openLink({ url, findKey, address, onEvent: (event) => this.#happen(event) });
    this.#link = link;
    this.#actions = {
      connect: () => link.connect(),
      disconnect: () => link.disconnect(),
      open: (todo) => this.#open(todo),
      send: ({ sequence, frame, turn }) => link.append(sequence, frame, turn),
      trim: ({ next }) => source.trim(next),
      setAside: (todo) => this.#setAside(todo),
      tellOpened: ({ opened }) => events.onOpened(opened),
      tellAcked: ({ next }) => events.onAcked(next),
      tellAway: ({ reason, refusal }) => events.onAway(reason, refusal),
      tellDelayed: ({ error }) => events.onDelayed?.(error),
      tellClosed: ({ error }) => events.onClosed(error),
    };
  }

  get acked(): number {
    return this.#state.acked;
  }

  start(): void {
    this.#link.connect();
  }

  /** Sends what the source has and the window allows. Call it when the source has grown. */
  pump(): void {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      for (;;) {
        const event = this.#pending.shift();
        if (event !== undefined) this.#step(event);
        else if (!this.#offer()) break;
      }
    } finally {
      this.#isBusy = false;
    }
    this.#setTimer();
  }

  /** Says that the writer lives. Nothing happens while it is not open. */
  beat(): void {
    const { phase } = this.#state;
    if (phase === "open" || phase === "held") this.#link.beat();
  }

  stop(): void {
    this.#happen({ type: "stopped" });
  }

  #happen(event: DeliveryEvent): void {
    this.#pending.push(event);
    this.pump();
  }

  /** True: something has changed. */
  #step(event: DeliveryEvent): boolean {
    const before = this.#state;
    const { state, todos } = reduceDelivery(before, event, { nowMs: this.#clock.monotonicMs(), random: Math.random() });
    this.#state = state;
    for (const todo of todos) this.#do(todo);
    return state !== before;
  }

  #do<T extends TodoType>(todo: DeliveryTodo<T>): void {
    this.#actions[todo.type](todo);
  }

  /** A writer that was acknowledged is made anew where its run is not there any more, whatever it was when it began. */
  #open({ turn, epoch, acked }: DeliveryTodo<"open">): void {
    const { request } = this.#options;
    this.#link.open(acked === 0 ? request : { ...request, mode: "create", known: { epoch, next: acked } }, turn);
  }

  #setTimer(): void {
    const { untilMs } = this.#state;
    if (untilMs === this.#timerMs) return;
    clearTimeout(this.#timer);
    this.#timerMs = untilMs;
    if (untilMs === null) return;
    const act = (): void => {
      this.#timerMs = null;
      this.#happen({ type: "due" });
    };
    this.#timer = setTimeout(act, Math.max(0, Math.ceil(untilMs - this.#clock.monotonicMs())));
  }

  /** Hands over the frame that may be sent next, or one in its place. True: something has come of it. */
  #offer(): boolean {
    const sequence = wantedNext(this.#state);
    const { source } = this.#options;
    if (sequence === null || sequence >= source.end) return false;
    try {
      const frame = this.#state.substitutes.get(sequence) ?? source.read(sequence);
      if (frame === null) return this.#bridge(sequence);
      const header = readFrameHeader(frame);
      const end = sequence + (header?.span ?? 1);
      return this.#step({ type: "offered", sequence, end, frame, through: header?.pointsThrough ?? null });
    } catch (error) {
      if (!(error instanceof TailboneError)) throw error;
      return this.#step({ type: "unreadable", error });
    }
  }

  /** One frame in the place of all from `sequence` to the next that is there. */
  #bridge(sequence: number): boolean {
    const { source, events } = this.#options;
    let end = Math.max(sequence + 1, source.first);
    let behind: Uint8Array | null = null;
    while (end < source.end) {
      behind = source.read(end);
      if (behind !== null) break;
      end++;
    }
    const gap = measureGap(sequence, end - sequence, pointsBefore(this.#state), behind);
    events.onMissing?.(gap);
    return this.#step({ type: "replaced", sequence, frame: encodeGap(gap, this.#clock.wallMs()) });
  }

  /** Keeps a frame out of the way that the hub refuses, and makes one in its place. */
  #setAside({ sequence, error }: DeliveryTodo<"setAside">): void {
    const { source, events } = this.#options;
    try {
      const frame = source.read(sequence);
      // It was let go meanwhile: what is missing is said when it is to be sent.
      if (frame === null) return;
      const path = source.setAside(sequence, frame);
      const reason = error.code === "too_large" ? "too_large" : "refused";
      const substitute = replaceFrame(sequence, frame, path, reason, this.#clock.wallMs());
      this.#pending.push({ type: "replaced", sequence, frame: substitute });
      events.onRefused(error, path);
    } catch (cause) {
      this.#pending.push(troubleWith(cause));
    }
  }
}

/** What it means that a frame could not be put aside. Throws what is no fault of a disk or a frame. */
function troubleWith(cause: unknown): DeliveryEvent {
  if (cause instanceof TailboneError) return { type: "unreadable", error: cause };
  if (!(cause instanceof Error && "code" in cause)) throw cause;
  const what = `A frame that the hub refuses cannot be put aside: ${cause.message}.`;
  const error = new TailboneError("storage_full", what, "Make room; it is tried again.", { cause });
  return { type: "unsaved", error };
}
