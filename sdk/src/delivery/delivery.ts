import { type ErrorCode, fromWire, RETRYABLE, TailboneError, wireErrorSchema } from "@tailbone/protocol/errors";
import { countValues, decodeFrame } from "@tailbone/protocol/frame";
import type { OpenedWriter, OpenWriter } from "@tailbone/protocol/run";
import type { Appended, IngestClientEvents, IngestServerEvents, Reply } from "@tailbone/protocol/sockets";
import { INGEST_NAMESPACE } from "@tailbone/protocol/sockets";
import { PROTOCOL_VERSION } from "@tailbone/protocol/version";
import { io, type Socket } from "socket.io-client";
import { encodeReplacement, type FrameSource } from "./frame-source";

/** What is on its way and not acknowledged yet. */
const WINDOW_FRAMES = 64;
const WINDOW_BYTES = 8 * 1024 * 1024;
const ANSWER_TIMEOUT_MS = 20_000;
const BACKOFF_FIRST_MS = 200;
const BACKOFF_LAST_MS = 10_000;

/** Refusals of one frame: it will never be stored, others can be. */
const FRAME_REFUSALS: ReadonlySet<ErrorCode> = new Set(["frame_malformed", "too_large", "bad_request"]);

interface DeliveryEvents {
  /** The hub has opened the writer: the first time and after each reconnection. */
  readonly onOpened: (opened: OpenedWriter) => void;
  /** All below `next` is committed. */
  readonly onAcked: (next: number) => void;
  /** The connection is gone, or could not be made; it is tried again. */
  readonly onAway: (reason: string) => void;
  /** The hub cannot store a frame for now; it is sent again. */
  readonly onDelayed?: (error: TailboneError) => void;
  /** It ends here: the hub refuses this writer for good, or frames cannot be read. */
  readonly onClosed: (error: TailboneError) => void;
  /** A frame was put aside, because the hub refuses it for good. */
  readonly onRefused: (error: TailboneError, path: string) => void;
}

export interface DeliveryOptions {
  readonly url: string;
  /** Asked at each connection, so that a key that appears later is found. */
  readonly findKey: () => string | undefined;
  readonly request: OpenWriter;
  readonly source: FrameSource;
  readonly events: DeliveryEvents;
}

