import { TailboneError } from "@tailbone/protocol/errors";
import type { Log } from "../log";

/**
 * What a hub consists of at the moment: each part ends in the reverse order of the start, and if one dies, all are to
 * stop.
 */
export class Parts {
  /** Resolves with the reason when a part has died by itself. */
  readonly failed: Promise<TailboneError>;
  readonly #log: Log;
  readonly #closers: (() => unknown)[] = [];
  #closing: Promise<void> | null = null;
  #resolveFailed: (error: TailboneError) => void = () => {};

  constructor(log: Log) {
    this.#log = log;
    this.failed = new Promise((resolve) => {
      this.#resolveFailed = resolve;
    });
  }

  add(close: () => unknown): void {
    this.#closers.push(close);
  }

  /** A part has died, unless all are ending anyway. `what` is a clause: "its database ended". */
  readonly fail = (what: string): void => {
    if (this.#closing !== null) return;
    this.#resolveFailed(
      new TailboneError(
        "unavailable",
        `Tailbone stops: ${what}.`,
        "Start it again; everything that was acknowledged is stored. The log lines before may say more.",
      ),
    );
  };

  /** Ends all parts, the last one first; one that does not end well does not keep the others. */
  readonly close = (): Promise<void> => {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  };

  async #closeAll(): Promise<void> {
    for (const close of this.#closers.reverse()) {
      try {
        await close();
      } catch (error) {
        this.#log.error({ err: error }, "a part of the hub did not end well");
      }
    }
  }
}
