import { join } from "node:path";
import { type Clock, systemClock } from "@tailbone/base/clock";
import { currentHolder, type HeldLock } from "@tailbone/base/held-lock";
import { TailboneError } from "@tailbone/protocol/errors";
import type { OpenedWriter } from "@tailbone/protocol/run";
import { Delivery } from "../delivery/delivery";
import { findStoredKey } from "../environment";
import { CONTROL, LINK, PHASE } from "../ring/layout";
import { RingReader } from "../ring/ring-reader";
import { makeDurableFolder } from "../spool/durable-folder";
import { removeEmptyFolders } from "../spool/remove-spool";
import { Spool } from "../spool/spool";
import { lockSpool } from "../spool/spool-lock";
import { saveWriterFile } from "../spool/writer-file";
import { Collector } from "./collector";
import { deliverLeftovers } from "./leftovers";
import type { WorkerInput, WorkerMessage } from "./messages";
import { Outbox, type OutboxEvents } from "./outbox";
import { tell } from "./tell";

/** How often the ring is emptied. */
const COLLECT_MS = 5;
/** How old what was logged may become before it is sealed, synced and sent. */
const SEAL_MS = 20;
const BEAT_MS = 5000;

/**
 * The worker of one writer: ring -> frames -> disk -> hub. It never waits for the training's thread, and the training
 * never for it, but for room in the ring and at the very end.
 */
export class WriterWorker {
  readonly #input: WorkerInput;
  readonly #post: (message: WorkerMessage) => void;
  readonly #reader: RingReader;
  readonly #dir: string;
  /** Held as long as this thread lives; null where there are no locks. */
  #lock: HeldLock | null = null;
  readonly #spool: Spool;
  readonly #outbox: Outbox;
  readonly #collector: Collector;
  readonly #delivery: Delivery | null;
  /** Resolves when the worker has nothing more to do. */
  readonly ended: Promise<void>;
  #end: () => void = () => {};
  #timers: NodeJS.Timeout[] = [];
  #link: number = LINK.away;
  #hasOpened = false;
  /** The hub could not store the last frame that it answered. */
  #isDelayed = false;
  readonly #closing = new AbortController();

