import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { z } from "zod";

/** The process that a spool belongs to. `born` tells it from a later one with the same id; empty where the system does not say. */
export const holderSchema = z.object({ pid: z.number().int(), born: z.string(), host: z.string() });
export type Holder = z.infer<typeof holderSchema>;

/** A writer on another machine is taken for dead when it has not touched its spool for so long; it does every 5 s. */
const FOREIGN_SILENCE_MS = 60_000;

function bornOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}

export function currentHolder(): Holder {
  return { pid: process.pid, born: bornOf(process.pid), host: hostname() };
}

/** `touchedAtMs`: when the holder last touched what it holds. */
export function isHolderAlive(holder: Holder, touchedAtMs: number, nowMs: number): boolean {
  if (holder.host !== hostname()) return nowMs - touchedAtMs < FOREIGN_SILENCE_MS;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // Without the right to signal it there still is such a process.
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return false;
  }
  return holder.born === bornOf(holder.pid);
}
