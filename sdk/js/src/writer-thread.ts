import { Worker } from "node:worker_threads";
import { systemClock } from "@tailbone/base/clock";
import { fromWire, TailboneError } from "@tailbone/protocol/errors";
import type { OpenedWriter } from "@tailbone/protocol/run";
import { CONTROL, LINK, PHASE } from "./ring/layout";
import type { RingWriter } from "./ring/ring-writer";
import type { WorkerInput, WorkerMessage } from "./worker/messages";

/** As built, the worker lies beside this file. */
const WORKER_URL = new URL(
  import.meta.url.endsWith(".ts") ? "./worker/from-source.test-util.mjs" : "./worker.js",
  import.meta.url,
);

/** How far the worker is, in frames. */
export interface DrainProgress {
  readonly sealed: number;
  readonly acked: number;
  readonly isOpen: boolean;
}

export type OpenOutcome = { readonly opened: OpenedWriter } | { readonly away: string };

/** The training's side of its worker thread. */
export class WriterThread {
  readonly #worker: Worker;
  readonly #ring: RingWriter;
  readonly ended: Promise<void>;
  #failure: Error | null = null;
  #onMessage: (message: WorkerMessage | Error) => void = () => {};

  constructor(input: WorkerInput, ring: RingWriter) {
    this.#ring = ring;
    // The script's own loaders and flags are none of the worker's business, and would only slow its start.
    const { NODE_OPTIONS: _, ...env } = process.env;
    this.#worker = new Worker(WORKER_URL, { workerData: input, execArgv: [], env, name: "tailbone" });
    this.#worker.on("message", (message: WorkerMessage) => this.#onMessage(message));
    this.#worker.on("error", (error) => {
      this.#failure = error;
      this.#markDead();
      this.#onMessage(error);
    });
    this.ended = new Promise((resolve) => {
      this.#worker.on("exit", () => {
        this.#markDead();
        resolve();
      });
    });
  }

  /** Why the worker died, if it did by a bug of ours. */
  get failure(): Error | null {
    return this.#failure;
  }

  /**
   * Waits until the hub has opened the writer, at most `patienceMs` from when the worker is ready. Throws what the hub
   * or the disk has against it.
   */
  async open(patienceMs: number): Promise<OpenOutcome> {
    return new Promise((resolve, reject) => {
      let reason = "it did not answer in time";
      let timer: NodeJS.Timeout | null = null;
      const settle = (act: () => void): void => {
        if (timer !== null) clearTimeout(timer);
        this.#onMessage = () => {};
        this.#worker.unref();
        act();
      };
      this.#onMessage = (message) => {
        if (message instanceof Error) return settle(() => reject(this.#brokenBy(message)));
        if (message.type === "opened") return settle(() => resolve({ opened: message.opened }));
        if (message.type === "failed") return settle(() => reject(fromWire(message.error)));
        if (message.type === "away") reason = message.reason;
        else timer = setTimeout(() => settle(() => resolve({ away: reason })), patienceMs);
      };
    });
  }

  /** From now on the worker itself tells people what is wrong. */
  markStarted(): void {
    Atomics.store(this.#ring.control, CONTROL.started, 1);
  }

  /** Asks the worker to deliver everything and end. */
  finish(): void {
    this.#worker.ref();
    Atomics.store(this.#ring.control, CONTROL.phase, PHASE.finishing);
  }

  /** Asks the worker to end now; resolves when it has. */
  async stop(): Promise<void> {
    Atomics.store(this.#ring.control, CONTROL.phase, PHASE.stopping);
    const timer = setTimeout(() => void this.#worker.terminate(), 3000);
    await this.ended;
    clearTimeout(timer);
  }

  progress(): DrainProgress {
    const { control } = this.#ring;
    return {
      sealed: Atomics.load(control, CONTROL.sealed),
      acked: Atomics.load(control, CONTROL.acked),
      isOpen: Atomics.load(control, CONTROL.link) === LINK.open,
    };
  }

  /** All that is in the ring is on disk. */
  get isDurable(): boolean {
    return Atomics.load(this.#ring.control, CONTROL.durable) === this.#ring.head;
  }

  /** All that is in the ring is stored by the hub. */
  get isDelivered(): boolean {
    return Atomics.load(this.#ring.control, CONTROL.delivered) === this.#ring.head;
  }

  /**
   * Blocks this thread, at most `limitMs`, until everything is on disk and, while the hub is connected, stored by it.
   * The worker goes on meanwhile: it needs nothing of this thread.
   */
  finishNow(limitMs: number): void {
    const { control } = this.#ring;
    const until = systemClock.monotonicMs() + limitMs;
    Atomics.store(control, CONTROL.phase, PHASE.finishing);
    for (;;) {
      const tick = Atomics.load(control, CONTROL.tick);
      const link = Atomics.load(control, CONTROL.link);
      if (link === LINK.dead || (this.isDurable && link !== LINK.open)) return;
      const restMs = until - systemClock.monotonicMs();
      if (restMs <= 0) return;
      Atomics.wait(control, CONTROL.tick, tick, restMs);
    }
  }

  #brokenBy(error: Error): TailboneError {
    return new TailboneError(
      "internal",
      `Tailbone's worker thread did not start: ${error.message}.`,
      'This is a bug of Tailbone or a damaged installation; please report it. init({ mode: "disabled" }) trains without it.',
      { cause: error },
    );
  }

  #markDead(): void {
    Atomics.store(this.#ring.control, CONTROL.link, LINK.dead);
    Atomics.add(this.#ring.control, CONTROL.tick, 1);
    Atomics.notify(this.#ring.control, CONTROL.tick);
  }
}
