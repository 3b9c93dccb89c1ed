import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { MeasuringInput, MeasuringOrder, MeasuringReply, Snapshot, TaskChange } from "./messages";

/** As built, the worker lies in the package's folder. */
const WORKER_URL = new URL(
  import.meta.url.endsWith(".ts") ? "./from-source.test-util.mjs" : "../measuring-worker.js",
  import.meta.url,
);

/** The training's side of the measuring thread. */
export class MeasuringThread {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #onReply: (reply: MeasuringReply) => void;

  constructor(input: MeasuringInput, onReply: (reply: MeasuringReply) => void, onDied: (error: Error) => void) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#onReply = onReply;
    const { NODE_OPTIONS: _, ...env } = process.env;
    this.#worker = new Worker(WORKER_URL, {
      workerData: { input, port: port2 },
      transferList: [port2],
      execArgv: [],
      env,
      name: "tailbone measuring",
    });
    this.#port.on("message", (reply: MeasuringReply) => this.#onReply(reply));
    this.#worker.on("error", onDied);
    this.#release();
  }

  /** Takes what has come in. A training whose steps are synchronous never lets messages through by itself. */
  poll(): void {
    for (;;) {
      const received: { message: MeasuringReply } | undefined = receiveMessageOnPort(this.#port);
      if (received === undefined) return;
      this.#onReply(received.message);
    }
  }

  measure(snapshot: Snapshot): void {
    this.#order(
      { type: "measure", snapshot },
      snapshot.weights.map(({ buffer }) => buffer).filter((buffer) => buffer instanceof ArrayBuffer),
    );
  }

  setTask(change: TaskChange): void {
    this.#order({ type: "task", change });
  }

  #order(order: MeasuringOrder, transfer: ArrayBuffer[] = []): void {
    this.#port.postMessage(order, transfer);
  }

  /** The process stays alive while something is waited for, and no longer. */
  hold(): void {
    this.#worker.ref();
    this.#port.ref();
  }

  release(): void {
    this.#release();
  }

  #release(): void {
    this.#worker.unref();
    this.#port.unref();
  }
}
