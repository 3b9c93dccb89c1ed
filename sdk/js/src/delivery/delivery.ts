import { type ErrorCode, fromWire, RETRYABLE, TailboneError, wireErrorSchema } from "@tailbone/protocol/errors";
import { peekFrame } from "@tailbone/protocol/frame";
import type { OpenedWriter, OpenWriter } from "@tailbone/protocol/run";
import type { Appended, IngestClientEvents, IngestServerEvents, Reply } from "@tailbone/protocol/sockets";
import { INGEST_NAMESPACE } from "@tailbone/protocol/sockets";
import { PROTOCOL_VERSION } from "@tailbone/protocol/version";
import { io, type Socket } from "socket.io-client";
import { Backoff } from "./backoff";
import type { FrameSource } from "./frame-source";
import { encodeGap, type Gap, measureGap, replaceFrame } from "./substitute";

/* Longer than other files: one writer's conversation with the hub, of which every turn needs to know the others. */

/** What is on its way and not acknowledged yet. */
const WINDOW_FRAMES = 64;
const WINDOW_BYTES = 8 * 1024 * 1024;
const ANSWER_TIMEOUT_MS = 20_000;
/** A frame that trips the hub so many times is set aside. */
const TRIPS = 5;

/** Refusals of one frame: it will never be stored, others can be. */
const FRAME_REFUSALS: ReadonlySet<ErrorCode> = new Set(["frame_malformed", "too_large", "bad_request"]);

interface DeliveryEvents {
  /** The hub has opened the writer: the first time and after each reconnection. */
  readonly onOpened: (opened: OpenedWriter) => void;
  /** All below `next` is committed. */
  readonly onAcked: (next: number) => void;
  /** The connection is gone, or could not be made; it is tried again. `refusal`: what the hub itself has said. */
  readonly onAway: (reason: string, refusal?: TailboneError) => void;
  /** The hub cannot store a frame for now; it is sent again. */
  readonly onDelayed?: (error: TailboneError) => void;
  /** It ends here: the hub refuses this writer for good, or frames cannot be read. */
  readonly onClosed: (error: TailboneError) => void;
  /** A frame was put aside, because the hub refuses it for good, or failed on it again and again. */
  readonly onRefused: (error: TailboneError, path: string) => void;
  /** The hub's database was restored to an older state, and what is missing there is not here any more. */
  readonly onMissing?: (gap: Gap) => void;
}

export interface DeliveryOptions {
  readonly url: string;
  /** Asked at each connection, so that a key that appears later is found. */
  readonly findKey: () => string | undefined;
  readonly request: OpenWriter;
  readonly source: FrameSource;
  readonly events: DeliveryEvents;
}

/** A frame on its way. */
interface Sent {
  readonly bytes: number;
  /** Points of all frames up to it. */
  readonly through: number | null;
}

