import { StringDecoder } from "node:string_decoder";
import { stripVTControlCharacters } from "node:util";
import { systemClock } from "@tailbone/base/clock";
import { LIMITS } from "@tailbone/protocol/limits";
import { isOwnOutput } from "./own-output";

type StreamName = "stdout" | "stderr";
type Listener = (stream: StreamName, chunk: string | Uint8Array) => void;

const listeners = new Set<Listener>();
let restore: (() => void) | null = null;

function wrap(name: StreamName): () => void {
  const stream = process[name];
  const original = stream.write;
  const wrapped = function write(this: unknown, ...args: unknown[]): boolean {
    const [chunk] = args;
    if (!isOwnOutput() && (typeof chunk === "string" || chunk instanceof Uint8Array)) {
      for (const listener of listeners) listener(name, chunk);
    }
    return Reflect.apply(original, stream, args);
  };
  stream.write = wrapped;
  return () => {
    // Somebody else may have wrapped it in turn; then ours stays in between and only passes on.
    if (stream.write === wrapped) stream.write = original;
  };
}

/**
 * Calls back with everything that is written to stdout and stderr from now on; it is passed on unchanged. Returns what
 * ends that.
 */
function listenToOutput(listener: Listener): () => void {
  listeners.add(listener);
  if (restore === null) {
    const undo = [wrap("stdout"), wrap("stderr")];
    restore = () => {
      for (const one of undo) one();
    };
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    restore?.();
    restore = null;
  };
}

const LINE_UNITS = Math.floor(LIMITS.consoleTextBytes / 3);
const CUT = " … (cut)";
/** A chatty loop must not fill the ring: so many lines and characters at once, and so many more each second. */
const BURST_LINES = 2000;
const LINES_PER_S = 400;
const BURST_UNITS = 1 << 20;
const UNITS_PER_S = 256 * 1024;

/** A line of the training's output, as it is kept: without control characters, of bounded length. */
type OnLine = (stream: StreamName, text: string) => void;

/** Cuts output into lines, bounds their length and their rate, and says how many were left out. */
export class ConsoleLines {
  readonly #onLine: OnLine;
  readonly #open: Record<StreamName, string> = { stdout: "", stderr: "" };
  readonly #decoders = { stdout: new StringDecoder("utf8"), stderr: new StringDecoder("utf8") };
  #lines = BURST_LINES;
  #units = BURST_UNITS;
  #refilledAtMs: number;
  #leftOut = 0;

  constructor(onLine: OnLine, nowMs: number) {
    this.#onLine = onLine;
    this.#refilledAtMs = nowMs;
  }

  write(stream: StreamName, chunk: string | Uint8Array, nowMs: number): void {
    const text = typeof chunk === "string" ? chunk : this.#decoders[stream].write(Buffer.from(chunk));
    const lines = (this.#open[stream] + text).split("\n");
    // Without a line's end there is no bound; what is longer than a line may be is cut in any case.
    this.#open[stream] = (lines.pop() ?? "").slice(0, LINE_UNITS + 1);
    for (const line of lines) this.#emit(stream, line, nowMs);
  }

  /** Lines that are not ended yet, and the count of those left out. */
  flush(nowMs: number): void {
    for (const stream of ["stdout", "stderr"] as const) {
      const line = this.#open[stream];
      this.#open[stream] = "";
      if (line !== "") this.#emit(stream, line, nowMs);
    }
    this.#tellLeftOut();
  }

  #emit(stream: StreamName, line: string, nowMs: number): void {
    const seconds = Math.max(0, nowMs - this.#refilledAtMs) / 1000;
    this.#lines = Math.min(BURST_LINES, this.#lines + seconds * LINES_PER_S);
    this.#units = Math.min(BURST_UNITS, this.#units + seconds * UNITS_PER_S);
    this.#refilledAtMs = nowMs;
    const text = cleanLine(line);
    if (this.#lines < 1 || this.#units < text.length) {
      this.#leftOut++;
      return;
    }
    this.#tellLeftOut();
    this.#lines--;
    this.#units -= text.length;
    this.#onLine(stream, text);
  }

  #tellLeftOut(): void {
    if (this.#leftOut === 0) return;
    this.#onLine("stderr", `(${this.#leftOut} lines came too fast and were left out here)`);
    this.#leftOut = 0;
  }
}

/** What a terminal shows of a line in the end: without colours, after the last carriage return. */
function cleanLine(line: string): string {
  const bounded = line.length > 4 * LINE_UNITS ? line.slice(0, 4 * LINE_UNITS) : line;
  const plain = stripVTControlCharacters(bounded).replace(/\r$/, "");
  const shown = plain.slice(plain.lastIndexOf("\r") + 1);
  return shown.length > LINE_UNITS ? shown.slice(0, LINE_UNITS - CUT.length) + CUT : shown;
}

/** Captures the process's output as lines. Returns what hands over the rest and ends it. */
export function captureConsole(onLine: OnLine): () => void {
  const lines = new ConsoleLines(onLine, systemClock.wallMs());
  const stop = listenToOutput((stream, chunk) => {
    try {
      lines.write(stream, chunk, systemClock.wallMs());
    } catch {
      // The output itself comes first.
    }
  });
  return () => {
    stop();
    lines.flush(systemClock.wallMs());
  };
}
