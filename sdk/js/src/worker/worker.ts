import assert from "node:assert";
import { parentPort, workerData } from "node:worker_threads";
import { systemClock } from "@tailbone/base/clock";
import { TailboneError } from "@tailbone/protocol/errors";
import { gatherHost } from "./host-facts";
import type { WorkerInput, WorkerMessage } from "./messages";
import { SystemMeter } from "./system-meter";
import { WriterWorker } from "./writer-worker";

/* The worker thread's entry: one for each run of a process. */

assert(parentPort !== null, "worker.js is started by init(), as a thread");
const port = parentPort;
const input: WorkerInput = workerData;
const post = (message: WorkerMessage): void => port.postMessage(message);

try {
  const host = await gatherHost(input.command);
  const worker = new WriterWorker({ ...input, request: { ...input.request, host } }, post);
  worker.start();
  post({ type: "ready" });
  if (input.systemEveryMs > 0) measureSystem(worker, new SystemMeter(host.gpus.length > 0));
  await worker.ended;
} catch (error) {
  if (!(error instanceof TailboneError)) throw error;
  post({ type: "failed", error: error.toWire() });
}
port.close();
process.exit(0);

function measureSystem(worker: WriterWorker, meter: SystemMeter): void {
  setTimeout(async () => {
    const values = await meter.measure();
    worker.addPoints([...values.keys()], [...values.values()], systemClock.wallMs());
    measureSystem(worker, meter);
  }, input.systemEveryMs);
}
