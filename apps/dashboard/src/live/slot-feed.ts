import type { FeedReader, RunFeed } from "@tailbone/client/run-feed";
import { TailboneError } from "@tailbone/protocol/errors";
import type { Frame } from "@tailbone/protocol/frame";
import { advanceSlot, type Slot } from "./slot";

export interface SlotFeedOptions<T, Snapshot extends { offset: number }> {
  readonly read: (signal: AbortSignal) => Promise<Snapshot>;
  readonly fromSnapshot: (snapshot: Snapshot) => T;
  /** Returns the same value where the frames change nothing. */
  readonly apply: (value: T, frames: readonly Frame[]) => T;
}

export interface SlotState<T> {
  readonly value: T | null;
  readonly error: TailboneError | null;
}

/** One thing of a run that is read once and then kept up to date by the stream, as a store to subscribe to. */
export class SlotFeed<T, Snapshot extends { offset: number }> implements FeedReader {
  readonly #feed: RunFeed;
  readonly #options: SlotFeedOptions<T, Snapshot>;
  readonly #listeners = new Set<() => void>();
  readonly #abort = new AbortController();
  readonly #detach: () => void;
  #slot: Slot<T> | null = null;
  #isReading = false;
  #state: SlotState<T> = { value: null, error: null };
  #snapshot: Snapshot | null = null;

  constructor(feed: RunFeed, options: SlotFeedOptions<T, Snapshot>) {
    this.#feed = feed;
    this.#options = options;
    this.#detach = feed.attach(this);
    void this.#read();
  }

  readonly state = (): SlotState<T> => this.#state;

  /** What was read last, as the hub answered. */
  get snapshot(): Snapshot | null {
    return this.#snapshot;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Changes the value by hand, for what the stream does not bring (older lines). */
  update(change: (value: T) => T): void {
    if (this.#slot !== null) this.#put({ offset: this.#slot.offset, value: change(this.#slot.value) });
  }

  retry(): void {
    this.#show({ value: null, error: null });
    if (this.#isReading) this.#feed.retryNow();
    else void this.#read();
  }

  close(): void {
    this.#abort.abort();
    this.#detach();
  }

  oldest(): number | null {
    return this.#slot?.offset ?? null;
  }

  take(frames: readonly Frame[], from: number): void {
    if (this.#slot !== null) this.#put(advanceSlot(this.#slot, frames, from, this.#options.apply));
  }

  reload(below: number): boolean {
    if (this.#slot === null || this.#slot.offset >= below) return false;
    this.#slot = null;
    void this.#read();
    return true;
  }

  #put(slot: Slot<T>): void {
    this.#slot = slot;
    if (slot.value !== this.#state.value) this.#show({ value: slot.value, error: null });
  }

  #show(state: SlotState<T>): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }

  async #read(): Promise<void> {
    const { read, fromSnapshot, apply } = this.#options;
    this.#isReading = true;
    try {
      await this.#feed.read(
        read,
        (snapshot, since) => {
          this.#snapshot = snapshot;
          const value = fromSnapshot(snapshot);
          this.#put({
            offset: snapshot.offset + since.length,
            value: since.length === 0 ? value : apply(value, since),
          });
        },
        this.#abort.signal,
        (error) => {
          if (this.#state.value === null) this.#show({ value: null, error });
        },
      );
    } catch (error) {
      if (!(error instanceof TailboneError)) throw error;
      this.#show({ value: null, error });
    } finally {
      this.#isReading = false;
    }
  }
}
