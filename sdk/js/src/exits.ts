import type { RunError } from "@tailbone/protocol/records";

/** How a training ended that did not call `finish`. */
export interface Ending {
  readonly state: "finished" | "failed" | "crashed";
  readonly error?: RunError;
}

/** What must be told before the process is gone. */
export interface EndsWithProcess {
  /** Hands everything over and returns when it is safe; nothing can be awaited any more. */
  readonly endNow: (ending: Ending) => void;
  /** The event loop has run empty: there is time to deliver what is left. */
  readonly drain: () => void;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const runs = new Set<EndsWithProcess>();
let interruptedBy: NodeJS.Signals | null = null;

/** Tells a run when the process ends, however it does. Returns what stops that. */
export function watchExits(run: EndsWithProcess): () => void {
  if (runs.size === 0) install();
  runs.add(run);
  return () => {
    runs.delete(run);
    if (runs.size === 0) uninstall();
  };
}

function install(): void {
  // The monitor sees what nobody catches, and changes nothing of how the process then ends.
  process.on("uncaughtExceptionMonitor", onUncaught);
  process.on("exit", onExit);
  process.on("beforeExit", onBeforeExit);
  for (const signal of SIGNALS) process.on(signal, onSignal);
}

function uninstall(): void {
  process.off("uncaughtExceptionMonitor", onUncaught);
  process.off("exit", onExit);
  process.off("beforeExit", onBeforeExit);
  for (const signal of SIGNALS) process.off(signal, onSignal);
}

function endAll(ending: Ending): void {
  for (const run of [...runs]) run.endNow(ending);
}

function interruption(signal: string): Ending {
  return { state: "failed", error: { name: signal, message: `The training was interrupted by ${signal}.` } };
}

function onUncaught(error: unknown): void {
  // Somebody handles it, and the training may go on.
  if (process.listenerCount("uncaughtException") > 0 || process.hasUncaughtExceptionCaptureCallback()) return;
  endAll({ state: "crashed", error: describeError(error) });
}

function onExit(code: number): void {
  if (interruptedBy !== null) endAll(interruption(interruptedBy));
  else if (code === 0) endAll({ state: "finished" });
  else endAll({ state: "failed", error: { name: "exit", message: `The process ended with exit code ${code}.` } });
}

function onBeforeExit(): void {
  for (const run of runs) run.drain();
}

function onSignal(signal: NodeJS.Signals): void {
  // Somebody else decides what this signal means: whether the process ends is not known yet.
  interruptedBy = signal;
  if (process.listenerCount(signal) > 1) return;
  endAll(interruption(signal));
  uninstall();
  process.kill(process.pid, signal);
}

/** An error as a record holds it. Anything can be thrown. */
function describeError(error: unknown): RunError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error).slice(0, 8192) };
  const described = { name: error.name.slice(0, 256), message: error.message.slice(0, 8192) };
  return error.stack === undefined ? described : { ...described, stack: error.stack.slice(0, 32_768) };
}
