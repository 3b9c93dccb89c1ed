import type { Clock } from "@tailbone/base/clock";
import { appendFrames } from "@tailbone/db/append/append-frames";
import type { Database } from "@tailbone/db/server/database";
import { type ErrorCode, RETRYABLE, TailboneError } from "@tailbone/protocol/errors";
import { decodeFrame, type Frame } from "@tailbone/protocol/frame";
import { LIMITS } from "@tailbone/protocol/limits";
import type { Appended } from "@tailbone/protocol/sockets";
import type { Effect } from "@tailbone/services/effects";
import { expectedFailure } from "../failure";
import type { Metrics } from "../metrics";
import type { Publish } from "../perform";
import type { Quotas } from "../quotas";
import { createCommitSlots } from "./commit-slots";
import { BATCH_BYTES, type PendingFrame, type Placed, takeBatch } from "./run-queue";

export interface Address {
  readonly team: string;
  readonly run: string;
  readonly writer: string;
}

export interface AppenderOptions {
  readonly db: Database;
  /** Throws `unavailable` where this may not be the one hub of the database. */
  readonly requireHold: () => void;
  /** Called in the order of the run's stream, before the writers are answered. */
  readonly publish: Publish;
  readonly epoch: () => string;
  readonly quotas: Quotas;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

export interface Appender {
  /** Resolves once the frame is committed (now or earlier). Throws what the writer is to be told. */
  readonly append: (address: Address, input: Uint8Array) => Promise<Appended>;
  /** Refuses new frames, and resolves when all accepted ones are answered. */
  readonly drain: () => Promise<void>;
}

const RUN_QUEUE_FRAMES = 4096;
const QUEUE_BYTES = 256 * 1024 * 1024;
/** Fewer than the pool has connections: the others are for those who read. */
const SLOTS = { slots: 6, largeSlots: 1, largeBytes: 256 * 1024, restWithinMs: 1000 };
/**
 * What the hub commits in a millisecond, until it has been seen; and how soon and how late a writer is to come back.
 */
const FIRST_BYTES_PER_MS = 10_000;
const RETRY_MS = { least: 100, most: 10_000 };

/** The frames of one run that wait, and how many bytes they are. */
interface RunQueue {
  readonly frames: PendingFrame[];
  bytes: number;
}

const codeOf = (error: unknown): ErrorCode => expectedFailure(error)?.code ?? "internal";

/**
 * The way of a frame into the database. Each run has one queue with one commit under way, so the frames of a writer
 * commit in order and a run's stream is pushed to viewers in order; what arrives meanwhile is committed together next.
 * Queues take turns, fairly among teams and their runs, and what one may have waiting is bounded.
 */
export function createAppender(options: AppenderOptions): Appender {
  const { db, requireHold, publish, epoch, quotas, clock, metrics } = options;
  const queues = new Map<string, RunQueue>();
  const slots = createCommitSlots({ ...SLOTS, clock });
  const teamBytes = new Map<string, number>();
  let bytesPerMs = FIRST_BYTES_PER_MS;
  const working = new Set<Promise<void>>();
  let queuedBytes = 0;
  let draining = false;

  async function commitBatch(team: string, run: string, batch: readonly PendingFrame[]): Promise<void> {
    const writer = batch[0]?.writer;
    if (writer === undefined) return;
    const frames = batch.map((pending) => pending.frame);
    requireHold();
    const stop = metrics.commitSeconds.startTimer();
    const caps = quotas.settings.alertCaps;
    const appended = await appendFrames(db, { team, run, writer, frames, nowMs: clock.wallMs(), caps });
    stop();
    const { next, alerts, ...place } = appended;
    const fresh = batch.slice(batch.length - (place.to - place.from));
    metrics.frames.inc(fresh.length);
    metrics.repeats.inc(batch.length - fresh.length);
    for (const { frame } of fresh) {
      for (const group of frame.groups) metrics.points.inc(group.names.length * group.steps.length);
    }
    const ofScripts = frames.flatMap(({ records }) => records).filter(({ type }) => type === "alert").length;
    quotas.countAlerts(team, Math.max(0, alerts.length - ofScripts));
    const effects: Effect[] = [{ type: "alerts-raised", team, alerts }];
    if (fresh.length > 0) {
      effects.unshift({ type: "frames-committed", team, run, ...place, frames: fresh.map(({ bytes }) => bytes) });
    }
    await publish(effects);
    for (const pending of batch) pending.resolve({ next });
  }

  async function commitNext(queue: RunQueue, team: string, run: string): Promise<void> {
    const batch = takeBatch(queue.frames);
    const began = clock.monotonicMs();
    try {
      await commitBatch(team, run, batch);
    } catch (error) {
      const code = codeOf(error);
      if (batch.length === 1 || (RETRYABLE[code] && code !== "internal")) {
        for (const pending of batch) pending.reject(error);
      } else {
        // One frame of the batch cannot be stored, or trips a bug; only its writer's answer to that very frame may say
        // so.
        for (const pending of batch) await commitBatch(team, run, [pending]).catch(pending.reject);
      }
    }
    const bytes = batch.reduce((sum, pending) => sum + pending.bytes.byteLength, 0);
    bytesPerMs += (bytes / Math.max(1, clock.monotonicMs() - began) - bytesPerMs) * Math.min(0.2, bytes / BATCH_BYTES);
    count(queue, team, -bytes);
  }

  function count(queue: RunQueue, team: string, bytes: number): void {
    queue.bytes += bytes;
    queuedBytes += bytes;
    const ofTeam = (teamBytes.get(team) ?? 0) + bytes;
    if (ofTeam === 0) teamBytes.delete(team);
    else teamBytes.set(team, ofTeam);
    metrics.queuedBytes.set(queuedBytes);
  }

  async function work(key: string, queue: RunQueue, team: string, run: string): Promise<void> {
    while (queue.frames.length > 0) {
      await slots.take({ team, run, bytes: Math.min(queue.bytes, BATCH_BYTES) }, () => commitNext(queue, team, run));
    }
    queues.delete(key);
  }

  /** Throws `rate_limited` with the time after which what `waits` will have been committed, as far as can be seen. */
  function refuse(who: string, waits: number): never {
    const sharing = Math.max(1, teamBytes.size);
    const retryAfterMs = Math.min(RETRY_MS.most, Math.max(RETRY_MS.least, (waits / bytesPerMs) * sharing));
    throw new TailboneError(
      "rate_limited",
      `More frames of ${who} wait to be committed than the hub holds in memory for it.`,
      "Send this frame again when the time that the answer names is over; wait for acknowledgements before sending many more.",
      { retryAfterMs: Math.ceil(retryAfterMs) },
    );
  }

  /**
   * Throws `rate_limited` where so many bytes more would be too many. Asked before a frame is read: one that is refused
   * costs nearly nothing.
   */
  function admit({ team, run }: Address, bytes: number): void {
    const { frames, bytes: ofRun } = queues.get(`${team}/${run}`) ?? { frames: [], bytes: 0 };
    const ofTeam = teamBytes.get(team) ?? 0;
    const { runBytes, teamBytes: mostOfTeam } = quotas.settings;
    // One frame always fits, or a large one never would.
    const isBeyond = (waiting: number, most: number): boolean => waiting > 0 && waiting + bytes > most;
    if (frames.length >= RUN_QUEUE_FRAMES || isBeyond(ofRun, runBytes)) refuse("this run", ofRun);
    if (isBeyond(ofTeam, mostOfTeam)) refuse("this team", ofTeam);
    if (isBeyond(queuedBytes, QUEUE_BYTES)) refuse("all teams", queuedBytes);
  }

  function enqueue(address: Address, frame: Frame, bytes: Uint8Array): Promise<Placed> {
    const { team } = address;
    const key = `${team}/${address.run}`;
    const existing = queues.get(key);
    const queue = existing ?? { frames: [], bytes: 0 };
    quotas.admitAlerts(team, frame.records.filter(({ type }) => type === "alert").length);
    count(queue, team, bytes.byteLength);
    return new Promise((resolve, reject) => {
      queue.frames.push({ writer: address.writer, frame, bytes, resolve, reject });
      if (existing !== undefined) return;
      queues.set(key, queue);
      const task = work(key, queue, team, address.run).finally(() => working.delete(task));
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
        admit(address, input.byteLength);
        // A copy of its own: a socket's message is a slice of a larger buffer that it would keep alive.
        const bytes = input.byteLength > LIMITS.frameBytes ? input : new Uint8Array(input);
        const { next } = await enqueue(address, decodeFrame(bytes), bytes);
        return { next, epoch: epoch() };
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
