/** A frame as its writer encoded it, and which of the run's legs that writer appends. */
export interface LegFrame {
  readonly leg: number;
  readonly bytes: Uint8Array;
}

/**
 * The recent frames of one run's stream, as their writers encoded them: offsets `start` (inclusive) to `end`
 * (exclusive), at most `capacity` bytes of them, and always the newest.
 */
export class Feed {
  readonly #frames: LegFrame[] = [];
  readonly #capacity: number;
  #dropped = 0;
  #bytes = 0;
  #end: number;

  constructor(offset: number, capacity: number) {
    this.#end = offset;
    this.#capacity = capacity;
  }

  get start(): number {
    return this.#end - (this.#frames.length - this.#dropped);
  }

  get end(): number {
    return this.#end;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Takes in what was committed as `from` and the following offsets. What the feed has already is left out; when
   * frames in between were committed elsewhere, the feed starts anew, for it never has a hole.
   */
  append(from: number, frames: readonly LegFrame[]): void {
    if (from > this.#end) {
      this.#frames.length = 0;
      this.#dropped = 0;
      this.#bytes = 0;
      this.#end = from;
    }
    for (const frame of frames.slice(this.#end - from)) {
      this.#frames.push(frame);
      this.#bytes += frame.bytes.byteLength;
      this.#end++;
    }
    while (this.#bytes > this.#capacity && this.start < this.#end - 1) {
      this.#bytes -= this.#frames[this.#dropped]?.bytes.byteLength ?? 0;
      this.#frames[this.#dropped] = EMPTY;
      this.#dropped++;
    }
    if (this.#dropped > 1024 && this.#dropped * 2 > this.#frames.length) {
      this.#frames.splice(0, this.#dropped);
      this.#dropped = 0;
    }
  }

  /** The frames from `offset` on, at most `limit` of them; null when they are no longer (or not yet) here. */
  since(offset: number, limit: number): LegFrame[] | null {
    if (offset < this.start || offset > this.#end) return null;
    const first = this.#dropped + offset - this.start;
    return this.#frames.slice(first, first + limit);
  }

  /** True when the frames from `offset` on are gone, or take more than `limit` bytes. */
  isBeyond(offset: number, limit: number): boolean {
    if (offset < this.start) return true;
    let bytes = 0;
    for (let index = this.#dropped + offset - this.start; index < this.#frames.length; index++) {
      bytes += this.#frames[index]?.bytes.byteLength ?? 0;
      if (bytes > limit) return true;
    }
    return false;
  }
}

const EMPTY: LegFrame = { leg: 0, bytes: new Uint8Array(0) };

/** The feeds of all runs together: bounded, the run that was silent longest goes first. */
export class FeedStore {
  readonly #feeds = new Map<string, Feed>();
  readonly #runBytes: number;
  readonly #totalBytes: number;
  #bytes = 0;

  constructor(limits: { runBytes: number; totalBytes: number }) {
    this.#runBytes = limits.runBytes;
    this.#totalBytes = limits.totalBytes;
  }

  get(run: string): Feed | undefined {
    return this.#feeds.get(run);
  }

  get bytes(): number {
    return this.#bytes;
  }

  append(run: string, from: number, frames: readonly LegFrame[]): Feed {
    const feed = this.#feeds.get(run) ?? new Feed(from, this.#runBytes);
    this.#feeds.delete(run);
    this.#feeds.set(run, feed);
    this.#bytes -= feed.bytes;
    feed.append(from, frames);
    this.#bytes += feed.bytes;
    for (const [oldest, { bytes }] of this.#feeds) {
      if (this.#bytes <= this.#totalBytes || oldest === run) break;
      this.#feeds.delete(oldest);
      this.#bytes -= bytes;
    }
    return feed;
  }

  clear(): void {
    this.#feeds.clear();
    this.#bytes = 0;
  }

  delete(run: string): void {
    this.#bytes -= this.#feeds.get(run)?.bytes ?? 0;
    this.#feeds.delete(run);
  }
}