  /** Makes the spool's folder. Throws a TailboneError when that cannot be. */
  constructor(input: WorkerInput, post: (message: WorkerMessage) => void, clock: Clock = systemClock) {
    this.#input = input;
    this.#post = post;
    this.#reader = RingReader.over(input.ring);
    this.#dir = join(input.spoolRoot, input.request.run, input.request.writer);
    this.#spool = this.#createSpool();
    const events: OutboxEvents = {
      onDiskTrouble: (error) =>
        tell(
          `cannot write to ${this.#dir}: ${error.message}. The training goes on; points are kept in memory meanwhile.`,
        ),
      onDiskRecovered: () => tell(`can write to ${this.#dir} again.`),
      onDamage: (sequence) =>
        tell(`frame ${sequence} cannot be read back from ${this.#dir}; the run says that points are missing.`),
    };
    this.#outbox = new Outbox(this.#spool, events, clock);
    this.#collector = new Collector(this.#reader, this.#outbox, clock);
    this.#delivery = input.mode === "offline" ? null : this.#createDelivery(clock);
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  start(): void {
    if (this.#delivery === null) this.#setLink(LINK.closed);
    this.#delivery?.start();
    this.#timers = [setInterval(() => this.#turn(), COLLECT_MS), setInterval(() => this.#beat(), BEAT_MS)];
  }

  /** Points of the worker's own, at the current step. */
  addPoints(names: readonly string[], values: readonly number[], timeMs: number): void {
    this.#collector.add(`worker:${names.join()}`, names, timeMs, (index) => values[index] ?? Number.NaN);
  }

  #createSpool(): Spool {
    const { request, url } = this.#input;
    try {
      makeDurableFolder(this.#dir);
      this.#lock = lockSpool(this.#dir);
      const isLocked = this.#lock !== null;
      saveWriterFile(this.#dir, { version: 2, url, request, holder: currentHolder(), isLocked });
      return new Spool(this.#dir);
    } catch (cause) {
      throw new TailboneError(
        "storage_full",
        `The spool ${this.#dir} cannot be written: ${cause instanceof Error ? cause.message : cause}.`,
        "What is logged goes through this folder, so that nothing is lost. Make room, or name another one with TAILBONE_DATA or init({ dir }).",
        { cause },
      );
    }
  }

  #createDelivery(clock: Clock): Delivery {
    const { url, apiKey, configHome, request } = this.#input;
    return new Delivery({
      url,
      findKey: () => apiKey ?? findStoredKey(configHome, url),
      request,
      source: this.#outbox,
      clock,
      events: {
        onOpened: (opened) => this.#opened(opened),
        onAcked: () => this.#acked(),
        onDelayed: (error) => this.#delayed(error),
        onAway: (reason, refusal) => {
          this.#setLink(LINK.away);
          if (!this.#hasOpened) this.#post({ type: "away", reason });
          if (refusal?.code === "version_mismatch") this.#delayed(refusal);
        },
        onClosed: (error) => this.#closed(error),
        onRefused: (error, path) => tell(`the hub refused a frame: ${error.message} It is kept as ${path}.`),
        onMissing: ({ points, span }) =>
          tell(
            `the hub's database was restored to an older state; ${points ?? "some"} points (${span} frames) that it had before are missing there. The run's page says so.`,
          ),
      },
    });
  }

  #opened(opened: OpenedWriter): void {
    this.#setLink(LINK.open);
    if (this.#hasOpened) return;
    this.#hasOpened = true;
    void deliverLeftovers(this.#input, this.#closing.signal);
    if (this.#outbox.sealed === 0) this.#collector.step = opened.lastStep ?? 0;
    this.#post({ type: "opened", opened });
  }

  #delayed(error: TailboneError): void {
    if (this.#isDelayed) return;
    this.#isDelayed = true;
    tell(`${error.message} ${error.hint} The training goes on; what it logs waits in ${this.#dir}.`);
  }

  #acked(): void {
    if (this.#isDelayed) tell("the hub stores again.");
    this.#isDelayed = false;
  }

  #closed(error: TailboneError): void {
    this.#setLink(LINK.closed);
    if (Atomics.load(this.#reader.control, CONTROL.started) === 0)
      this.#post({ type: "failed", error: error.toWire() });
    else {
      tell(`${error.message} ${error.hint} The training goes on; what it logs is kept in ${this.#dir}.`);
    }
  }

  #turn(): void {
    const phase = Atomics.load(this.#reader.control, CONTROL.phase);
    this.#collector.collect(phase === PHASE.running ? SEAL_MS : 0);
    this.#outbox.flush();
    this.#delivery?.pump();
    this.#publish();
    if (phase === PHASE.running) return;
    const isDone = this.#collector.isEmpty && this.#outbox.isDurable;
    const hasNobodyToTell = this.#link === LINK.closed;
    if (phase === PHASE.stopping || (isDone && (this.#outbox.isDelivered || hasNobodyToTell))) this.#close();
  }

  /** Shows the training's thread how far everything is. */
  #publish(): void {
    const { control, tail } = this.#reader;
    const set = (word: number, value: number): boolean => Atomics.exchange(control, word, value) !== value;
    let hasChanged = set(CONTROL.sealed, this.#outbox.sealed);
    hasChanged = set(CONTROL.acked, this.#delivery?.acked ?? 0) || hasChanged;
    if (this.#collector.isEmpty && this.#outbox.isDurable) {
      hasChanged = set(CONTROL.durable, tail) || hasChanged;
      if (this.#outbox.isDelivered) hasChanged = set(CONTROL.delivered, tail) || hasChanged;
    }
    if (hasChanged) this.#tick();
  }

  #tick(): void {
    Atomics.add(this.#reader.control, CONTROL.tick, 1);
    Atomics.notify(this.#reader.control, CONTROL.tick);
  }

  #setLink(link: number): void {
    this.#link = link;
    Atomics.store(this.#reader.control, CONTROL.link, link);
    this.#tick();
  }

  #beat(): void {
    this.#delivery?.beat();
  }

  #close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#delivery?.stop();
    this.#closing.abort();
    const isAllStored =
      this.#delivery !== null && this.#collector.isEmpty && this.#outbox.isDelivered && this.#hasOpened;
    if (isAllStored) this.#spool.remove();
    else this.#spool.close();
    if (isAllStored) this.#lock?.remove();
    else this.#lock?.release();
    removeEmptyFolders(this.#dir);
    this.#setLink(LINK.dead);
    this.#end();
  }
}