/**
 * Delivers a writer's frames in order over Socket.IO, with a window of unacknowledged ones. It goes on by itself after every
 * kind of interruption; a frame may be sent more than once, the hub stores it once.
 *
 *   connect -> writer:open -> from `next` on: frame:append … -> acknowledged up to `end`
 *      ^             | refused for good -> closed
 *      +-- disconnected, refused for now, no answer (after a pause that grows, with jitter)
 *
 * A hub that expects less than it has acknowledged lost it: its database was restored to an older state. Then the writer is opened anew, and
 * goes on from where the hub is: with what the source still has, and one frame in the place of what it has let go.
 */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #address: { run: string; writer: string };
  readonly #socket: Socket<IngestServerEvents, IngestClientEvents>;
  readonly #backoff = new Backoff();
  #isOpen = false;
  #isClosed = false;
  /** Of the hub's database, by its last answer. */
  #epoch: string | null = null;
  /** All below is committed. */
  #acked: number;
  /** Points of all that is committed; null: not known. */
  #ackedThrough: number | null = null;
  /** The next sequence to send. */
  #next: number;
  /** Frames from `#acked` to `#next`, in order. */
  readonly #inFlight = new Map<number, Sent>();
  #inFlightBytes = 0;
  /** Counts rewinds: answers to frames sent before one are not listened to, but for their acknowledgement. */
  #turn = 0;
  readonly #substitutes = new Map<number, Uint8Array>();
  /** The frame that trips the hub, and how often it did; until it is through, frames go one by one. */
  #tripping: { readonly sequence: number; readonly times: number } | null = null;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    // What the source has let go was acknowledged, to this process or to an earlier one.
    this.#acked = options.source.first;
    this.#next = this.#acked;
    this.#address = { run: options.request.run, writer: options.request.writer };
    this.#socket = io(`${options.url}${INGEST_NAMESPACE}`, {
      autoConnect: false,
      forceNew: true,
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      reconnectionDelay: 200,
      reconnectionDelayMax: 2000,
      timeout: 10_000,
      auth: (give: (handshake: object) => void) => give({ protocol: PROTOCOL_VERSION, key: options.findKey() }),
    });
    this.#socket.on("connect", () => this.#open());
    this.#socket.on("disconnect", (reason) => {
      this.#away(`the connection ended (${reason})`);
      // Socket.IO leaves a connection alone that the hub has ended on purpose, as it does when it restarts.
      if (reason === "io server disconnect") this.#later();
    });
    this.#socket.on("connect_error", (error) => this.#refusedConnection(error));
  }

  get acked(): number {
    return this.#acked;
  }

  start(): void {
    this.#socket.connect();
  }

  /** Sends what the source has and the window allows. Call it when the source has grown. */
  pump(): void {
    const { source } = this.#options;
    const window = this.#tripping === null ? WINDOW_FRAMES : 1;
    while (this.#isOpen && !this.#backoff.isPausing && this.#next < source.end) {
      if (this.#inFlight.size >= window) return;
      const frame = this.#read(this.#next);
      if (frame === null) return;
      if (this.#inFlight.size > 0 && this.#inFlightBytes + frame.byteLength > WINDOW_BYTES) return;
      this.#send(this.#next, frame);
    }
  }

  /** The writer lives. Nothing happens while there is no connection. */
  beat(): void {
    if (this.#isOpen) this.#socket.volatile.emit("writer:beat", this.#address);
  }

  stop(): void {
    this.#isClosed = true;
    this.#isOpen = false;
    this.#backoff.cancel();
    this.#socket.disconnect();
  }

  #open(): void {
    const known = { epoch: this.#epoch, next: this.#acked };
    // A run that was acknowledged and is not there any more is made anew, whatever it was when this writer began.
    const mode = this.#acked > 0 ? "create" : this.#options.request.mode;
    const request: OpenWriter = { ...this.#options.request, mode, ...(this.#acked > 0 ? { known } : {}) };
    this.#socket
      .timeout(ANSWER_TIMEOUT_MS)
      .emit("writer:open", request, (timedOut: Error | null, reply: Reply<OpenedWriter>) => {
        if (this.#isClosed || this.#isOpen) return;
        if (timedOut !== null) this.#reconnect("the hub did not answer");
        else if (reply.ok) this.#opened(reply.value);
        else if (RETRYABLE[reply.error.code]) this.#openLater(fromWire(reply.error));
        else this.#close(fromWire(reply.error));
      });
  }

  #openLater(error: TailboneError): void {
    this.#away(error.message, error);
    this.#later(error.retryAfterMs);
  }

  #opened(opened: OpenedWriter): void {
    this.#isOpen = true;
    this.#epoch = opened.epoch;
    this.#backoff.cancel();
    this.#options.events.onOpened(opened);
    // Less than it was: the database was restored, and what was sent in place of frames before is of no use.
    if (opened.next < this.#acked) {
      this.#acked = opened.next;
      this.#substitutes.clear();
      this.#options.source.trim(opened.next);
    } else this.#ack(opened.next);
    this.#ackedThrough = opened.pointsThrough;
    this.#rewind();
    this.pump();
  }

  #send(sequence: number, frame: Uint8Array): void {
    const turn = this.#turn;
    const header = peekFrame(frame);
    this.#inFlight.set(sequence, { bytes: frame.byteLength, through: header?.pointsThrough ?? null });
    this.#inFlightBytes += frame.byteLength;
    this.#next = sequence + (header?.span ?? 1);
    this.#socket
      .timeout(ANSWER_TIMEOUT_MS)
      .emit("frame:append", this.#address, frame, (timedOut: Error | null, reply: Reply<Appended>) => {
        if (this.#isClosed) return;
        const isHeard = turn === this.#turn && this.#isOpen;
        // An answer to an earlier turn may come from before a restored database.
        if (timedOut === null && reply.ok && (isHeard || reply.value.epoch === this.#epoch)) {
          this.#backoff.reset();
          this.#epoch = reply.value.epoch;
          this.#ack(reply.value.next);
          this.pump();
        } else if (isHeard) {
          if (timedOut !== null) this.#reconnect("the hub did not answer");
          else if (!reply.ok) this.#failed(sequence, fromWire(reply.error));
        }
      });
  }

  #failed(sequence: number, error: TailboneError): void {
    const { code, expected, retryAfterMs } = error;
    if (code === "not_found" || (code === "sequence_gap" && expected !== undefined && expected < this.#acked)) {
      // The hub has not what it has acknowledged: how far it is, and what is missing, is found out by opening anew.
      this.#openLater(error);
    } else if (code === "sequence_gap" && expected !== undefined) {
      // What came before was lost on its way.
      this.#ack(expected);
      this.#tryAgain(retryAfterMs);
    } else if (code === "internal" && this.#trips(sequence) >= TRIPS && !this.#substitutes.has(sequence)) {
      this.#replace(sequence, error);
    } else if (RETRYABLE[code]) {
      this.#options.events.onDelayed?.(error);
      this.#tryAgain(retryAfterMs);
    } else if (FRAME_REFUSALS.has(code) && !this.#substitutes.has(sequence)) {
      this.#replace(sequence, error);
    } else this.#close(error);
  }

  /** Sends all again that is not acknowledged, after a pause. */
  #tryAgain(atLeastMs: number | undefined): void {
    this.#rewind();
    this.#later(atLeastMs);
  }

  /** Counts how often a frame has tripped the hub. */
  #trips(sequence: number): number {
    const times = (this.#tripping?.sequence === sequence ? this.#tripping.times : 0) + 1;
    this.#tripping = { sequence, times };
    return times;
  }

  /** The frame will never be stored as it is; the ones behind it shall not wait for it. */
  #replace(sequence: number, error: TailboneError): void {
    const frame = this.#read(sequence);
    if (frame === null) return;
    const path = this.#options.source.setAside(sequence, frame);
    const reason = error.code === "too_large" ? "too_large" : "refused";
    this.#substitutes.set(sequence, replaceFrame(sequence, frame, path, reason, Date.now()));
    this.#options.events.onRefused(error, path);
    this.#rewind();
    this.pump();
  }

  /** What is to be sent as that sequence; null: nothing can be, for now or for good. */
  #read(sequence: number): Uint8Array | null {
    try {
      return this.#substitutes.get(sequence) ?? this.#options.source.read(sequence) ?? this.#bridge(sequence);
    } catch (error) {
      if (!(error instanceof TailboneError)) throw error;
      // What is already on its way may still be acknowledged, then nothing more follows.
      if (this.#inFlight.size === 0) this.#close(error);
      return null;
    }
  }

  /** One frame in the place of all from `sequence` to the next that is there. */
  #bridge(sequence: number): Uint8Array {
    const { source, events } = this.#options;
    let end = Math.max(sequence + 1, source.first);
    let behind: Uint8Array | null = null;
    while (end < source.end) {
      behind = source.read(end);
      if (behind !== null) break;
      end++;
    }
    const sent = [...this.#inFlight.values()].at(-1);
    const gap = measureGap(sequence, end - sequence, sent === undefined ? this.#ackedThrough : sent.through, behind);
    const substitute = encodeGap(gap, Date.now());
    this.#substitutes.set(sequence, substitute);
    events.onMissing?.(gap);
    return substitute;
  }

  #ack(next: number): void {
    if (next <= this.#acked) return;
    this.#acked = next;
    this.#ackedThrough = null;
    for (const [sequence, { bytes, through }] of this.#inFlight) {
      if (sequence >= next) continue;
      this.#inFlight.delete(sequence);
      this.#inFlightBytes -= bytes;
      this.#ackedThrough = through;
    }
    for (const sequence of this.#substitutes.keys()) if (sequence < next) this.#substitutes.delete(sequence);
    if (this.#tripping !== null && this.#tripping.sequence < next) this.#tripping = null;
    this.#next = Math.max(this.#next, next);
    this.#options.source.trim(next);
    this.#options.events.onAcked(next);
  }

  #rewind(): void {
    this.#turn++;
    this.#inFlight.clear();
    this.#inFlightBytes = 0;
    this.#next = this.#acked;
  }

  #refusedConnection(error: Error & { data?: unknown }): void {
    const parsed = wireErrorSchema.safeParse(error.data);
    const refusal = parsed.success ? fromWire(parsed.data) : undefined;
    // A hub of another version is upgraded one day, and then takes what has waited.
    if (refusal !== undefined && !RETRYABLE[refusal.code] && refusal.code !== "version_mismatch") {
      this.#close(refusal);
      return;
    }
    // The transport's own words ("xhr poll error") help nobody.
    this.#away(refusal?.message ?? "nothing answers there", refusal);
    // After a refusal by the hub itself, Socket.IO does not try again by itself.
    if (!this.#socket.active) this.#later(refusal?.retryAfterMs);
  }

  #reconnect(reason: string): void {
    this.#away(reason);
    this.#socket.disconnect();
    this.#later();
  }

  #away(reason: string, refusal?: TailboneError): void {
    if (this.#isClosed) return;
    this.#isOpen = false;
    this.#rewind();
    this.#options.events.onAway(reason, refusal);
  }

  #close(error: TailboneError): void {
    if (this.#isClosed) return;
    this.stop();
    this.#options.events.onClosed(error);
  }

  /** Goes on after a pause with whatever is next then: much can have happened meanwhile. */
  #later(atLeastMs?: number): void {
    if (!this.#isClosed) this.#backoff.later(() => this.#resume(), atLeastMs);
  }

  #resume(): void {
    if (!this.#socket.connected) this.#socket.connect();
    else if (!this.#isOpen) this.#open();
    else this.pump();
  }
}
