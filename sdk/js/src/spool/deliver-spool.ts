import type { HeldLock } from "@tailbone/base/held-lock";
import { TailboneError } from "@tailbone/protocol/errors";
import type { OpenWriter } from "@tailbone/protocol/run";
import { Delivery } from "../delivery/delivery";
import { LeftSpool } from "./left-spool";
import { removeEmptyFolders } from "./remove-spool";
import { lockSpool, whyMayLive } from "./spool-lock";
import type { Damage } from "./survey";
import { hasWriterFile, loadWriterFile } from "./writer-file";

export interface DeliverOptions {
  /** Default: the hub that the spool was written for. */
  readonly url?: string;
  /** Asked at each connection for the key to that hub. */
  readonly findKey: (url: string) => string | undefined;
  /** Its training has ended, also where that cannot be seen. */
  readonly hasEnded?: boolean;
  /** Frames stored so far, of those that there are. */
  readonly onProgress?: (stored: number, total: number) => void;
  /** A frame that the hub refuses for good; it stays at `path`. */
  readonly onRefused?: (error: TailboneError, path: string) => void;
  /** How long nothing new may be stored, since the hub is not within reach or has no room, before it is given up. */
  readonly patienceMs?: number;
  readonly signal?: AbortSignal;
}

export interface Delivered {
  /** Frames that the hub has now. */
  readonly frames: number;
  readonly refused: number;
  /** Frames that could not be read and that the hub did not have; the run says that they are missing. */
  readonly damaged: number;
  /** Points that the hub has not, at least: they could not be read, or its database was restored to an older state. */
  readonly missing: number;
  /** Bytes that could not be read, whatever they were. */
  readonly damage: readonly Damage[];
  /** The folder in which the segments lie that could not be read as a whole; null: there are none. */
  readonly quarantine: string | null;
  /** Why the spool is still there; null: it is gone. */
  readonly kept: string | null;
}

/** How long a hub may be away, or store nothing, before a delivery gives up. */
const PATIENCE_MS = 15_000;

/**
 * Delivers what a dead writer has left, and removes it once the hub has everything; what cannot be read is set aside,
 * and the run says how much is missing. Where its writer may still live, the spool is delivered and kept. Throws
 * `conflict` while somebody holds it, `frame_malformed` when nobody can tell whose it is, and what the hub has against
 * it; then all of it is kept.
 */
export async function deliverSpool({ dir }: { readonly dir: string }, options: DeliverOptions): Promise<Delivered> {
  const lock = takeSpool(dir);
  try {
    const file = loadWriterFile(dir);
    const doubt = options.hasEnded === true ? null : whyMayLive(dir, file, lock);
    const source = new LeftSpool(dir, { isKept: doubt !== null });
    const { refused, missing } = await openDelivery(source, options.url ?? file.url, file.request, options);
    const delivered = {
      frames: Math.max(0, source.end - source.first),
      refused,
      damaged: source.replaced.reduce((sum, { first, end }) => sum + end - first, 0),
      missing: missing + source.replaced.reduce((sum, { points }) => sum + (points ?? 1), 0),
      damage: source.damage,
    };
    if (doubt !== null) {
      const isCut = source.damage.length > 0;
      const kept = `${dir} is kept: ${doubt}${isCut ? "; it is damaged, and is delivered up to there" : ""}`;
      return { ...delivered, quarantine: null, kept };
    }
    const quarantine = source.remove();
    lock?.remove();
    return { ...delivered, quarantine, kept: null };
  } finally {
    lock?.release();
    removeEmptyFolders(dir);
  }
}

function takeSpool(dir: string): HeldLock | null {
  if (hasWriterFile(dir)) return lockSpool(dir);
  // Without it there is no telling whose the segments are, if there are any.
  loadWriterFile(dir);
  return null;
}

/** Resolves once the hub has all, with the number of refused frames and of points that a restored database has lost. */
function openDelivery(
  source: LeftSpool,
  url: string,
  request: OpenWriter,
  { findKey, onProgress, onRefused, patienceMs = PATIENCE_MS, signal }: DeliverOptions,
): Promise<{ refused: number; missing: number }> {
  const { first, end } = source;
  let refused = 0;
  let missing = 0;
  let reason = "it did not answer";
  /** What the hub has said of it, as long as it is there. */
  let refusal: TailboneError | null = null;
  let stored = first;
  /**
   * It was not opened since something new was stored: a hub that opens writers again and again, and stores nothing, is
   * as good as away.
   */
  let isFresh = true;
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | null = null;
    const rest = (): void => {
      if (timer !== null) clearTimeout(timer);
      timer = null;
    };
    const settle = (act: () => void): void => {
      rest();
      signal?.removeEventListener("abort", abort);
      delivery.stop();
      act();
    };
    const giveUp = (): void =>
      settle(() => reject(refusal === null ? unreachable(url, reason) : storesNothing(url, refusal, patienceMs)));
    const abort = (): void => settle(() => reject(signal?.reason));
    const wait = (): void => {
      timer ??= setTimeout(giveUp, patienceMs);
    };
    const advance = (next: number): void => {
      if (next > stored) {
        rest();
        isFresh = true;
      }
      stored = Math.max(stored, next);
      onProgress?.(Math.max(0, Math.min(next, end) - first), end - first);
      if (next >= end) settle(() => resolve({ refused, missing }));
    };
    const delivery = new Delivery({
      url,
      findKey: () => findKey(url),
      request,
      source,
      events: {
        onOpened: ({ next }) => {
          if (isFresh) rest();
          isFresh = false;
          advance(next);
        },
        onAcked: advance,
        onAway: (why, said) => {
          // A hub of another version is not there in a while.
          if (said?.code === "version_mismatch") return settle(() => reject(said));
          reason = why;
          refusal = said ?? null;
          wait();
        },
        onDelayed: (said) => {
          refusal = said;
          wait();
        },
        onClosed: (error) => settle(() => reject(error)),
        onRefused: (error, path) => {
          refused++;
          onRefused?.(error, path);
        },
        onMissing: ({ points }) => {
          missing += points ?? 1;
        },
      },
    });
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted === true) return abort();
    wait();
    delivery.start();
  });
}

const unreachable = (url: string, reason: string): TailboneError =>
  new TailboneError(
    "unavailable",
    `The hub at ${url} cannot be reached (${reason}).`,
    "Start it (`tailbone start`) or name another one with --url, and try again; nothing is lost.",
  );

const storesNothing = (url: string, { code, message, hint }: TailboneError, waitedMs: number): TailboneError =>
  new TailboneError(
    code,
    `The hub at ${url} has stored nothing more for ${waitedMs / 1000} s: ${message}`,
    `${hint} What is not stored is still here: try again then; nothing is lost.`,
  );
