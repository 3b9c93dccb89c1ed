import { RETRYABLE, TailboneError } from "@tailbone/protocol/errors";
import { emptyStream, framesSince, type LiveFrame, reduceStream, type Stream, type StreamEvent } from "./stream";

/** Holds slots that are kept up to date by a run's feed. */
export interface FeedReader {
  /** The smallest offset of its slots; null when it has none. */
  readonly oldest: () => number | null;
  /** Frames that are new, the first of them at offset `from`. */
  readonly take: (frames: readonly LiveFrame[], from: number) => void;
  /**
   * Frames below this offset were missed: reads every slot anew that does not include them. False: there is none.
   * Infinity: the hub's database was restored to an older state, and no slot holds any more.
   */
  readonly reload: (below: number) => boolean;
}

export interface RunFeedOptions {
  /** Asks the hub for the run's frames from this offset on; null: from wherever the run is. */
  readonly follow: (offset: number | null) => void;
  /** Called when `standing` may have changed. */
  readonly onProgress?: () => void;
  /** Resolves after a while: the pause before a failed read is tried again. */
  readonly pause?: (ms: number) => Promise<void>;
}

const FIRST_PAUSE_MS = 500;
/** A read that has failed so often is told of, though it is tried again. */
const FAILURES_TOLD = 3;
const LONGEST_PAUSE_MS = 8000;

/**
 * Joins HTTP snapshots and the live stream of one run, so that every reader sees each frame exactly once. It knows
 * neither sockets nor HTTP: stream events come in by `receive`, snapshots by `read`.
 */
export class RunFeed {
  readonly #options: RunFeedOptions;
  readonly #readers = new Set<FeedReader>();
  /** For each read under way: where the stream was when it began. */
  readonly #reads = new Map<symbol, number>();
  readonly #sleepers = new Set<() => void>();
  #stream: Stream = emptyStream;
  #isBehind = false;

  constructor(options: RunFeedOptions) {
    this.#options = options;
  }

  /** Nothing is under way: what the readers show is what the hub has committed. */
  get isCurrent(): boolean {
    return this.#stream.phase === "following" && this.#reads.size === 0;
  }

  /** `away`: no frames come in. `behind`: they do, but what was missed is still being read. */
  get standing(): "away" | "behind" | "current" {
    if (this.#stream.phase === "away") return "away";
    return this.#isBehind ? "behind" : "current";
  }

  /** Registers a reader until the returned function is called. */
  attach(reader: FeedReader): () => void {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }

  /** The connection is there (again): asks to follow from where the readers are. */
  connected(): void {
    if (this.#stream.end === null) {
      const oldest = [...this.#readers].map((reader) => reader.oldest()).filter((offset) => offset !== null);
      if (oldest.length > 0) this.receive({ type: "primed", offset: Math.min(...oldest) });
    }
    this.#options.follow(this.#stream.end);
  }

  receive(event: StreamEvent): void {
    const { end } = this.#stream;
    const from = end ?? 0;
    const { stream, fresh, todo } = reduceStream(this.#stream, event);
    this.#stream = stream;
    if (fresh.length > 0) for (const reader of this.#readers) reader.take(fresh, from);
    const isOlder = event.type === "followed" && end !== null && event.offset <= end;
    const below = isOlder ? Number.POSITIVE_INFINITY : stream.start;
    if (todo === "reload") for (const reader of this.#readers) if (reader.reload(below)) this.#isBehind = true;
    if (todo === "follow") this.#options.follow(stream.end);
    if (event.type === "followed") this.retryNow();
    this.#release();
    if (event.type !== "delta" || todo !== "nothing") this.#options.onProgress?.();
  }

  /**
   * Reads a snapshot and hands it on together with the frames that have come since, at once and in one piece. Failures
   * that may pass are tried again, and told of from the third in a row on; resolves without handing anything on when
   * `signal` is aborted. Throws what will not pass.
   */
  async read<T extends { offset: number }>(
    request: (signal: AbortSignal) => Promise<T>,
    accept: (snapshot: T, since: readonly LiveFrame[]) => void,
    signal: AbortSignal,
    onFailing: (error: TailboneError) => void = () => {},
  ): Promise<void> {
    const id = Symbol();
    let failures = 0;
    try {
      for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; ) {
        this.#reads.set(id, this.#stream.end ?? 0);
        this.#options.onProgress?.();
        const snapshot = await request(signal).catch((error: unknown) => {
          if (signal.aborted) return null;
          if (error instanceof TailboneError && !RETRYABLE[error.code]) throw error;
          failures++;
          if (failures >= FAILURES_TOLD && error instanceof TailboneError) onFailing(error);
          return null;
        });
        if (signal.aborted) return;
        if (snapshot === null) {
          await this.#sleep(pauseMs);
          pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs);
          continue;
        }
        const since = this.#stream.end === null ? [] : framesSince(this.#stream, snapshot.offset);
        if (since === null) continue;
        accept(snapshot, since);
        return;
      }
    } finally {
      this.#reads.delete(id);
      if (this.#reads.size === 0) this.#isBehind = false;
      this.#release();
      this.#options.onProgress?.();
    }
  }

  #release(): void {
    const { end } = this.#stream;
    if (end === null) return;
    const below = Math.min(end, ...this.#reads.values());
    this.#stream = reduceStream(this.#stream, { type: "released", below }).stream;
  }

  async #sleep(ms: number): Promise<void> {
    const pause = this.#options.pause ?? ((time) => new Promise<void>((resolve) => setTimeout(resolve, time)));
    await new Promise<void>((resolve) => {
      this.#sleepers.add(resolve);
      void pause(ms).then(() => {
        this.#sleepers.delete(resolve);
        resolve();
      });
    });
  }

  /** The hub answers again, or somebody asks for it: whoever waits to try again does so now. */
  retryNow(): void {
    for (const resolve of this.#sleepers) resolve();
    this.#sleepers.clear();
  }
}
