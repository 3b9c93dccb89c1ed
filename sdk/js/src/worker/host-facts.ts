import { execFile } from "node:child_process";
import { cpus, hostname, platform, release, totalmem } from "node:os";
import type { Host } from "@tailbone/protocol/run";
import about from "../../package.json" with { type: "json" };
import { nameGpus } from "./gpus";

const GIT_TIMEOUT_MS = 1000;

function findCommit(): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile("git", ["rev-parse", "HEAD"], { timeout: GIT_TIMEOUT_MS, windowsHide: true }, (error, stdout) => {
      resolve(error === null ? stdout.trim().slice(0, 64) : undefined);
    });
  });
}

/** Where the run is trained. `command`: how the process was started. */
export async function gatherHost(command: string): Promise<Host> {
  const [gpus, gitCommit] = await Promise.all([nameGpus(), findCommit()]);
  const host: Host = {
    hostname: hostname().slice(0, 256),
    platform: `${platform()} ${release()} ${process.arch}`.slice(0, 256),
    cpuModel: (cpus()[0]?.model ?? "unknown").trim().slice(0, 256),
    cpuCount: Math.max(1, cpus().length),
    memoryBytes: totalmem(),
    gpus: gpus.slice(0, 64),
    nodeVersion: process.version,
    sdkVersion: about.version,
    pid: process.pid,
    command: command.slice(0, 4096),
    workingDirectory: process.cwd().slice(0, 4096),
  };
  return gitCommit === undefined ? host : { ...host, gitCommit };
}
