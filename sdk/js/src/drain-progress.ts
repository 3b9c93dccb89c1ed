import { systemClock } from "@tailbone/base/clock";
import { Presets, SingleBar } from "cli-progress";
import { say } from "./own-output";
import type { DrainProgress } from "./writer-thread";

/** What is drained sooner needs no words. */
const QUIET_MS = 400;

/**
 * Shows how a run's last frames are delivered: a bar on a terminal, else one line. Call `update` often, and `close` at
 * the end.
 */
export class DrainDisplay {
  readonly #startedAtMs = systemClock.monotonicMs();
  #bar: SingleBar | null = null;
  #hasTold = false;

  update({ sealed, acked, isOpen }: DrainProgress): void {
    if (systemClock.monotonicMs() - this.#startedAtMs < QUIET_MS || acked >= sealed) return;
    if (process.stderr.isTTY) {
      if (this.#bar === null) {
        this.#bar = new SingleBar(
          {
            format: "tailbone: delivering {bar} {value}/{total} frames {state}",
            hideCursor: true,
            stream: process.stderr,
          },
          Presets.shades_classic,
        );
        this.#bar.start(sealed, acked, { state: "" });
      }
      this.#bar.setTotal(sealed);
      this.#bar.update(acked, { state: isOpen ? "" : "(waiting for the hub)" });
    } else if (!this.#hasTold) {
      this.#hasTold = true;
      say(`delivering the last ${sealed - acked} frames${isOpen ? "" : "; waiting for the hub"} …`);
    }
  }

  close(): void {
    this.#bar?.stop();
  }
}
