import type { WireError } from "@tailbone/protocol/errors";
import type { OpenedWriter, OpenWriter } from "@tailbone/protocol/run";

/** What the training's thread gives to the worker at its start. */
export interface WorkerInput {
  readonly ring: SharedArrayBuffer;
  readonly spoolRoot: string;
  readonly url: string;
  readonly mode: "online" | "offline";
  readonly apiKey: string | undefined;
  readonly configHome: string;
  /** Without the host: the worker adds it. */
  readonly request: OpenWriter;
  /** How the process was started. */
  readonly command: string;
  /** Milliseconds between two measurements of the system; 0: none. */
  readonly systemEveryMs: number;
}

/** What the worker tells while the training's thread waits in `init`. Later, it tells people on stderr. */
export type WorkerMessage =
  | { readonly type: "ready" }
  | { readonly type: "opened"; readonly opened: OpenedWriter }
  | { readonly type: "away"; readonly reason: string }
  | { readonly type: "failed"; readonly error: WireError };
