/** Frames of one writer that wait to be delivered, by their sequences. */
export interface FrameSource {
  /** Nothing below is there any more: it was acknowledged, and let go. */
  readonly first: number;
  /** Sequence behind the last frame that may be sent. */
  readonly end: number;
  /**
   * The frame of that sequence, or one in the place of some that cannot be read; null: it was acknowledged, and let go.
   */
  readonly read: (sequence: number) => Uint8Array | null;
  /**
   * All below `next` is committed and need not be kept; a hub whose database was restored may say less than it did
   * before.
   */
  readonly trim: (next: number) => void;
  /**
   * Keeps a frame that the hub refuses for good out of the way, to be replaced by one that says so. Returns where it
   * lies.
   */
  readonly setAside: (sequence: number, frame: Uint8Array) => string;
}
