// Loaded first by `node --import`: sets the process's wall clock off by what the file FAULTS_CLOCK holds, in ms, in its
// worker threads too. The machine's own clock, and the monotonic one, stay as they are.
import { readFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import workerThreads from "node:worker_threads";

const file = process.env.FAULTS_CLOCK;
const wallMs = Date.now;
let offsetMs = 0;
let readAtMs = Number.NEGATIVE_INFINITY;

function now() {
  if (performance.now() - readAtMs > 2) {
    readAtMs = performance.now();
    try {
      offsetMs = Number(readFileSync(file, "utf8"));
    } catch {
      // It was never set off.
    }
  }
  return wallMs() + offsetMs;
}

globalThis.Date = new Proxy(Date, {
  apply: () => new Date(now()).toString(),
  construct: (target, args, self) => Reflect.construct(target, args.length === 0 ? [now()] : args, self),
  get: (target, name, self) => (name === "now" ? now : Reflect.get(target, name, self)),
});

// A worker of the SDK gets neither the script's flags nor its NODE_OPTIONS.
const Plain = workerThreads.Worker;
workerThreads.Worker = class extends Plain {
  constructor(url, options = {}) {
    super(url, { ...options, execArgv: [...(options.execArgv ?? []), "--import", import.meta.url] });
  }
};
syncBuiltinESMExports();