/**
 * Delivers a writer's frames in order over Socket.IO, with a window of unacknowledged ones. It goes on by itself after every
 * kind of interruption; a frame may be sent more than once, the hub stores it once.
 *
 *   connect -> writer:open -> from `next` on: frame:append … -> acknowledged up to `end`
 *      ^             | refused for good -> closed
 *      +-- disconnected, refused for now, no answer (after a pause that grows, with jitter)
 */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #address: { run: string; writer: string };
  readonly #socket: Socket<IngestServerEvents, IngestClientEvents>;
  #isOpen = false;
  #isClosed = false;
  /** All below is committed. */
  #acked = 0;
  /** The next sequence to send. */
  #next = 0;
  /** Bytes of the frames from `#acked` to `#next`. */
  readonly #inFlight = new Map<number, number>();
  #inFlightBytes = 0;
  /** Counts rewinds: answers to frames sent before one are not listened to, but for their acknowledgement. */
  #epoch = 0;
  readonly #replacements = new Map<number, Uint8Array>();
  #failures = 0;
  #retry: NodeJS.Timeout | null = null;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#address = { run: options.request.run, writer: options.request.writer };
    this.#socket = io(`${options.url}${INGEST_NAMESPACE}`, {
      autoConnect: false,
      forceNew: true,
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      reconnectionDelay: BACKOFF_FIRST_MS,
      reconnectionDelayMax: 2000,
      timeout: 10_000,
      auth: (give: (handshake: object) => void) => give({ protocol: PROTOCOL_VERSION, key: options.findKey() }),
    });
    this.#socket.on("connect", () => this.#open());
    this.#socket.on("disconnect", (reason) => {
      this.#away(`the connection ended (${reason})`);
      // Socket.IO leaves a connection alone that the hub has ended on purpose, as it does when it restarts.
      if (reason === "io server disconnect") this.#later(() => this.#socket.connect());
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
    while (this.#isOpen && this.#retry === null && this.#next < source.end) {
      if (this.#inFlight.size >= WINDOW_FRAMES) return;
      const frame = this.#read(this.#next);
      if (frame === null) return;
      if (this.#inFlight.size > 0 && this.#inFlightBytes + frame.byteLength > WINDOW_BYTES) return;
      this.#send(this.#next, frame);
      this.#next++;
    }
  }

  /** The writer lives. Nothing happens while there is no connection. */
  beat(): void {
    if (this.#isOpen) this.#socket.volatile.emit("writer:beat", this.#address);
  }

  stop(): void {
    this.#isClosed = true;
    this.#isOpen = false;
    this.#cancelRetry();
    this.#socket.disconnect();
  }

  #cancelRetry(): void {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
  }

  #open(): void {
    this.#socket
      .timeout(ANSWER_TIMEOUT_MS)
      .emit("writer:open", this.#options.request, (timedOut: Error | null, reply: Reply<OpenedWriter>) => {
        if (this.#isClosed || this.#isOpen) return;
        if (timedOut !== null) this.#reconnect("the hub did not answer");
        else if (reply.ok) this.#opened(reply.value);
        else if (RETRYABLE[reply.error.code]) {
          this.#away(reply.error.message);
          this.#later(() => (this.#socket.connected ? this.#open() : this.#socket.connect()));
        } else this.#close(fromWire(reply.error));
      });
  }

  #opened(opened: OpenedWriter): void {
    this.#isOpen = true;
    this.#cancelRetry();
    this.#options.events.onOpened(opened);
    this.#ack(opened.next);
    this.#rewind();
    this.pump();
  }

  #send(sequence: number, frame: Uint8Array): void {
    const epoch = this.#epoch;
    this.#inFlight.set(sequence, frame.byteLength);
    this.#inFlightBytes += frame.byteLength;
    this.#socket
      .timeout(ANSWER_TIMEOUT_MS)
      .emit("frame:append", this.#address, frame, (timedOut: Error | null, reply: Reply<Appended>) => {
        if (this.#isClosed) return;
        if (timedOut === null && reply.ok) {
          this.#failures = 0;
          this.#ack(reply.value.next);
          this.pump();
        } else if (epoch === this.#epoch && this.#isOpen) {
          if (timedOut !== null) this.#reconnect("the hub did not answer");
          else if (!reply.ok) this.#failed(sequence, fromWire(reply.error));
        }
      });
  }

  #failed(sequence: number, error: TailboneError): void {
    if (error.code === "sequence_gap" && error.expected !== undefined) {
      // What came before was lost on its way, or the hub is older than what it had said.
      this.#rewind(error.expected);
      this.#later(() => this.pump());
    } else if (RETRYABLE[error.code]) {
      this.#rewind();
      this.#options.events.onDelayed?.(error);
      this.#later(() => this.pump());
    } else if (FRAME_REFUSALS.has(error.code) && !this.#replacements.has(sequence)) {
      this.#replace(sequence, error);
    } else this.#close(error);
  }

  /** The frame will never be stored as it is; the ones behind it shall not wait for it. */
  #replace(sequence: number, error: TailboneError): void {
    const frame = this.#read(sequence);
    if (frame === null) return;
    const path = this.#options.source.setAside(sequence, frame);
    const reason = error.code === "too_large" ? "too_large" : "refused";
    const replacement = encodeReplacement(sequence, Date.now(), countPoints(frame), reason);
    this.#replacements.set(sequence, replacement);
    this.#options.events.onRefused(error, path);
    this.#rewind();
    this.pump();
  }

  #read(sequence: number): Uint8Array | null {
    try {
      return this.#replacements.get(sequence) ?? this.#options.source.read(sequence);
    } catch (error) {
      if (!(error instanceof TailboneError)) throw error;
      // What is already on its way may still be acknowledged, then nothing more follows.
      if (this.#inFlight.size === 0) this.#close(error);
      return null;
    }
  }

  #ack(next: number): void {
    if (next <= this.#acked) return;
    this.#acked = next;
    for (const [sequence, bytes] of this.#inFlight) {
      if (sequence >= next) continue;
      this.#inFlight.delete(sequence);
      this.#inFlightBytes -= bytes;
    }
    for (const sequence of this.#replacements.keys()) if (sequence < next) this.#replacements.delete(sequence);
    this.#next = Math.max(this.#next, next);
    this.#options.source.trim(next);
    this.#options.events.onAcked(next);
  }

  #rewind(to = this.#acked): void {
    this.#epoch++;
    this.#inFlight.clear();
    this.#inFlightBytes = 0;
    this.#next = to;
  }

  #refusedConnection(error: Error & { data?: unknown }): void {
    const refusal = wireErrorSchema.safeParse(error.data);
    if (refusal.success && !RETRYABLE[refusal.data.code]) {
      this.#close(fromWire(refusal.data));
      return;
    }
    // The transport's own words ("xhr poll error") help nobody.
    this.#away(refusal.success ? refusal.data.message : "nothing answers there");
    // After a refusal by the hub itself, Socket.IO does not try again by itself.
    if (!this.#socket.active) this.#later(() => this.#socket.connect());
  }

  #reconnect(reason: string): void {
    this.#away(reason);
    this.#socket.disconnect();
    this.#later(() => this.#socket.connect());
  }

  #away(reason: string): void {
    if (this.#isClosed) return;
    this.#isOpen = false;
    this.#rewind();
    this.#options.events.onAway(reason);
  }

  #close(error: TailboneError): void {
    if (this.#isClosed) return;
    this.stop();
    this.#options.events.onClosed(error);
  }

  /** Does something after a pause that doubles with each failure in a row, with jitter so that many writers do not come at once. */
  #later(action: () => void): void {
    if (this.#isClosed || this.#retry !== null) return;
    const pauseMs = Math.min(BACKOFF_LAST_MS, BACKOFF_FIRST_MS * 2 ** this.#failures++);
    this.#retry = setTimeout(
      () => {
        this.#retry = null;
        action();
      },
      pauseMs * (0.5 + Math.random()),
    );
  }
}

function countPoints(frame: Uint8Array): number {
  try {
    return countValues(decodeFrame(frame).groups);
  } catch {
    return 0;
  }
}
