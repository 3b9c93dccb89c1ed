import { TailboneError } from "@tailbone/protocol/errors";
import type { OpenWriter } from "@tailbone/protocol/run";
import { Delivery } from "../delivery/delivery";
import type { FrameSource } from "../delivery/frame-source";
import { encodeSubstitute } from "../delivery/substitute";
import { DamagedSpoolError } from "./damage";
import { Spool } from "./spool";
import { lockSpool } from "./spool-lock";
import { isWriterAlive, loadWriterFile } from "./writer-file";

export interface DeliverOptions {
  /** Default: the hub that the spool was written for. */
  readonly url?: string;
  /** Asked at each connection for the key to that hub. */
  readonly findKey: (url: string) => string | undefined;
  /** Deliver what lies behind damage too; the run will say that points are missing. */
  readonly skipDamaged?: boolean;
  /** Frames stored so far, of those that there are. */
  readonly onProgress?: (stored: number, total: number) => void;
  /** A frame that the hub refuses for good; it stays at `path`. */
  readonly onRefused?: (error: TailboneError, path: string) => void;
  /** The hub is not within reach; it is tried again until `signal` aborts, if there is one, or else given up after `patienceMs`. */
  readonly patienceMs?: number;
  readonly signal?: AbortSignal;
}

export interface Delivered {
  /** Frames that the hub has now. */
  readonly frames: number;
  readonly refused: number;
  /** Points, at least, that the hub had and has no more, because its database was restored to an older state. */
  readonly missing: number;
  /** Frames that could not be read, and whose place says so. */
  readonly damaged: number;
}

/** How long a hub may be away before a delivery gives up. */
const PATIENCE_MS = 15_000;

/** A left spool, to be delivered. */
class LeftSpool implements FrameSource {
  readonly #spool: Spool;
  readonly #dir: string;
  readonly #skipDamaged: boolean;
  readonly damaged = new Set<number>();

  constructor(dir: string, skipDamaged: boolean) {
    this.#dir = dir;
    this.#skipDamaged = skipDamaged;
    this.#spool = Spool.open(dir, { skipDamaged });
  }

  get first(): number {
    return this.#spool.first;
  }

  get end(): number {
    return this.#spool.end;
  }

  read(sequence: number): Uint8Array | null {
    if (sequence < this.#spool.first) return null;
    const frame = this.#spool.read(sequence);
    if (frame !== null) return frame;
    if (!this.#skipDamaged) throw new DamagedSpoolError(this.#dir, 0, `frame ${sequence} is missing`);
    this.damaged.add(sequence);
    return encodeSubstitute({ sequence, timeMs: Date.now(), points: null, reason: "damaged" });
  }

  trim(next: number): void {
    this.#spool.trim(next);
  }

  setAside(sequence: number, frame: Uint8Array): string {
    return this.#spool.setAside(sequence, frame);
  }

  close(): void {
    this.#spool.close();
  }

  remove(): void {
    this.#spool.remove();
  }
}

/**
 * Delivers what a dead writer has left, and removes it once the hub has everything. Throws `conflict` while its writer lives or another
 * process delivers it, DamagedSpoolError at damage (what lies before is delivered then), and what the hub has against it.
 */
export async function deliverSpool({ dir }: { readonly dir: string }, options: DeliverOptions): Promise<Delivered> {
  const file = loadWriterFile(dir);
  if (file === null) {
    throw new TailboneError(
      "not_found",
      `There is no spool in ${dir}.`,
      "Name a folder that holds writer.json, or one above it.",
    );
  }
  if (isWriterAlive(dir, file, Date.now())) {
    throw new TailboneError(
      "conflict",
      `The training that writes ${dir} still runs (process ${file.holder.pid}).`,
      "It delivers by itself; if it was started offline, wait for its end.",
    );
  }
  const unlock = lockSpool(dir);
  try {
    return await deliverLocked(dir, options.url ?? file.url, file.request, options);
  } finally {
    unlock();
  }
}

async function deliverLocked(
  dir: string,
  url: string,
  request: OpenWriter,
  options: DeliverOptions,
): Promise<Delivered> {
  const source = new LeftSpool(dir, options.skipDamaged === true);
  try {
    const { first } = source;
    const { refused, missing } = await openDelivery(source, url, request, options);
    const delivered = { frames: source.end - first, refused, missing, damaged: source.damaged.size };
    source.remove();
    return delivered;
  } finally {
    source.close();
  }
}

/** Resolves once the hub has all, with the number of refused frames and of points that are missing there. */
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
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | null = null;
    const settle = (act: () => void): void => {
      if (timer !== null) clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      delivery.stop();
      act();
    };
    const giveUp = (): void =>
      settle(() =>
        reject(
          new TailboneError(
            "unavailable",
            `The hub at ${url} cannot be reached (${reason}).`,
            "Start it (`tailbone start`) or name another one with --url, and try again; nothing is lost.",
          ),
        ),
      );
    const abort = (): void => settle(() => reject(signal?.reason));
    const wait = (): void => {
      timer ??= setTimeout(giveUp, patienceMs);
    };
    const advance = (next: number): void => {
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
          if (timer !== null) clearTimeout(timer);
          timer = null;
          advance(next);
        },
        onAcked: advance,
        onAway: (why, refusal) => {
          // A hub of another version is not there in a while.
          if (refusal?.code === "version_mismatch") return settle(() => reject(refusal));
          reason = why;
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
