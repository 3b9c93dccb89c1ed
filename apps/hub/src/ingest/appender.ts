import { type ErrorCode, RETRYABLE, TailboneError } from "@tailbone/protocol/errors";
import { decodeFrame, type Frame } from "@tailbone/protocol/frame";
import { LIMITS } from "@tailbone/protocol/limits";
import type { Run } from "@tailbone/protocol/run";
import { expectedFailure } from "../failure";
import type { Metrics } from "../metrics";
import { type PendingFrame, type Placed, takeBatch } from "./lane";

export interface Address {
  readonly team: string;
  readonly run: string;
  readonly writer: string;
}

/** Frames `from` (inclusive) to `to` (exclusive) of the run's stream, as they have just been committed. */
export interface Committed {
  readonly team: string;
  readonly run: Run;
  readonly from: number;
  readonly to: number;
  /** The leg of the run that their writer appends. */
  readonly leg: number;
  readonly frames: readonly Uint8Array[];
}

interface CommitResult {
  readonly next: number;
  readonly from: number;
  readonly to: number;
  readonly leg: number;
  readonly run: Run;
}

export interface AppenderOptions {
  /** Commits frames of one writer, in order, in one transaction. */
  readonly commit: (address: Address, frames: readonly Frame[]) => Promise<CommitResult>;
  /** Called in the order of the run's stream, before the writers are answered. */
  readonly onCommitted: (committed: Committed) => void;
  readonly metrics: Metrics;
}

export interface Appender {
  /** Resolves once the frame is committed (now or earlier). Throws what the writer is to be told. */
  readonly append: (address: Address, input: Uint8Array) => Promise<Placed>;
  /** Refuses new frames, and resolves when all accepted ones are answered. */
  readonly drain: () => Promise<void>;
}

const RUN_QUEUE_BYTES = 32 * 1024 * 1024;
const RUN_QUEUE_FRAMES = 4096;
const QUEUE_BYTES = 256 * 1024 * 1024;

interface Lane {
  readonly queue: PendingFrame[];
  bytes: number;
}

const codeOf = (error: unknown): ErrorCode => expectedFailure(error)?.code ?? "internal";

/**
 * The way of a frame into the database. Each run has one lane with one commit under way, so the frames of a writer
 * commit in order and a run's stream is pushed to viewers in order; what arrives meanwhile is committed together next.
 */
export function createAppender({ commit, onCommitted, metrics }: AppenderOptions): Appender {
  const lanes = new Map<string, Lane>();
  const working = new Set<Promise<void>>();
  let queuedBytes = 0;
  let draining = false;

  async function commitBatch(team: string, run: string, batch: readonly PendingFrame[]): Promise<void> {
    const writer = batch[0]?.writer;
    if (writer === undefined) return;
    const frames = batch.map((pending) => pending.frame);
    const stop = metrics.commitSeconds.startTimer();
    const result = await commit({ team, run, writer }, frames);
    stop();
    const fresh = batch.slice(batch.length - (result.to - result.from));
    metrics.frames.inc(fresh.length);
    metrics.repeats.inc(batch.length - fresh.length);
    for (const { frame } of fresh) {
      for (const group of frame.groups) metrics.points.inc(group.names.length * group.steps.length);
    }
    if (fresh.length > 0) {
      const { run: head, from, to, leg } = result;
      onCommitted({ team, run: head, from, to, leg, frames: fresh.map(({ bytes }) => bytes) });
    }
    for (const pending of batch) pending.resolve({ next: result.next });
  }

  async function work(key: string, lane: Lane, team: string, run: string): Promise<void> {
    while (lane.queue.length > 0) {
      const batch = takeBatch(lane.queue);
      try {
        await commitBatch(team, run, batch);
      } catch (error) {
        const code = codeOf(error);
        if (batch.length === 1 || (RETRYABLE[code] && code !== "internal")) {
          for (const pending of batch) pending.reject(error);
        } else {
          // One frame of the batch cannot be stored, or trips a bug; only its writer's answer to that very frame may say so.
          for (const pending of batch) await commitBatch(team, run, [pending]).catch(pending.reject);
        }
      }
      for (const { bytes } of batch) {
        lane.bytes -= bytes.byteLength;
        queuedBytes -= bytes.byteLength;
      }
      metrics.queuedBytes.set(queuedBytes);
    }
    lanes.delete(key);
  }

  function enqueue(address: Address, frame: Frame, bytes: Uint8Array): Promise<Placed> {
    const key = `${address.team}/${address.run}`;
    const existing = lanes.get(key);
    const lane = existing ?? { queue: [], bytes: 0 };
    const full = lane.queue.length >= RUN_QUEUE_FRAMES || lane.bytes + bytes.byteLength > RUN_QUEUE_BYTES;
    if (full || queuedBytes + bytes.byteLength > QUEUE_BYTES) {
      throw new TailboneError(
        "rate_limited",
        "More frames wait to be committed than the hub holds in memory.",
        "Send this frame again in a moment; wait for acknowledgements before sending many more.",
      );
    }
    lane.bytes += bytes.byteLength;
    queuedBytes += bytes.byteLength;
    return new Promise((resolve, reject) => {
      lane.queue.push({ writer: address.writer, frame, bytes, resolve, reject });
      if (existing !== undefined) return;
      lanes.set(key, lane);
      const task = work(key, lane, address.team, address.run).finally(() => working.delete(task));
      working.add(task);
    });
  }

  return {
    append: async (address, input) => {
      try {
        if (draining) {
          throw new TailboneError(
            "unavailable",
            "The hub is shutting down.",
            "Keep the frame and send it again when the hub is back.",
          );
        }
        // A copy of its own: a socket's message is a slice of a larger buffer that it would keep alive.
        const bytes = input.byteLength > LIMITS.frameBytes ? input : new Uint8Array(input);
        return await enqueue(address, decodeFrame(bytes), bytes);
      } catch (error) {
        metrics.refuse(codeOf(error));
        throw error;
      }
    },
    drain: async () => {
      draining = true;
      while (working.size > 0) await Promise.all(working);
    },
  };
}
