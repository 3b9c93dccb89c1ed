import type { Clock } from "@tailbone/base/clock";
import type { FrameSource } from "../delivery/frame-source";
import { encodeSubstitute } from "../delivery/substitute";
import type { Spool } from "../spool/spool";

/** Newest frames that are kept in memory as well, so that sending them need not read the disk. */
const RECENT_BYTES = 16 * 1024 * 1024;
/** What may wait in memory for the disk to take it. */
const WAITING_BYTES = 64 * 1024 * 1024;
const DISK_RETRY_MS = 500;

interface Kept {
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

export interface OutboxEvents {
  /** The disk takes no more (or takes it again). */
  readonly onDiskTrouble: (error: Error) => void;
  readonly onDiskRecovered: () => void;
  /** A frame cannot be read back; the run will say that it is missing. */
  readonly onDamage: (sequence: number) => void;
}

/**
 * A writer's sealed frames on their way to the disk and to the hub. A frame may be sent once it is synced. While the
 * disk refuses (it is full), frames wait in memory, up to 64 MiB, and are sent from there: better at the hub than
 * nowhere.
 */
export class Outbox implements FrameSource {
  readonly #spool: Spool;
  readonly #events: OutboxEvents;
  readonly #clock: Clock;
  readonly #recent: Kept[] = [];
  #recentBytes = 0;
  /** Not on disk yet, in order. */
  readonly #waiting: Kept[] = [];
  #waitingBytes = 0;
  #end = 0;
  #sendable = 0;
  #acked = 0;
  /** When the disk is tried again, by the monotonic clock; null while it takes what it is given. */
  #retryAtMs: number | null = null;

  constructor(spool: Spool, events: OutboxEvents, clock: Clock) {
    this.#spool = spool;
    this.#events = events;
    this.#clock = clock;
  }

  get first(): number {
    return Math.min(this.#spool.first, this.#waiting[0]?.sequence ?? Number.POSITIVE_INFINITY);
  }

  get end(): number {
    return this.#sendable;
  }

  /** Frames that were put in, sent or not. */
  get sealed(): number {
    return this.#end;
  }

  /** Nothing more can be taken: neither disk nor memory has room. */
  get isFull(): boolean {
    return this.#waitingBytes >= WAITING_BYTES;
  }

  /** All that was put in is on disk, or committed. */
  get isDurable(): boolean {
    return this.#waiting.length === 0;
  }

  get isDelivered(): boolean {
    return this.#acked >= this.#end;
  }

  put(frame: Kept): void {
    this.#waiting.push(frame);
    this.#waitingBytes += frame.bytes.byteLength;
    this.#end = frame.sequence + 1;
  }

  /** Writes what waits and syncs it. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    const nowMs = this.#clock.monotonicMs();
    if (this.#retryAtMs !== null && nowMs < this.#retryAtMs) {
      this.#sendable = this.#end;
      return;
    }
    try {
      while (this.#waiting[0] !== undefined) {
        const frame = this.#waiting[0];
        this.#spool.append(frame.sequence, frame.bytes);
        this.#waiting.shift();
        this.#waitingBytes -= frame.bytes.byteLength;
        this.#remember(frame);
      }
      this.#spool.sync();
      if (this.#retryAtMs !== null) this.#events.onDiskRecovered();
      this.#retryAtMs = null;
    } catch (error) {
      if (!(error instanceof Error && "code" in error)) throw error;
      if (this.#retryAtMs === null) this.#events.onDiskTrouble(error);
      this.#retryAtMs = nowMs + DISK_RETRY_MS;
    }
    this.#sendable = this.#end;
  }

  read(sequence: number): Uint8Array | null {
    const kept = keptAt(this.#waiting, sequence) ?? keptAt(this.#recent, sequence);
    const bytes = kept?.bytes ?? this.#spool.read(sequence);
    if (bytes !== null || sequence < this.first) return bytes;
    this.#events.onDamage(sequence);
    const text = "a frame could not be read back from the spool.";
    return encodeSubstitute({ sequence, timeMs: this.#clock.wallMs(), points: null, reason: "damaged", text });
  }

  trim(next: number): void {
    this.#acked = next;
    while (this.#recent[0] !== undefined && this.#recent[0].sequence < next) this.#forgetOldest();
    while (this.#waiting[0] !== undefined && this.#waiting[0].sequence < next) {
      this.#waitingBytes -= this.#waiting[0].bytes.byteLength;
      this.#waiting.shift();
    }
    this.#spool.trim(next);
  }

  setAside(sequence: number, frame: Uint8Array): string {
    return this.#spool.setAside(sequence, frame);
  }

  #remember(frame: Kept): void {
    this.#recent.push(frame);
    this.#recentBytes += frame.bytes.byteLength;
    while (this.#recentBytes > RECENT_BYTES && this.#recent.length > 1) this.#forgetOldest();
  }

  #forgetOldest(): void {
    const oldest = this.#recent.shift();
    this.#recentBytes -= oldest?.bytes.byteLength ?? 0;
  }
}

/** Sequences in it are consecutive. */
function keptAt(kept: readonly Kept[], sequence: number): Kept | undefined {
  const first = kept[0];
  return first === undefined ? undefined : kept[sequence - first.sequence];
}
