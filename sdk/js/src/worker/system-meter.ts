import { cpus, freemem, totalmem } from "node:os";
import { systemClock } from "@tailbone/base/clock";
import { measureGpus } from "./gpus";

interface CpuTimes {
  readonly busyMs: number;
  readonly totalMs: number;
}

function readCpus(): CpuTimes {
  let busyMs = 0;
  let totalMs = 0;
  for (const { times } of cpus()) {
    const all = times.user + times.nice + times.sys + times.irq + times.idle;
    busyMs += all - times.idle;
    totalMs += all;
  }
  return { busyMs, totalMs };
}

/**
 * Measures host and process:
 *
 *   system/cpu              percent of all processors, since the last measurement
 *   system/process_cpu      percent of one processor, since the last measurement: 200 are two of them
 *   system/memory           percent of the host's memory
 *   system/process_memory   bytes that the process holds in memory
 *   system/gpu/0/…          utilization and memory (percent), temperature (°C), power (W)
 */
export class SystemMeter {
  readonly #hasGpus: boolean;
  #cpus = readCpus();
  #process = process.cpuUsage();
  #atMs = systemClock.monotonicMs();

  constructor(hasGpus: boolean) {
    this.#hasGpus = hasGpus;
  }

  async measure(): Promise<Map<string, number>> {
    const host = readCpus();
    const usage = process.cpuUsage(this.#process);
    const nowMs = systemClock.monotonicMs();
    const totalMs = host.totalMs - this.#cpus.totalMs;
    const values = new Map<string, number>();
    if (totalMs > 0) values.set("system/cpu", (100 * (host.busyMs - this.#cpus.busyMs)) / totalMs);
    values.set("system/process_cpu", (100 * (usage.user + usage.system)) / 1000 / (nowMs - this.#atMs));
    values.set("system/memory", 100 * (1 - freemem() / totalmem()));
    values.set("system/process_memory", process.memoryUsage.rss());
    this.#cpus = host;
    this.#process = process.cpuUsage();
    this.#atMs = nowMs;
    if (this.#hasGpus) for (const [name, value] of await measureGpus()) values.set(name, value);
    return values;
  }
}
